package live

import (
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"sluice/cmd/sluice/bench/benchtest"
)

// The stream of all benchmarks here.
const (
	fps      = benchtest.FPS
	gop      = benchtest.GOP
	keySize  = benchtest.KeySize
	size     = benchtest.Size
	mtu      = 1100
	interval = benchtest.Interval
)

// api makes peers of VP8.
func api(b *testing.B) *webrtc.API {
	b.Helper()
	return benchtest.API(b, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000})
}

// publisher sends frames that look like VP8 and hold the time at which they were sent.
type publisher struct {
	track *webrtc.TrackLocalStaticRTP
	stop  chan struct{}
	done  sync.WaitGroup
}

func publish(b *testing.B, api *webrtc.API, url string) {
	b.Helper()
	track := connect(b, api, url, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8})
	p := &publisher{track: track, stop: make(chan struct{})}
	p.done.Go(p.run)
	b.Cleanup(func() {
		close(p.stop)
		p.done.Wait()
	})
}

// connect opens the way of a publisher, which is closed with the benchmark.
func connect(b *testing.B, api *webrtc.API, url string, codec webrtc.RTPCodecCapability) *webrtc.TrackLocalStaticRTP {
	b.Helper()
	track, err := webrtc.NewTrackLocalStaticRTP(codec, "video", "bench")
	if err != nil {
		b.Fatal(err)
	}
	pc := benchtest.Publish(b, api, url, track)
	b.Cleanup(func() { _ = pc.Close() })
	return track
}

func (p *publisher) run() {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	seq := uint16(1)
	for n := uint32(0); ; n++ {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		left, first := size, byte(0x11)
		if n%gop == 0 {
			left, first = keySize, 0x10 // RFC 6386 9.1: bit 0 clear is a key frame
		}
		for begin := true; left > 0; begin = false {
			payload := make([]byte, min(left, mtu))
			left -= len(payload)
			if begin {
				payload[0] = 0x10 // RFC 7741 4.2: S
				copy(payload[1:], []byte{first, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02})
				binary.BigEndian.PutUint64(payload[16:], uint64(time.Now().UnixNano()))
			}
			packet := rtp.Packet{
				Header:  rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: seq, Timestamp: n * 90000 / fps, Marker: left <= 0},
				Payload: payload,
			}
			seq++
			if p.track.WriteRTP(&packet) != nil {
				return
			}
		}
	}
}

// reader counts what comes.
type reader struct {
	pc      *webrtc.PeerConnection
	began   time.Time // its request
	up      time.Time // it was connected
	first   time.Time // decoding can begin
	firstly chan struct{}
	packets atomic.Int64
	lost    atomic.Int64
	mu      sync.Mutex
	delays  []time.Duration
}

func read(b *testing.B, api *webrtc.API, url string) *reader {
	b.Helper()
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pc.Close() })
	r := &reader{pc: pc, firstly: make(chan struct{})}
	recvonly := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	if _, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, recvonly); err != nil {
		b.Fatal(err)
	}
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { r.take(t) })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			r.mu.Lock()
			r.up = time.Now()
			r.mu.Unlock()
		}
	})
	r.began = time.Now()
	if err := benchtest.Signal(b.Context(), pc, url); err != nil {
		b.Fatal(err)
	}
	return r
}

// take reads to the end.
func (r *reader) take(t *webrtc.TrackRemote) {
	look := began8
	if t.Codec().MimeType == webrtc.MimeTypeH264 {
		look = began264
	}
	buf := make([]byte, 1500)
	var last uint16
	var begun bool
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		var h rtp.Header
		size, err := h.Unmarshal(buf[:n])
		if err != nil || n-size < 24 {
			continue
		}
		payload := buf[size:n]
		if begun && h.SequenceNumber != last+1 {
			r.lost.Add(1)
		}
		last, begun = h.SequenceNumber, true
		r.packets.Add(1)
		sent, key, begins := look(payload)
		if !begins {
			continue
		}
		now := time.Now()
		r.mu.Lock()
		if key && r.first.IsZero() {
			r.first = now
			close(r.firstly)
		}
		r.delays = append(r.delays, now.Sub(sent))
		r.mu.Unlock()
	}
}

// began8 tells of the first packet of one of our frames of VP8.
func began8(payload []byte) (sent time.Time, key, ok bool) {
	if payload[0]&0x10 == 0 {
		return time.Time{}, false, false
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(payload[16:]))), payload[1]&1 == 0, true
}

// forget begins to measure delays anew.
func (r *reader) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delays = nil
}

func (r *reader) delayed() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.delays)
}

// await waits for the first frame.
func (r *reader) await(b *testing.B) {
	b.Helper()
	select {
	case <-r.firstly:
	case <-time.After(patience):
		b.Fatal("no frame came that decoding can begin with")
	}
}
