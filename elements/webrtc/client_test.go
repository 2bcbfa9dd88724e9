package webrtc_test

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	pion "github.com/pion/webrtc/v4"

	"sluice/engine/enginetest"
)

// client is the other side: pion's peer connection.
type client struct {
	t  testing.TB
	pc *pion.PeerConnection
}

// clientOptions say how a client is.
type clientOptions struct {
	tcp    bool // the client connects over TCP only
	rids   bool // the client can do simulcast
	engine func(*pion.SettingEngine)
}

func newClient(t testing.TB, o clientOptions) *client {
	t.Helper()
	var set pion.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.LoggerFactory = logging.NewDefaultLoggerFactory()
	set.LoggerFactory.(*logging.DefaultLoggerFactory).Writer = io.Discard
	set.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4})
	if o.tcp {
		set.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeTCP4})
	}
	if o.engine != nil {
		o.engine(&set)
	}
	var engine pion.MediaEngine
	if err := engine.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	uris := []string{"urn:ietf:params:rtp-hdrext:sdes:mid", "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"}
	if o.rids {
		uris = append(uris, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id")
	}
	for _, uri := range uris {
		for _, kind := range []pion.RTPCodecType{pion.RTPCodecTypeAudio, pion.RTPCodecTypeVideo} {
			if err := engine.RegisterHeaderExtension(pion.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				t.Fatal(err)
			}
		}
	}
	registry := &interceptor.Registry{}
	if err := pion.ConfigureNack(&engine, registry); err != nil {
		t.Fatal(err)
	}
	if err := pion.ConfigureRTCPReports(registry); err != nil {
		t.Fatal(err)
	}
	if err := pion.ConfigureTWCCSender(&engine, registry); err != nil {
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

// offer makes the client's offer, without candidates unless it is to have them.
func (c *client) offer(candidates bool) string {
	c.t.Helper()
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		c.t.Fatal(err)
	}
	enginetest.Await(c.t, "the client's addresses", gathered)
	text := c.pc.LocalDescription().SDP
	if candidates {
		return text
	}
	return bare(text)
}

// bare is an offer without candidates, as browsers have it that do not wait for them.
func bare(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "a=candidate") && !strings.HasPrefix(line, "a=end-of-candidates") {
			out.WriteString(line)
		}
	}
	return out.String()
}

func (c *client) accept(answer string) {
	c.t.Helper()
	if err := c.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer}); err != nil {
		c.t.Fatalf("the client does not take the answer: %v\n%s", err, answer)
	}
}

func (c *client) send(mime string) *feed {
	c.t.Helper()
	return c.add(mime, pion.RTPTransceiverDirectionSendonly)
}

// converse has the client send, and receive beside it.
func (c *client) converse(mime string) *feed {
	c.t.Helper()
	return c.add(mime, pion.RTPTransceiverDirectionSendrecv)
}

func (c *client) add(mime string, direction pion.RTPTransceiverDirection) *feed {
	c.t.Helper()
	id, rate := "video", uint32(90000)
	switch mime {
	case pion.MimeTypeOpus:
		id, rate = "audio", 48000
	case pion.MimeTypePCMU, pion.MimeTypePCMA, pion.MimeTypeG722:
		id, rate = "audio", 8000
	}
	track, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: mime, ClockRate: rate}, id, "client")
	if err != nil {
		c.t.Fatal(err)
	}
	t, err := c.pc.AddTransceiverFromTrack(track, pion.RTPTransceiverInit{Direction: direction})
	if err != nil {
		c.t.Fatal(err)
	}
	f := &feed{track: track, sender: t.Sender(), head: heads[mime], step: rate / 50, keys: make(chan struct{}, 64), limits: make(chan float32, 64)}
	go func() {
		for {
			list, _, err := f.sender.ReadRTCP()
			if err != nil {
				return
			}
			for _, p := range list {
				switch p := p.(type) {
				case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
					select {
					case f.keys <- struct{}{}:
					default:
					}
				case *rtcp.ReceiverEstimatedMaximumBitrate:
					select {
					case f.limits <- p.Bitrate:
					default:
					}
				}
			}
		}
	}()
	return f
}

// receive has the client take a kind, and gives the numbers of the frames that come, and their codec.
func (c *client) receive(kind pion.RTPCodecType) {
	c.t.Helper()
	_, err := c.pc.AddTransceiverFromKind(kind, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionRecvonly})
	if err != nil {
		c.t.Fatal(err)
	}
}

// arrivals gives what comes, of all tracks.
func (c *client) arrivals() <-chan arrival {
	out := make(chan arrival, 4096)
	c.pc.OnTrack(func(t *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			p, _, err := t.ReadRTP()
			if err != nil {
				return
			}
			mime := t.Codec().MimeType
			head := len(heads[mime])
			if len(p.Payload) < head+4 {
				continue
			}
			select {
			case out <- arrival{mime, binary.BigEndian.Uint32(p.Payload[head:]), p.Header}:
			default:
			}
		}
	})
	return out
}
