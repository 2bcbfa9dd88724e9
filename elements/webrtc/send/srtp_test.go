package send_test

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"sluice/elements/webrtc/send"
	"sluice/engine/media"
)

// receiver decrypts what is written to it.
type receiver struct {
	mu      sync.Mutex
	local   *srtp.Context
	remote  *srtp.Context
	packets []rtp.Packet
	errs    []error
}

func newReceiver(tb testing.TB) *receiver { return &receiver{local: keyed(tb), remote: keyed(tb)} }

func (r *receiver) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	plain, err := (&rtp.Packet{Header: *h, Payload: payload}).Marshal()
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	sealed, err := r.local.EncryptRTP(nil, plain, nil)
	if err != nil {
		return 0, err
	}
	opened, err := r.remote.DecryptRTP(nil, sealed, nil)
	var p rtp.Packet
	if err == nil {
		err = p.Unmarshal(opened)
	}
	if err != nil {
		r.errs = append(r.errs, err)
	}
	r.packets = append(r.packets, p)
	return len(payload), nil
}

// Cork and Uncork make it a line, for which packets are made equal.
func (r *receiver) Cork() {}

func (r *receiver) Uncork() error { return nil }

func (r *receiver) sender(rtx uint32) *send.Sender {
	s := send.New(send.Options{Line: r, Tracks: []send.Track{{
		Kind: media.Video, SSRC: 5, RTX: rtx, MID: "v", Write: r, Extensions: send.Extensions{MID: 1, AbsSendTime: 3},
		Payload: func(media.Track) (send.Payload, bool) { return send.Payload{Type: 96, RTX: 97}, true },
	}}})
	s.Begin([]media.Track{media.NewTrack(media.VP8)})
	return s
}

func ask(ssrc uint32, numbers ...uint16) []byte {
	b, _ := (&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}).Marshal()
	return b
}

// TestThroughSRTP sends 70,000 packets, so that numbers wrap around, with padding, and gets some of them again.
func TestThroughSRTP(t *testing.T) {
	r := newReceiver(t)
	s := r.sender(6)
	frame := make([]*media.Packet, 7)
	for i := range 10000 {
		for j := range frame {
			frame[j] = &media.Packet{Payload: append(binary.BigEndian.AppendUint32(nil, uint32(7*i+j)), make([]byte, 30-j%2)...)}
			frame[j].Header = rtp.Header{SequenceNumber: uint16(60000 + 7*i + j), Timestamp: uint32(i) * 3000, Marker: j == 6}
			frame[j].PTS = time.Duration(i) * time.Second / 30
		}
		s.Push(0, frame)
		if i%1000 == 999 {
			newest := r.packets[len(r.packets)-1].SequenceNumber
			if err := s.Feedback(ask(5, newest, newest-300)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, err := range r.errs {
		t.Fatal(err)
	}
	next, retransmitted := uint32(0), 0
	for _, p := range r.packets {
		want := next
		if p.SSRC == 6 {
			retransmitted++
			p.Payload = p.Payload[2:]
			want = next - 1
			if retransmitted%2 == 0 {
				want = next - 301
			}
		} else {
			next++
		}
		if got := binary.BigEndian.Uint32(p.Payload); got != want || len(p.Payload) != 34-int(want%7%2) {
			t.Fatalf("packet %d with %d bytes came for %d", got, len(p.Payload), want)
		}
	}
	if next != 70000 || retransmitted != 20 || s.Counts().Padding == 0 {
		t.Errorf("%d packets, %d again, counted %+v", next, retransmitted, s.Counts())
	}
}

// TestAtOnce has a writer loop, a reader of feedback and a reader of counts at work at the same time.
func TestAtOnce(t *testing.T) {
	for _, rtx := range []uint32{0, 6} {
		r := newReceiver(t)
		s := r.sender(rtx)
		done := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			for n := uint16(0); ; n += 100 {
				select {
				case <-done:
					return
				default:
					_ = s.Feedback(ask(5, n, n+1, n+2, n+50))
				}
			}
		})
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					s.Counts()
				}
			}
		})
		frame := footage(8)
		for i := range 300 {
			advance(frame, i)
			s.Push(0, frame)
			if i%100 == 99 {
				s.Begin([]media.Track{media.NewTrack(media.VP8)})
			}
			frame = footage(8) // what was pushed is not ours any more
		}
		close(done)
		all.Wait()
		sent := 0
		for _, p := range r.packets {
			if p.SSRC == 5 && !bytes.Equal(p.Payload, nil) {
				sent++
			}
		}
		if c := s.Counts(); c.Packets != 2400 || rtx != 0 && sent != 2400 {
			t.Errorf("%d packets, counted %+v", sent, c)
		}
	}
}
