package whip_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"sluice/engine/enginetest"
	"sluice/engine/media"
)

// client is a WHIP or WHEP client: pion's peer connection, with signalling of its own.
type client struct {
	t  testing.TB
	pc *pion.PeerConnection
}

func newClient(t testing.TB, network pion.NetworkType) *client {
	t.Helper()
	var set pion.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	set.SetNetworkTypes([]pion.NetworkType{network})
	var engine pion.MediaEngine
	if err := engine.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	registry := &interceptor.Registry{}
	if err := pion.RegisterDefaultInterceptors(&engine, registry); err != nil {
		t.Fatal(err)
	}
	pc, err := pion.NewAPI(pion.WithSettingEngine(set), pion.WithMediaEngine(&engine), pion.WithInterceptorRegistry(registry)).
		NewPeerConnection(pion.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Errorf("closing the client: %v", err)
		}
	})
	return &client{t, pc}
}

// offer makes an offer without candidates, and gives these apart, when all are found.
func (c *client) offer(o *pion.OfferOptions) (sdp string, candidates []string) {
	c.t.Helper()
	offer, err := c.pc.CreateOffer(o)
	if err != nil {
		c.t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		c.t.Fatal(err)
	}
	enginetest.Await(c.t, "the client's addresses", gathered)
	var out strings.Builder
	for line := range strings.Lines(c.pc.LocalDescription().SDP) {
		switch {
		case strings.HasPrefix(line, "a=candidate"):
			candidates = append(candidates, strings.TrimSpace(line))
		case !strings.HasPrefix(line, "a=end-of-candidates"):
			out.WriteString(line)
		}
	}
	return out.String(), candidates
}

func (c *client) accept(answer string) {
	c.t.Helper()
	if err := c.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer}); err != nil {
		c.t.Fatalf("the client does not take the answer: %v\n%s", err, answer)
	}
}

// connected waits until ICE and DTLS are up.
func (c *client) connected() {
	c.t.Helper()
	up := make(chan struct{})
	var once sync.Once
	look := func(state pion.PeerConnectionState) {
		if state == pion.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	}
	c.pc.OnConnectionStateChange(look)
	look(c.pc.ConnectionState())
	within(c.t, "the client connects", up)
}

// fragment makes a trickle-ice-sdpfrag of an offer's credentials and some candidates.
func fragment(sdp string, candidates ...string) string {
	var out []string
	for _, start := range []string{"a=ice-ufrag:", "a=ice-pwd:", "m=", "a=mid:"} {
		for line := range strings.Lines(sdp) {
			if strings.HasPrefix(line, start) {
				out = append(out, strings.TrimSpace(line))
				break
			}
		}
	}
	return strings.Join(append(out, candidates...), "\r\n") + "\r\n"
}

// publish sends sound and pictures until the test is over.
func (c *client) publish() {
	c.t.Helper()
	video, audio := &enginetest.Video{Start: time.Now(), KeySize: 900, Size: 900}, &enginetest.Audio{Start: time.Now()}
	pictures, sound := c.track(pion.MimeTypeVP8, "video", 90000), c.track(pion.MimeTypeOpus, "audio", 48000)
	stop := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			write(pictures, video.Frame())
			write(sound, audio.Frame())
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	})
	c.t.Cleanup(func() { close(stop); work.Wait() })
}

func write(to *pion.TrackLocalStaticRTP, packets []media.Packet) {
	for _, p := range packets {
		_ = to.WriteRTP(&rtp.Packet{Header: p.Header, Payload: p.Payload}) // until it is connected there is nowhere to write to
	}
}

func (c *client) track(mime, id string, rate uint32) *pion.TrackLocalStaticRTP {
	c.t.Helper()
	track, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: mime, ClockRate: rate}, id, "client")
	if err != nil {
		c.t.Fatal(err)
	}
	_, err = c.pc.AddTransceiverFromTrack(track, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionSendonly})
	if err != nil {
		c.t.Fatal(err)
	}
	return track
}

// receive takes sound and pictures, and gives the packets that come of each.
func (c *client) receive() (video, audio <-chan *rtp.Packet) {
	c.t.Helper()
	came := map[pion.RTPCodecType]chan *rtp.Packet{}
	for _, kind := range []pion.RTPCodecType{pion.RTPCodecTypeVideo, pion.RTPCodecTypeAudio} {
		came[kind] = make(chan *rtp.Packet, 8192)
		_, err := c.pc.AddTransceiverFromKind(kind, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionRecvonly})
		if err != nil {
			c.t.Fatal(err)
		}
	}
	c.pc.OnTrack(func(t *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			p, _, err := t.ReadRTP()
			if err != nil {
				return
			}
			select {
			case came[t.Kind()] <- p:
			default: // nobody looks any more
			}
		}
	})
	return came[pion.RTPCodecTypeVideo], came[pion.RTPCodecTypeAudio]
}

// run takes so many packets, which have to come without a gap.
func run(t testing.TB, what string, from <-chan *rtp.Packet, count int) (first *rtp.Packet) {
	t.Helper()
	deadline := time.After(patience)
	var last *rtp.Packet
	for i := range count {
		select {
		case p := <-from:
			if last != nil && p.SequenceNumber != last.SequenceNumber+1 {
				t.Fatalf("%s: packet %d is followed by %d", what, last.SequenceNumber, p.SequenceNumber)
			}
			if last = p; first == nil {
				first = p
			}
		case <-deadline:
			t.Fatalf("%s: %d packets of %d came", what, i, count)
		}
	}
	return first
}
