package send_test

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"sluice/elements/webrtc/gso"
	"sluice/elements/webrtc/send"
	"sluice/engine/media"
)

const peers = 200

// BenchmarkSend measures what sending to 200 peers costs, in processor time of all threads, beside the plain floor in the
// same run: AES-GCM and one UDP send for each packet. Frame by frame ours goes first and then the floor. With pushes=8 the
// hub hands over each packet of a frame by itself, with loops=2 two writer loops serve half of the peers each.
func BenchmarkSend(b *testing.B) {
	to := far(b, peers)
	socket, plain := gso.New(listen(b)), listen(b)
	for _, c := range []struct {
		name                   string
		kind                   media.Codec
		packets, pushes, loops int
	}{
		{"video/pushes=1/loops=1", media.VP8, 8, 1, 1},
		{"video/pushes=8/loops=1", media.VP8, 8, 8, 1},
		{"video/pushes=1/loops=2", media.VP8, 8, 1, 2},
		{"video/pushes=8/loops=2", media.VP8, 8, 8, 2},
		{"audio", media.Opus, 1, 1, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			frame := footage(c.packets)
			us, base := newOurs(b, socket, to, c.kind), newFloor(b, plain, to)
			compare(b, frame, func() { us.send(frame, c.pushes, c.loops) }, func() { base.send(frame) })
		})
	}
}

func compare(b *testing.B, frame []*media.Packet, ours, floor func()) {
	var spent, least time.Duration
	i := 0
	pass := func() {
		advance(frame, i)
		i++
		c0 := processor()
		ours()
		c1 := processor()
		floor()
		spent, least = spent+c1-c0, least+processor()-c1
	}
	for range 20 { // caches, pools and rings
		pass()
	}
	spent, least, i = 0, 0, 0
	for b.Loop() {
		pass()
	}
	n := float64(i * peers * len(frame))
	b.ReportMetric(float64(spent)/n, "ns/packet")
	b.ReportMetric(float64(least)/n, "floor-ns/packet")
	b.ReportMetric(float64(spent)/float64(least), "ratio")
}

func processor() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func listen(tb testing.TB) *net.UDPConn {
	u, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { u.Close() })
	return u
}

// footage makes a frame like a browser's: packets that differ by a byte.
func footage(packets int) []*media.Packet {
	frame := make([]*media.Packet, packets)
	for j := range frame {
		frame[j] = &media.Packet{Payload: make([]byte, 1000-min(j, 1))}
		frame[j].Header.Marker = packets > 1 && j == packets-1
	}
	return frame
}

// advance makes the frame the i-th one. Nobody sends anything again here, so packets may be used anew.
func advance(frame []*media.Packet, i int) {
	for j, p := range frame {
		p.Header.SequenceNumber, p.Header.Timestamp = uint16(i*len(frame)+j), uint32(i)*3000
		p.PTS = time.Duration(i) * time.Second / 30
	}
}

// floor is the least that anybody does.
type floor struct {
	conn     *net.UDPConn
	contexts []*srtp.Context
	to       []netip.AddrPort
	seq      uint16
	buf, out []byte
}

func newFloor(b *testing.B, conn *net.UDPConn, to []netip.AddrPort) *floor {
	f := &floor{conn: conn, to: to, buf: make([]byte, 2048), out: make([]byte, 2048)}
	for range to {
		f.contexts = append(f.contexts, keyed(b))
	}
	return f
}

func keyed(tb testing.TB) *srtp.Context {
	c, err := srtp.CreateContext(make([]byte, 16), make([]byte, 12), srtp.ProtectionProfileAeadAes128Gcm)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func (f *floor) send(frame []*media.Packet) {
	var h rtp.Header
	for i, c := range f.contexts {
		for k, p := range frame {
			header := rtp.Header{Version: 2, PayloadType: 96, SSRC: 1, SequenceNumber: f.seq + uint16(k), Timestamp: p.Header.Timestamp}
			n, _ := header.MarshalTo(f.buf)
			n += copy(f.buf[n:], p.Payload)
			packet, _ := c.EncryptRTP(f.out, f.buf[:n], &h)
			_, _ = f.conn.WriteToUDPAddrPort(packet, f.to[i])
		}
	}
	f.seq += uint16(len(frame))
}

// ours is what the server does for its peers, but for the hub.
type ours []*send.Sender

func newOurs(b *testing.B, socket *gso.Conn, to []netip.AddrPort, c media.Codec) ours {
	var o ours
	buffers := &sync.Pool{New: func() any { return &[2048]byte{} }}
	for _, a := range to {
		line := &gso.Line{}
		line.Aim(socket, a)
		s := send.New(send.Options{Line: line, Tracks: []send.Track{{
			Kind: c.Kind(), SSRC: 1, Write: &writer{context: keyed(b), socket: socket, to: a, buffers: buffers},
			Payload: func(media.Track) (send.Payload, bool) { return send.Payload{Type: 96}, true },
		}}})
		s.Begin([]media.Track{media.NewTrack(c)})
		o = append(o, s)
	}
	return o
}

func (o ours) send(frame []*media.Packet, pushes, loops int) {
	var all sync.WaitGroup
	per := len(frame) / pushes
	for l := range loops {
		part := o[l*len(o)/loops : (l+1)*len(o)/loops]
		all.Go(func() {
			for i := 0; i < len(frame); i += per {
				for _, s := range part {
					s.Push(0, frame[i:i+per])
				}
			}
		})
	}
	all.Wait()
}

// writer encrypts, and sends to one peer.
type writer struct {
	mu      sync.Mutex
	context *srtp.Context
	header  rtp.Header
	socket  *gso.Conn
	to      netip.AddrPort
	buffers *sync.Pool
}

func (w *writer) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	buf := w.buffers.Get().(*[2048]byte)
	defer w.buffers.Put(buf)
	n, err := h.MarshalTo(buf[:])
	if err != nil {
		return 0, err
	}
	n += copy(buf[n:], payload) + int(h.PaddingSize)
	if h.PaddingSize > 0 {
		buf[n-1] = h.PaddingSize
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	packet, err := w.context.EncryptRTP(buf[:], buf[:n], &w.header)
	if err != nil {
		return 0, err
	}
	return w.socket.WriteToAddrPort(packet, w.to)
}

// BenchmarkPush measures the sender alone: frames of eight packets, written to nobody.
func BenchmarkPush(b *testing.B) {
	for _, pushes := range []int{1, 8} {
		b.Run(fmt.Sprint("pushes=", pushes), func(b *testing.B) {
			b.ReportAllocs()
			frame := footage(8)
			s := sending(nobody{})
			n := 0
			for b.Loop() {
				advance(frame, n)
				n++
				for i := 0; i < 8; i += 8 / pushes {
					s.Push(0, frame[i:i+8/pushes])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(8*n), "ns/packet")
		})
	}
}

// sending is a sender of video that writes to w.
func sending(w send.Writer) *send.Sender {
	s := send.New(send.Options{Tracks: []send.Track{{
		Kind: media.Video, SSRC: 1, Write: w, Extensions: send.Extensions{MID: 1, AbsSendTime: 2, Orientation: 3},
		Payload: func(media.Track) (send.Payload, bool) { return send.Payload{Type: 96}, true },
	}}})
	s.Begin([]media.Track{media.NewTrack(media.VP8)})
	return s
}

type nobody struct{}

func (nobody) WriteRTP(*rtp.Header, []byte) (int, error) { return 0, nil }
