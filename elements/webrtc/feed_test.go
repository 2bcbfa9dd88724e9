package webrtc_test

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"
)

// feed is a track that a client sends: frames of one packet, each of which could begin the decoding, with a number.
type feed struct {
	track  *pion.TrackLocalStaticRTP
	sender *pion.RTPSender
	head   []byte
	step   uint32
	next   uint32
	label  func(*rtp.Header) // adds extensions; nil: none are
	keys   chan struct{}     // PLIs and FIRs
	limits chan float32      // bits a second of REMBs
	reader sync.WaitGroup
}

// write sends the next frame.
func (f *feed) write() error {
	payload := make([]byte, len(f.head)+300)
	copy(payload, f.head)
	binary.BigEndian.PutUint32(payload[len(f.head):], f.next)
	p := &rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: true, SequenceNumber: uint16(f.next), Timestamp: f.next * f.step},
		Payload: payload,
	}
	if f.label != nil {
		f.label(&p.Header)
	}
	f.next++
	return f.track.WriteRTP(p)
}

// run sends 50 frames a second until the test is over or stop is called.
func (f *feed) run(t testing.TB) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	f.reader.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if f.write() != nil {
					return
				}
			}
		}
	})
	stop = func() { cancel(); f.reader.Wait() }
	t.Cleanup(stop)
	return stop
}

// arrival is a packet that came to a client.
type arrival struct {
	mime   string
	number uint32
	header rtp.Header
}

// next waits for a packet of a codec.
func next(t testing.TB, from <-chan arrival, mime string) arrival {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case a := <-from:
			if strings.EqualFold(a.mime, mime) {
				return a
			}
		case <-deadline:
			t.Fatalf("no packet of %s came", mime)
		}
	}
}
