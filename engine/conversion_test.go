package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

// smaller is play for viewers who want a size and a rate of their own.
var smaller = strings.NewReplacer("fake.play", "fake.small", "wait=5s", "wait=5s width=321 bitrate=203k fps=10 quality=30").Replace(play)

// A viewer who wants a size of his own gets a conversion even of what he could take, and who wants the same shares it.
func TestWishesOfViewers(t *testing.T) {
	shaped := strings.Replace(converting, "codec=$want.codec",
		"always=true codec=$want.codec width=$want.width height=$want.height fps=$want.fps bitrate=$want.bitrate quality=$want.quality", 1)
	e := start(t, map[string]string{"publish": publish, "play": play, "smaller": smaller, "convert": shaped})
	camera := newPeer(media.NewTrack(media.VP8), media.NewTrack(media.Opus))
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{"fake.play", "fake.small", "fake.small"} {
		if _, err := e.Raise(t.Context(), raise(event, "/cam", newPeer())); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "the Runtime", e.begun)
	conversion := e.running(t, "convert")
	got := ""
	for _, field := range []string{"codec", "width", "height", "fps", "bitrate", "quality"} {
		got += field + "=" + setting(conversion.Plan(), "to", field) + " "
	}
	if want := "codec=vp8 width=320 height= fps=10/1 bitrate=200k quality=30 "; got != want {
		t.Errorf("it is asked for %q, want %q", got, want)
	}
	readers := slices.DeleteFunc(e.Readers("cam"), func(r hub.ReaderInfo) bool { return r.Name == "convert/in" }) // it comes by itself
	if len(readers) != 3 || len(e.Readers("none")) != 0 {
		t.Fatalf("%d readers: %+v", len(readers), readers)
	}
	for i, want := range []struct {
		name, wants, why string
		how              hub.How
	}{
		{"play/out", "video: vp8; audio: opus", "video: vp8 wanted", hub.Exact},
		{"smaller/out", "video: vp8 321 wide 10 a second at 203 kbit/s of quality 30; audio: opus", "vp8 published, vp8 321 wide 10 a second at 203 kbit/s of quality 30 wanted", hub.Conversions},
	} {
		r := readers[i]
		d := r.Tracks[0]
		if r.Name != want.name || r.Wants != want.wants || d.Reason != want.why || d.How != want.how || (d.Conversion != nil) != (d.How == hub.Conversions) {
			t.Errorf("reader %d: %+v", i, r)
		}
		if r.Tracks[1].How != hub.Exact {
			t.Errorf("the sound of reader %d: %+v", i, r.Tracks[1])
		}
	}
}

// What nobody can mean is refused, and nothing is started for it.
func TestWishesThatAreRefused(t *testing.T) {
	for wish, want := range map[string]string{
		"width=4": "4 wide", "width=1": "1 wide", "width=15": "15 wide", "height=1": "1 high", "height=17 width=1": "1x17", "width=8192": "8192 wide",
		"height=2": "2 high", "width=4000 height=16": "4000x16", "width=4097": "4097 wide", "bitrate=9999": "9999 bit/s", "bitrate=1": "1 bit/s",
	} {
		t.Run(wish, func(t *testing.T) {
			mine := strings.NewReplacer("wait=5s", "wait=5s "+wish).Replace(play)
			e := start(t, map[string]string{"publish": publish, "play": mine, "convert": converting})
			if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", newPeer(media.NewTrack(media.VP8)))); err != nil {
				t.Fatal(err)
			}
			_, err := e.Raise(t.Context(), raise("fake.play", "/cam", newPeer()))
			wantCode(t, "what cannot be meant", err, fault.InvalidParams)
			if !strings.Contains(err.Error(), "pictures are not made "+want) && !strings.Contains(err.Error(), "pictures are not made at "+want) {
				t.Errorf("it is said as %q", err)
			}
			if len(e.begun) > 0 {
				t.Error("something was started for it")
			}
		})
	}
}

// What was sent before a conversion was there has a time in it all the same: that of its beginning.
func TestConversionOfWhatWasBefore(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "play": play, "convert": converting})
	camera, viewer := newPeer(media.NewTrack(media.H264)), newPeer()
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", camera.fed)
	if err := pub.WriteUnits(0, []media.Unit{unit(0, true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer)); err != nil {
		t.Fatal(err)
	}
	rt := await(t, "the Runtime", e.begun)
	conversion := e.running(t, "convert")
	old := await(t, "the unit to convert", rt.taken)
	if old.PTS <= 0 || old.DTS <= 0 {
		t.Errorf("it is given at %v and %v, and not at the beginning", old.PTS, old.DTS)
	}
	if !rt.Deliver(bridge(conversion, plan.OutOfGst), &old) {
		t.Fatal("nobody takes what is converted")
	}
	if got := await(t, "what was converted", viewer.units); got.PTS <= 0 {
		t.Errorf("it comes at %v, before it was asked for", got.PTS)
	}
}

