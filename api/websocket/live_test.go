package websocket_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
)

// TestLive publishes and plays for real: the door, the engine with the shipped graphs, the hub, and WebRTC on both sides.
func TestLive(t *testing.T) {
	addr := serve(t)
	pub, sub := dial(t, addr), dial(t, addr)
	o := pub.publish("P", "live/cam", pion.NetworkTypeUDP4, nil)
	if o.VideoCodec != "VP8" || o.AudioCodec != "opus" || o.Transport != "UDP" {
		t.Errorf("published %+v", o)
	}
	pub.say("sendStreamEvent", map[string]any{"mediaSessionId": "P", "type": "audioMuted"})
	pub.say("availableStream", map[string]any{"mediaSessionId": "A", "name": "live/cam"})
	if m := pub.hear(); m.Message != "availableStream" || !strings.Contains(string(m.Data[0]), `"true"`) {
		t.Errorf("got %s %s", m.Message, m.Data)
	}
	o, came := sub.play("Q", "live/cam", pion.NetworkTypeUDP4, nil)
	if o.VideoCodec != "VP8" || o.AudioCodec != "opus" || !o.AudioState["muted"] {
		t.Errorf("played %+v", o)
	}
	if e := sub.stream("notifyStreamEvent", "Q"); e.Type != "resize" || e.Payload["streamerVideoWidth"] != 640.0 {
		t.Errorf("got %+v", e)
	}
	comes(t, "pictures", came[pion.RTPCodecTypeVideo], 50)
	comes(t, "sound", came[pion.RTPCodecTypeAudio], 50)
	pub.say("sendStreamEvent", map[string]any{"mediaSessionId": "P", "type": "data", "payload": map[string]any{"n": 1}})
	if e := sub.stream("notifyStreamEvent", "Q"); e.Type != "data" || e.Payload["n"] != 1.0 {
		t.Errorf("got %+v", e)
	}

	sub.play("R", "live/cam", pion.NetworkTypeUDP4, nil)
	sub.stream("notifyStreamEvent", "R")
	sub.stop("stopStream", "R")
	if o := sub.status("R", "STOPPED"); o.Info != "Stopped by user" {
		t.Errorf("got %q", o.Info)
	}
	pub.stop("unPublishStream", "P")
	if o := pub.status("P", "UNPUBLISHED"); o.Info != "Stopped by user" {
		t.Errorf("got %q", o.Info)
	}
	if o := sub.status("Q", "FAILED"); o.Info != "Stopped by publisher stop" {
		t.Errorf("got %q", o.Info)
	}
	pub.publish("P", "live/cam", pion.NetworkTypeUDP4, nil) // the name is free
}

// TestLiveOverTCP has clients that have no other network, and ask for it.
func TestLiveOverTCP(t *testing.T) {
	addr := serve(t)
	p := dial(t, addr)
	if o := p.publish("P", "cam", pion.NetworkTypeTCP4, map[string]any{"transport": "TCP"}); o.Transport != "TCP" {
		t.Errorf("published over %s", o.Transport)
	}
	_, came := p.play("Q", "cam", pion.NetworkTypeTCP4, map[string]any{"transport": "TCP"})
	comes(t, "pictures", came[pion.RTPCodecTypeVideo], 20)
}

// TestLivePublisherIsGone cuts a publisher's socket: its name is free at once, and players hear it.
func TestLivePublisherIsGone(t *testing.T) {
	addr := serve(t)
	pub, sub := dial(t, addr), dial(t, addr)
	pub.publish("P", "cam", pion.NetworkTypeUDP4, nil)
	sub.play("Q", "cam", pion.NetworkTypeUDP4, nil)
	sub.stream("notifyStreamEvent", "Q")
	pub.conn.NetConn().Close()
	if o := sub.status("Q", "FAILED"); o.Info != "Stopped by publisher stop" {
		t.Errorf("got %q", o.Info)
	}
	sub.publish("P", "cam", pion.NetworkTypeUDP4, nil)
}

// TestLiveRefusals holds what is said of what cannot be, by the real engine and real peers.
func TestLiveRefusals(t *testing.T) {
	addr := serve(t, func(s *webrtc.Settings) { s.ICETimeout = time.Second })
	p := dial(t, addr)
	fails := func(what, id, name, sdp, why string) {
		t.Helper()
		p.request(what, id, name, sdp, nil)
		if o := p.status(id, "FAILED"); o.Info != why {
			t.Errorf("%s %s: %q, want %q", what, name, o.Info, why)
		}
	}
	viewer := peer(t, pion.NetworkTypeUDP4)
	screen(t, viewer)
	fails("playStream", "1", "nobody", offer(t, viewer), "Stream not found")
	fails("publishStream", "2", "cam", "v=0 is all", "Failed to add stream to proxy")
	mute := peer(t, pion.NetworkTypeUDP4)
	camera(t, mute)
	sdp := offer(t, mute)
	fails("publishStream", "3", "cam", strings.ReplaceAll(sdp, "UDP/TLS/RTP/SAVPF", "RTP/AVP"), "Failed to add stream to proxy")
	// It takes the answer and never connects.
	p.request("publishStream", "4", "cam", sdp, nil)
	p.answer()
	fails("publishStream", "5", "cam", sdp, "Stream name is already in use")
	if o := p.status("4", "FAILED"); o.Info != "Failed by ICE timeout" {
		t.Errorf("got %q", o.Info)
	}
}

// BenchmarkLiveCycles publishes and stops, again and again, over a real engine and real peers that get their answer and go: what
// the server's side of it costs, and how many times the 200 a second that it has to keep up with it does.
func BenchmarkLiveCycles(b *testing.B) {
	p := dial(b, serve(b))
	pc := peer(b, pion.NetworkTypeUDP4)
	camera(b, pc)
	sdp := offer(b, pc)
	n := 0
	cycle := func() {
		id := fmt.Sprint(n)
		p.request("publishStream", id, "cam", sdp, nil)
		p.answer()
		p.stop("unPublishStream", id)
		p.status(id, "UNPUBLISHED")
		n++
	}
	for range 500 { // until pools and maps have their size
		cycle()
	}
	before := heap()
	begin := n
	for b.Loop() {
		cycle()
	}
	b.ReportMetric(float64(n-begin)/b.Elapsed().Seconds()/200, "of_200/s")
	b.ReportMetric(float64(heap()-before)/float64(n-begin), "B_left/cycle")
}

// heap is what is in use, after collecting what is not.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
