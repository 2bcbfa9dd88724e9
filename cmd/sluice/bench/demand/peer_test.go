package demand

import (
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"sluice/cmd/sluice/bench/benchtest"
)

// api makes peers that have one codec.
func api(b *testing.B, mime, fmtp string) *webrtc.API {
	b.Helper()
	return benchtest.API(b, webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 90000, SDPFmtpLine: fmtp})
}

// publisher sends the frames of a source over and over, in real time. It does not answer requests for key frames: whoever comes has
// to do with the one every two seconds.
type publisher struct {
	pc     *webrtc.PeerConnection
	track  *webrtc.TrackLocalStaticSample
	frames [][]byte
	stop   chan struct{}
	done   sync.WaitGroup

	mu    sync.Mutex
	sent  int
	moved chan struct{} // closed when sent changes
}

func (s *server) publish(b *testing.B, name string, frames [][]byte) *publisher {
	b.Helper()
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "bench")
	if err != nil {
		b.Fatal(err)
	}
	pc := benchtest.Publish(b, api(b, webrtc.MimeTypeVP8, ""), "http://"+s.web+"/"+name+"/whip", track)
	p := &publisher{pc: pc, track: track, frames: frames, stop: make(chan struct{}), moved: make(chan struct{})}
	p.done.Go(p.run)
	return p
}

func (p *publisher) run() {
	tick := time.NewTicker(time.Second / fps)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		if p.track.WriteSample(media.Sample{Data: p.frames[n%len(p.frames)], Duration: time.Second / fps}) != nil {
			return
		}
		p.mu.Lock()
		p.sent = n + 1
		close(p.moved)
		p.moved = make(chan struct{})
		p.mu.Unlock()
	}
}

// until waits for so many frames to be sent.
func (p *publisher) until(b *testing.B, frames int) {
	b.Helper()
	limit := time.After(patience)
	for {
		p.mu.Lock()
		sent, moved := p.sent, p.moved
		p.mu.Unlock()
		if sent >= frames {
			return
		}
		select {
		case <-moved:
		case <-limit:
			b.Fatalf("the publisher has sent %d frames, and not %d", sent, frames)
		}
	}
}

// end ends what is published, and so what was made of it.
func (p *publisher) end() {
	close(p.stop)
	p.done.Wait()
	_ = p.pc.Close()
}