// What decoders of AAC have to know first is told by its encoder only, so that it runs before the track is there to be read.
func TestConversionThatHasToTellFirst(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "play": play, "convert": converting})
	camera, viewer := newPeer(media.NewTrack(media.Opus)), newPeer()
	viewer.want = media.Want{Audio: []media.Codec{media.AAC}}
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
		t.Fatal(err)
	}
	await(t, "the publication", camera.fed)
	played := make(chan error, 1)
	go func() {
		_, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer))
		played <- err
	}()
	rt := await(t, "the Runtime", e.begun)
	host := await(t, "its host", rt.hosts)
	made := media.NewTrack(media.AAC)
	made.ClockRate, made.Channels, made.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	host.Outlet(bridge(e.running(t, "convert"), plan.OutOfGst)).Codec(made)
	if err := await(t, "the viewer", played); err != nil {
		t.Fatal(err)
	}
	for _, r := range e.Readers("cam") {
		if d := r.Tracks[0].Track; r.Name == "play/out" && (d.Codec != media.AAC || len(d.Extra) != 1 || d.Channels != 2) {
			t.Errorf("the viewer gets %+v", d)
		}
	}
}

// Who waits for a conversion that has failed for good hears why.
func TestConversionThatFails(t *testing.T) {
	for name, row := range map[string]struct {
		policy string
		crash  int
	}{
		"at once":              {"policy:\n  restart: {when: never}\n", 1},
		"when it was given up": {"policy:\n  restart: {when: error, backoff: 1ms..2ms, give_up: 2 in 1m}\n", 3},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t, map[string]string{"publish": publish, "play": play, "convert": converting + row.policy})
			camera, viewer, other := newPeer(media.NewTrack(media.H264)), newPeer(), newPeer()
			other.want.Video = []media.Codec{media.H264}
			if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
				t.Fatal(err)
			}
			for _, v := range []*peer{viewer, other} {
				if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", v)); err != nil {
					t.Fatal(err)
				}
			}
			pub := await(t, "the publication", camera.fed)
			for range row.crash {
				rt := await(t, "the Runtime", e.begun)
				await(t, "its host", rt.hosts)
				rt.Crash(fault.New(fault.GstElement, "", "it broke"))
			}
			wantCode(t, "the viewer of what was converted", await(t, "his end", viewer.left), fault.GstElement)
			if err := pub.WriteUnits(0, []media.Unit{unit(time.Second, true)}); err != nil {
				t.Fatal(err)
			}
			await(t, "a unit of who needs no conversion", other.units)
			if len(other.left) > 0 || len(e.begun) > 0 {
				t.Error("the other one was thrown off, or it was tried once more")
			}
		})
	}
}

// Without what converts, viewers are told at once: by a code that says what is missing.
func TestConversionThatIsNotThere(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "play": play})
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", newPeer(media.NewTrack(media.H264)))); err != nil {
		t.Fatal(err)
	}
	_, err := e.Raise(t.Context(), raise("fake.play", "/cam", newPeer()))
	wantCode(t, "a codec that nothing makes", err, fault.CodecNotAvailable)
	if !strings.Contains(err.Error(), "video: h264 published, vp8 wanted") || !strings.Contains(err.Error(), "no graph has a route") {
		t.Errorf("it is said as %q", err)
	}
}

// A conversion ends when nobody has read it for as long as its graph says, however often viewers came and left before, and whether or
// not media flowed.
func TestConversionLingers(t *testing.T) {
	for name, flows := range map[string]bool{"with media": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := start(t, map[string]string{"publish": publish, "play": play, "convert": strings.Replace(converting, "10ms", "10s", 1)})
				camera := newPeer(media.NewTrack(media.H264))
				if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
					t.Fatal(err)
				}
				pub := await(t, "the publication", camera.fed)
				var conversion *instance.Instance
				for range 3 {
					viewer, second := newPeer(), newPeer()
					for _, v := range []*peer{viewer, second} {
						if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", v)); err != nil {
							t.Fatal(err)
						}
					}
					synctest.Wait()
					conversion = e.running(t, "convert")
					if flows {
						if err := pub.WriteUnits(0, []media.Unit{unit(time.Second, true)}); err != nil {
							t.Fatal(err)
						}
					}
					elapse(20 * time.Second)
					for _, v := range []*peer{viewer, second} {
						v.mu.Lock()
						v.reader.Close()
						v.mu.Unlock()
						elapse(5 * time.Second)
					}
				}
				elapse(4 * time.Second) // and 5 that have passed
				e.running(t, "convert")
				elapse(time.Second)
				synctest.Wait()
				select {
				case <-conversion.Done():
				default:
					t.Errorf("after 10 s it is %s", conversion.Status().State)
				}
			})
		})
	}
}
