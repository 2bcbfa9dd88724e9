package demand

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// api makes peers on loopback that have one codec, and send no feedback of their own.
func api(b *testing.B, mime, fmtp string) *webrtc.API {
	b.Helper()
	m := &webrtc.MediaEngine{}
	codec := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: mime, ClockRate: 90000, SDPFmtpLine: fmtp, RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack", Parameter: "pli"}},
		},
		PayloadType: 96,
	}
	if err := m.RegisterCodec(codec, webrtc.RTPCodecTypeVideo); err != nil {
		b.Fatal(err)
	}
	s := webrtc.SettingEngine{}
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() && ip.To4() != nil })
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(&interceptor.Registry{}), webrtc.WithSettingEngine(s))
}

// signal sends the peer's offer and takes the answer.
func signal(ctx context.Context, pc *webrtc.PeerConnection, url string) error {
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(pc.LocalDescription().SDP))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/sdp")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s", res.Status, answer)
	}
	return pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(answer)})
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
	pc, err := api(b, webrtc.MimeTypeVP8, "").NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "bench")
	if err == nil {
		_, err = pc.AddTrack(track)
	}
	up := make(chan struct{})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			close(up)
		}
	})
	if err == nil {
		err = signal(b.Context(), pc, "http://"+s.web+"/"+name+"/whip")
	}
	if err != nil {
		b.Fatal(err)
	}
	select {
	case <-up:
	case <-time.After(patience):
		b.Fatal("the publisher does not connect")
	}
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
