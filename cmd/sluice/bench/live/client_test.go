package live

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// The stream is like 720p30 of 2 Mbit/s with a key frame every two seconds.
const (
	fps      = 30
	gop      = 2 * fps
	keySize  = 40_000
	size     = 7_700
	mtu      = 1100
	interval = time.Second / fps
)

// api makes peers on loopback that send no feedback of their own: what they cost is not measured, but shares the machine.
func api(b *testing.B) *webrtc.API {
	b.Helper()
	return apiOf(b, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000})
}

// apiOf is the same for one codec.
func apiOf(b *testing.B, codec webrtc.RTPCodecCapability) *webrtc.API {
	b.Helper()
	m := &webrtc.MediaEngine{}
	codec.RTCPFeedback = []webrtc.RTCPFeedback{{Type: "nack", Parameter: "pli"}}
	one := webrtc.RTPCodecParameters{RTPCodecCapability: codec, PayloadType: 96}
	if err := m.RegisterCodec(one, webrtc.RTPCodecTypeVideo); err != nil {
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
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pc.Close() })
	track, err := webrtc.NewTrackLocalStaticRTP(codec, "video", "bench")
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
		err = signal(b.Context(), pc, url)
	}
	if err != nil {
		b.Fatal(err)
	}
	select {
	case <-up:
	case <-time.After(patience):
		b.Fatal("the publisher does not connect")
	}
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
	if err := signal(b.Context(), pc, url); err != nil {
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

// quantile of what is measured.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(q*float64(len(all))), len(all)-1)]
}
