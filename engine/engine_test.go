package engine_test

import (
	"testing"
	"time"

	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
)

func raise(name, path string, p *peer) engine.Event {
	return engine.Event{Name: name, Path: path, Sessions: map[string]any{"peer": p}}
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// unit is a frame of VP8 as far as its header goes (RFC 6386 9.1).
func unit(pts time.Duration, key bool) media.Unit {
	frame := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02}
	if !key {
		frame = []byte{0x11, 0, 0}
	}
	return media.Unit{PTS: pts, DTS: pts, Key: key, AU: [][]byte{frame}}
}

func TestPublishAndPlay(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "play": play})
	_, err := e.Raise(t.Context(), raise("fake.play", "/cam", newPeer()))
	wantCode(t, "playing nothing", err, fault.StreamNotFound)
	_, err = e.Raise(t.Context(), raise("fake.other", "/cam", newPeer()))
	wantCode(t, "an event without a graph", err, fault.NoRoute)

	camera := newPeer(media.NewTrack(media.VP8), media.NewTrack(media.Opus))
	in, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera))
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Raise(t.Context(), raise("fake.publish", "/cam", newPeer(media.NewTrack(media.VP8))))
	wantCode(t, "a taken name", err, fault.NameInUse)
	pub := await(t, "the publication", camera.fed)

	viewer := newPeer()
	if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer)); err != nil {
		t.Fatal(err)
	}
	await(t, "the request for a key frame", camera.keys)
	if err := pub.WriteUnits(0, []media.Unit{unit(0, true), unit(time.Second, false)}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []time.Duration{0, time.Second} {
		if got := await(t, "a unit", viewer.units); got.PTS != want {
			t.Errorf("got %v, want %v", got.PTS, want)
		}
	}
	if err := in.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if e.Streams().Has("cam") {
		t.Error("the name is taken although its publisher has gone")
	}
	if err := await(t, "the viewer's end", viewer.left); err != nil {
		t.Errorf("the viewer's end: %v", err)
	}
	got := e.Outcomes()
	for o, want := range map[engine.Outcome]uint64{
		{Event: "fake.play", Code: fault.StreamNotFound}: 1, {Event: "fake.play"}: 1, {Event: "fake.publish"}: 1,
		{Event: "fake.publish", Code: fault.NameInUse}: 1, {Event: "other", Code: fault.NoRoute}: 1,
	} {
		if got[o] != want {
			t.Errorf("%+v came %d times of %d", o, got[o], want)
		}
	}
}

// What a peer does by itself ends its instance, and no restart brings it back.
func TestPeersThatGo(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "play": play})
	camera, viewer := newPeer(media.NewTrack(media.VP8)), newPeer()
	in, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera))
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer))
	if err != nil {
		t.Fatal(err)
	}
	viewer.over(fault.New(fault.ICEConsentLost, "", "it went"))
	await(t, "the end of the viewer's instance", out.Done())
	camera.over(nil)
	await(t, "the end of the camera's instance", in.Done())
	if e.Streams().Has("cam") || in.Status().State != run.Stopped || out.Status().Restarts != 0 {
		t.Errorf("streams %v, %+v, %+v", e.Streams().Streams(), in.Status(), out.Status())
	}
}

// A viewer who cannot take what is published gets what a graph makes of it, for as long as somebody wants that.
func TestConversion(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "play": play, "convert": converting})
	camera := newPeer(media.NewTrack(media.H264))
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", camera.fed)
	viewers := []*peer{newPeer(), newPeer()}
	for _, v := range viewers {
		if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", v)); err != nil {
			t.Fatal(err)
		}
	}
	rt := await(t, "the Runtime", e.begun)
	conversion := e.running(t, "convert")
	if err := pub.WriteUnits(0, []media.Unit{unit(time.Hour, true)}); err != nil {
		t.Fatal(err)
	}
	converted := await(t, "the unit to convert", rt.taken) // the Runtime's time is another
	if !rt.Deliver(bridge(conversion, plan.OutOfGst), &converted) {
		t.Fatal("nobody takes what is converted")
	}
	for _, v := range viewers {
		if got := await(t, "what was converted", v.units); got.PTS != time.Hour {
			t.Errorf("it comes at %v, an hour is right", got.PTS)
		}
	}
	await(t, "the request for a key frame to begin with", camera.keys)
	rt.WantKey(bridge(conversion, plan.IntoGst)) // so soon after the first the hub does not pass it on
	for _, v := range viewers {
		v.over(nil)
	}
	await(t, "the end of a conversion that nobody wants", conversion.Done())
	if len(e.begun) > 0 {
		t.Error("another Runtime was begun for the same conversion")
	}
}

func bridge(i *instance.Instance, d plan.Direction) string {
	for _, b := range i.Plan().Bridges {
		if b.Direction == d {
			return b.Name
		}
	}
	return ""
}

// A worker that dies takes nobody along: the graph goes on with another, and its stream does not end.
func TestRestart(t *testing.T) {
	const recode = "graph: v1\nabout: In.\nroute:\n  - fake.publish /{stream...}\nnodes:\n  in: fake.in\n  to: convert codec=vp8\n" +
		"  out: stream.out name=$stream\nlinks:\n  - in -> to -> out\npolicy:\n  restart: {when: error, backoff: 1ms..2ms, give_up: never}\n"
	e := start(t, map[string]string{"publish": recode, "play": play})
	camera := newPeer(media.NewTrack(media.H264))
	in, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera))
	if err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", camera.fed)
	viewer := newPeer()
	for round := range 3 {
		rt := await(t, "the Runtime", e.begun)
		if err := pub.WriteUnits(0, []media.Unit{unit(time.Duration(round)*time.Second, true)}); err != nil {
			t.Fatal(err)
		}
		u := await(t, "the unit to convert", rt.taken)
		rt.prepared(t).Outlet(bridge(in, plan.OutOfGst)).Codec(media.NewTrack(media.VP8))
		rt.Deliver(bridge(in, plan.OutOfGst), &u)
		if round == 0 {
			sub := e.Bus().Subscribe(8, func(ev event.Event) bool { return ev.Name == event.StreamPublished })
			defer sub.Close()
			if !e.Streams().Has("cam") {
				if _, _, err := sub.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer)); err != nil {
				t.Fatal(err)
			}
		}
		// What a new Runtime is given first may be what was kept from the round before.
		if got, now := await(t, "a unit", viewer.units).PTS, time.Duration(round)*time.Second; got != now && got != max(now-time.Second, 0) {
			t.Errorf("round %d: %v", round, got)
		}
		rt.Crash(fault.New(fault.GstElement, "", "the worker was killed"))
	}
	if len(viewer.left) > 0 {
		t.Error("the viewer was thrown off")
	}
}
