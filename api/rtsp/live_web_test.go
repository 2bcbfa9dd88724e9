package rtsp_test

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"sluice/api/visitor"
	"sluice/api/whip"
	"sluice/elements/webrtc"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

// browsers opens WHIP and WHEP beside RTSP, and gives their address.
func (s *server) browsers() string {
	s.t.Helper()
	peers, err := webrtc.New(webrtc.Settings{UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}, Loopback: true})
	if err != nil {
		s.t.Fatal(err)
	}
	door, err := whip.New(whip.Options{Engine: visitor.UseEngine(s.engine), Peers: whip.UsePeers(peers)})
	if err != nil {
		s.t.Fatal(err)
	}
	web := httptest.NewServer(door.Handler())
	s.t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // nobody who is inside is waited for
		if err := door.Close(ctx); err != nil {
			s.t.Error(err)
		}
		web.Close()
		ctx, cancel = context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := peers.Close(ctx); err != nil {
			s.t.Error(err)
		}
	})
	return web.URL
}

// browser is a client of WebRTC.
func browser(t testing.TB) *pion.PeerConnection {
	t.Helper()
	var set pion.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	set.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4})
	pc, err := pion.NewAPI(pion.WithSettingEngine(set)).NewPeerConnection(pion.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
	return pc
}

// post signals: WHIP or WHEP, with all candidates in the offer.
func post(t testing.TB, pc *pion.PeerConnection, at string) {
	t.Helper()
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	enginetest.Await(t, "the addresses of the browser", gathered)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, strings.NewReader(pc.LocalDescription().SDP))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/sdp")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s %s %v", at, res.Status, answer, err)
	}
	if err := pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: string(answer)}); err != nil {
		t.Fatal(err)
	}
}

// A browser sees and hears what ffmpeg publishes over RTSP, as it is.
func TestWatchedByBrowser(t *testing.T) {
	s := serve(t)
	at := s.browsers()
	published := s.await("stream.published", "cam")
	s.publish("tcp", "cam", "-profile:v", "baseline", "-c:a", "libopus")
	published()
	pc := browser(t)
	packets := make(chan *rtp.Packet, 4096)
	for _, kind := range []pion.RTPCodecType{pion.RTPCodecTypeVideo, pion.RTPCodecTypeAudio} {
		if _, err := pc.AddTransceiverFromKind(kind, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionRecvonly}); err != nil {
			t.Fatal(err)
		}
	}
	pc.OnTrack(func(track *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			select {
			case packets <- p:
			default: // nobody looks any more
			}
		}
	})
	post(t, pc, at+"/cam/whep")
	frames := map[uint8]int{} // whole ones, or packets of sound, by payload type
	deadline := time.After(patience)
	for len(frames) < 2 || slices.Min(slices.Collect(maps.Values(frames))) < 25 {
		select {
		case p := <-packets:
			if p.Marker || len(p.Payload) < 400 {
				frames[p.PayloadType]++
			}
		case <-deadline:
			t.Fatalf("%v came", frames)
		}
	}
}

// ffprobe reads what a browser publishes, VP8 and Opus, as it is.
func TestPublishedByBrowser(t *testing.T) {
	program.Need(t, "ffmpeg")
	s := serve(t)
	at := s.browsers()
	pc := browser(t)
	from := []string{
		relay(t, pc, pion.MimeTypeVP8, 90000), relay(t, pc, pion.MimeTypeOpus, 48000),
	}
	program.Start(t, "ffmpeg", "-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25",
		"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-map", "0:v", "-c:v", "libvpx", "-deadline", "realtime", "-g", "25",
		"-f", "rtp", "rtp://"+from[0]+"?pkt_size=1200", "-map", "1:a", "-c:a", "libopus", "-f", "rtp", "rtp://"+from[1])
	published := s.await("stream.published", "cam")
	post(t, pc, at+"/cam/whip")
	published()
	for _, transport := range []string{"tcp", "udp"} {
		got := s.probe(transport, "cam")
		for _, want := range []string{"codec_name=vp8|width=320|height=180", "codec_name=opus|sample_rate=48000"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: got\n%s\nwithout %s", transport, got, want)
			}
		}
	}
}

// relay passes datagrams on to a track that a browser sends, and gives the address to send them to.
func relay(t testing.TB, pc *pion.PeerConnection, mime string, rate uint32) string {
	t.Helper()
	kind, _, _ := strings.Cut(mime, "/")
	track, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: mime, ClockRate: rate}, kind, "browser")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromTrack(track, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionSendonly}); err != nil {
		t.Fatal(err)
	}
	in, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		buf := make([]byte, 2048)
		for {
			n, err := in.Read(buf)
			if err != nil {
				return
			}
			_, _ = track.Write(buf[:n]) // until it is connected there is nowhere to write to
		}
	})
	t.Cleanup(func() { _ = in.Close(); work.Wait() })
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(in.LocalAddr().(*net.UDPAddr).Port)) //nolint:forcetypeassert // of UDP it is one
}
