package engine_test

import (
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"sluice/elements/mix"
	"sluice/engine"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/store"
)

const gallery = `graph: v1
about: A room whose guests are seen or not.
route:
  - rest.start
nodes:
  all: video.mix
  enc: vp8enc
  out: stream.out name=hall
  seat: {use: fragments/face, each: {key: guest, max: 4}}
  copied: {use: fragments/guest, each: {key: guest, max: 4}}
links:
  - all -> enc -> out
  - seat.video? -> all
  - copied.video? -> all
policy: {end: never}
`

const face = `graph: v1
about: A guest who is only seen.
params:
  stream: string
nodes:
  in: stream.in name=$stream wait=1s
  dec: decode kind=video
links:
  - in.video? -> dec
exports:
  video: dec.video
`

// TestUnseen: pictures that a mixer does not show do not reach its decoders, but holes do in their place, and pictures go on at once, at the
// last key frame, when it shows them again. Who reads what another way of the graph needs gets it all the time.
func TestUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := fstest.MapFS{}
		for name, text := range map[string]string{"hall": gallery, "fragments/guest": guest, "fragments/face": face, "publish": publish, "play": play} {
			files[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
		}
		p := &party{bench: startWith(t, store.Options{Base: files}, mix.Elements()...), t: t}
		var err error
		if p.room, err = p.Run(t.Context(), engine.Start{Graph: "hall"}); err != nil {
			t.Fatal(err)
		}
		p.rt = await(t, "the Runtime", p.begun)
		p.rt.prepared(t)
		synctest.Wait()
		_, cam := p.publishes("cam")
		pub := await(t, "the publication", cam.fed)
		at := time.Second
		gives := func(keys ...bool) {
			t.Helper()
			for _, key := range keys {
				at += 40 * time.Millisecond
				if err := pub.WriteUnits(0, []media.Unit{unit(at, key)}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
		}
		has := func(what string, units, gaps int) {
			t.Helper()
			in := p.rt.Inlet("seat-ann-dec-video-in")
			if in == nil || len(in.Units()) != units || in.Gaps() != gaps {
				t.Fatalf("%s: %d units and %d holes came in, not %d and %d", what, len(in.Units()), in.Gaps(), units, gaps)
			}
		}
		set := func(hidden ...any) {
			t.Helper()
			if err := p.room.Set(t.Context(), "all", map[string]any{"hidden": hidden}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		set("ann")
		if err := p.adds("ann", "cam"); err != nil {
			t.Fatal(err)
		}
		gives(true, false, false)
		has("hidden before he came", 1, 2)
		set()
		has("shown", 4, 2)
		gives(false)
		has("goes on", 5, 2)
		if _, err := p.room.Do(t.Context(), "all", "hide", []plan.Setting{{Name: "key", Text: "ann"}, {Name: "hidden", Text: "true"}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		gives(false, true, false)
		has("hidden by an action", 5, 5)
		set()
		has("shown from the last key frame on", 7, 5)
		if err := p.room.Add(t.Context(), "copied", plan.Key{Name: "bob", Params: map[string]any{"stream": "cam"}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		set("ann", "bob")
		gives(false, false)
		has("hidden again", 7, 7)
		if in := p.rt.Inlet("copied-bob-dec-video-in"); in == nil || len(in.Units()) < 4 || in.Gaps() != 0 {
			t.Errorf("whose picture is published, too, has %d holes in %d units", in.Gaps(), len(in.Units()))
		}
	})
}
