package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"sluice/engine/enginetest"
	"sluice/engine/media"
)

// peer makes a connection of pion's on loopback, which asks for nothing again: what is lost stays lost.
func peer(t *testing.T) *pion.PeerConnection {
	t.Helper()
	var set pion.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() && ip.To4() != nil })
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4})
	var engine pion.MediaEngine
	if err := engine.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	pc, err := pion.NewAPI(pion.WithSettingEngine(set), pion.WithMediaEngine(&engine), pion.WithInterceptorRegistry(&interceptor.Registry{})).
		NewPeerConnection(pion.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Errorf("closing a peer: %v", err)
		}
	})
	return pc
}

// offer sends the peer's offer to WHIP or WHEP, takes the answer, and waits until both are connected.
func offer(t *testing.T, pc *pion.PeerConnection, url string) {
	t.Helper()
	up := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(s pion.PeerConnectionState) {
		if s == pion.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	answer, err := exchange(t.Context(), pc, url)
	if err == nil {
		err = pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer})
	}
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	select {
	case <-up:
	case <-time.After(patience):
		t.Fatalf("%s: it does not connect", url)
	}
}

func exchange(ctx context.Context, pc *pion.PeerConnection, url string) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	o, err := pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := pion.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(o); err != nil {
		return "", err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", errors.New("pion does not find its own addresses")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(pc.LocalDescription().SDP))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/sdp")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", resp.Status, text)
	}
	return string(text), err
}

// publish has somebody publish VP8 and Opus over WHIP until the test is over.
func (s *restServer) publish(name string) {
	s.t.Helper()
	pc := peer(s.t)
	video, audio := &enginetest.Video{Start: time.Now(), KeySize: 900, Size: 900}, &enginetest.Audio{Start: time.Now()}
	pictures, sound := sending(s.t, pc, pion.MimeTypeVP8, 90000), sending(s.t, pc, pion.MimeTypeOpus, 48000)
	offer(s.t, pc, s.page+"/"+name+"/whip")
	stop := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			send(pictures, video.Frame())
			send(sound, audio.Frame())
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	})
	s.t.Cleanup(func() { close(stop); work.Wait() })
	s.until(name+" is there", func() bool {
		return s.Call(s.t, "GET /v1/streams/"+strings.ReplaceAll(name, "/", "%2F"), nil).StatusCode == http.StatusOK
	})
}

func sending(t *testing.T, pc *pion.PeerConnection, mime string, rate uint32) *pion.TrackLocalStaticRTP {
	t.Helper()
	track, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: mime, ClockRate: rate}, mime, "test")
	if err == nil {
		_, err = pc.AddTransceiverFromTrack(track, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionSendonly})
	}
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func send(to *pion.TrackLocalStaticRTP, packets []media.Packet) {
	for _, p := range packets {
		_ = to.WriteRTP(&rtp.Packet{Header: p.Header, Payload: p.Payload}) // the connection may have ended with the test
	}
}

// viewer plays over WHEP, and counts.
type viewer struct {
	came, lost atomic.Int64
	more       chan struct{} // something came
}

// view has somebody play a stream until the test is over.
func (s *restServer) view(name string) *viewer {
	s.t.Helper()
	v := &viewer{more: make(chan struct{}, 1)}
	pc := peer(s.t)
	for _, kind := range []pion.RTPCodecType{pion.RTPCodecTypeVideo, pion.RTPCodecTypeAudio} {
		_, err := pc.AddTransceiverFromKind(kind, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionRecvonly})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	pc.OnTrack(func(t *pion.TrackRemote, _ *pion.RTPReceiver) { v.take(t) })
	offer(s.t, pc, s.page+"/"+name+"/whep")
	return v
}

func (v *viewer) take(t *pion.TrackRemote) {
	last := -1
	for {
		p, _, err := t.ReadRTP()
		if errors.Is(err, io.EOF) || err != nil {
			return
		}
		if gap := int64(p.SequenceNumber) - int64(last) - 1; last >= 0 && gap != 0 && gap != -1<<16 {
			v.lost.Add(1)
		}
		last = int(p.SequenceNumber)
		v.came.Add(1)
		select {
		case v.more <- struct{}{}:
		default:
		}
	}
}

// flows waits until so many packets more have come.
func (v *viewer) flows(t *testing.T, many int64) {
	t.Helper()
	late := time.After(patience)
	for want := v.came.Load() + many; v.came.Load() < want; {
		select {
		case <-v.more:
		case <-late:
			t.Fatalf("%d packets of %d came", v.came.Load()-want+many, many)
		}
	}
}
