package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
)

const head = "graph: v1\nabout: A test.\nroute:\n  - fake.publish /{stream...}\nnodes:\n"

// One stream of what comes as it is and what is converted.
func TestStreamOfTwoOrigins(t *testing.T) {
	e := start(t, map[string]string{"play": play, "publish": head +
		"  in: fake.in\n  to: convert codec=opus\n  out: stream.out name=$stream\nlinks:\n  - in.video -> out\n  - in.audio -> to -> out\n"})
	camera := newPeer(media.NewTrack(media.VP8), media.NewTrack(media.AAC))
	published := e.await(t, "stream.published")
	in, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera))
	if err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", camera.fed)
	rt := await(t, "the Runtime", e.begun)
	for await(t, "a reader of the sound", camera.read) != 1 {
		continue
	}
	for track, pts := range []time.Duration{2 * time.Second, time.Second} {
		if err := pub.WriteUnits(track, []media.Unit{unit(pts, true)}); err != nil {
			t.Fatal(err)
		}
	}
	sound := await(t, "the sound to convert", rt.taken)
	rt.prepared(t).Outlet(bridge(in, plan.OutOfGst)).Codec(media.NewTrack(media.Opus))
	if !rt.Deliver(bridge(in, plan.OutOfGst), &sound) { // before anybody can have published it
		t.Fatal("what came first was not taken")
	}
	published()
	info, _ := e.Streams().Stream("cam")
	if len(info.Tracks) != 2 || info.Tracks[0].Track.Codec == info.Tracks[1].Track.Codec {
		t.Fatalf("published: %+v", info.Tracks)
	}
	viewer := newPeer()
	if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer)); err != nil {
		t.Fatal(err)
	}
	sound.PTS += 2 * time.Second
	rt.Deliver(bridge(in, plan.OutOfGst), &sound)
	seen := map[time.Duration]bool{} // the first sound, too, if it was published behind the key frame
	for !seen[2*time.Second] || !seen[3*time.Second] {
		seen[await(t, "picture and sound", viewer.units).PTS] = true
	}
	if err := in.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := await(t, "the viewer's end", viewer.left); err != nil {
		t.Error(err)
	}
}

// A sink that is fed by GStreamer, and by nothing that has a name.
func TestSinkBehindConversion(t *testing.T) {
	e := start(t, map[string]string{"echo": head + "  in: fake.in session=$peer\n  to: convert codec=vp8\n  out: fake.out session=$peer\nlinks:\n  - in -> to -> out\n"})
	caller := newPeer(media.NewTrack(media.H264))
	in, err := e.Raise(t.Context(), raise("fake.publish", "/cam", caller))
	if err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", caller.fed)
	rt := await(t, "the Runtime", e.begun)
	if err := pub.WriteUnits(0, []media.Unit{unit(time.Second, true)}); err != nil {
		t.Fatal(err)
	}
	picture := await(t, "the picture to convert", rt.taken)
	rt.prepared(t).Outlet(bridge(in, plan.OutOfGst)).Codec(media.NewTrack(media.VP8))
	rt.Deliver(bridge(in, plan.OutOfGst), &picture)
	if got := await(t, "the picture", caller.units); got.PTS != time.Second {
		t.Errorf("it came at %v", got.PTS)
	}
	if len(e.Streams().Streams()) != 0 {
		t.Error("what is private is listed")
	}
}

// A source under two names: whoever writes packets can be read under both.
func TestTwoNames(t *testing.T) {
	e := start(t, map[string]string{"play": play, "publish": head +
		"  in: fake.in\n  out: stream.out name=$stream\n  also: stream.out name=copy\nlinks:\n  - in -> out\n  - in -> also\n"})
	camera := newPeer(media.NewTrack(media.VP8))
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", camera.fed)
	for _, name := range []string{"/cam", "/copy"} {
		viewer := newPeer()
		if _, err := e.Raise(t.Context(), raise("fake.play", name, viewer)); err != nil {
			t.Fatal(err)
		}
		if err := pub.WriteUnits(0, []media.Unit{unit(time.Second, true)}); err != nil {
			t.Fatal(err)
		}
		await(t, "a unit of "+name, viewer.units)
	}
}

// A stream is passed on under another name with what it has, be that pictures, sound or both.
func TestRelayOfWhatThereIs(t *testing.T) {
	const relay = "graph: v1\nabout: Copies.\nroute:\n  - fake.small /{stream...}\nnodes:\n  in: stream.in name=$stream%s\n  out: stream.out name=copy\nlinks:\n  - in -> out\n"
	video, audio := media.NewTrack(media.VP8), media.NewTrack(media.Opus)
	for name, row := range map[string]struct {
		more   string
		tracks []media.Track
		want   []media.Codec
	}{
		"pictures":                {"", []media.Track{video}, []media.Codec{media.VP8}},
		"sound":                   {"", []media.Track{audio}, []media.Codec{media.Opus}},
		"both":                    {"", []media.Track{video, audio}, []media.Codec{media.Opus, media.VP8}},
		"pictures of both":        {" kind=video", []media.Track{video, audio}, []media.Codec{media.VP8}},
		"sound of pictures alone": {" kind=audio", []media.Track{video}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t, map[string]string{"publish": publish, "play": play, "relay": fmt.Sprintf(relay, row.more)})
			camera := newPeer(row.tracks...)
			if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
				t.Fatal(err)
			}
			_, err := e.Raise(t.Context(), raise("fake.small", "/cam", newPeer()))
			if row.want == nil {
				wantCode(t, "what is not there", err, fault.CodecNotAvailable)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			info, _ := e.Streams().Stream("copy")
			var got []media.Codec
			for _, track := range info.Tracks {
				got = append(got, track.Track.Codec)
			}
			if slices.Sort(got); !slices.Equal(got, row.want) {
				t.Fatalf("it has %v, want %v", got, row.want)
			}
			viewer := newPeer()
			if _, err := e.Raise(t.Context(), raise("fake.play", "/copy", viewer)); err != nil {
				t.Fatal(err)
			}
			if err := await(t, "the publication", camera.fed).WriteUnits(0, []media.Unit{unit(time.Second, true)}); err != nil {
				t.Fatal(err)
			}
			await(t, "a unit of the copy", viewer.units)
		})
	}
}
