//go:build cgo && !nogst

package gst_test

import (
	"slices"
	"testing"
	"time"

	"sluice/engine/gst"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// units makes 400 ms, which is less than a bridge holds, of made-up media in a codec, through a pipeline of its own.
func units(t testing.TB, codec string) (media.Track, []*media.Unit) {
	t.Helper()
	kind := "video"
	if media.Codec(codec).Kind() == media.Audio {
		kind = "audio"
	}
	tmpl := template(t, "make", `
graph: v1
about: Made-up media.
nodes:
  in: test.in `+kind+`=`+codec+` length=400ms
  out: stream.out name=x
links:
  - in -> out
`)
	host, _ := begin(t, open(t), resolve(t, tmpl, plan.Inputs{}))
	port := host.Port("out-" + kind + "-out")
	until(t, "the end", func() bool { return len(port.Marks()) > 0 })
	return port.Tracks()[0], port.Units()
}

const convertText = `
graph: v1
about: A stream in another codec.
params: {codec: codec}
nodes:
  in: stream.in name=x
  to: convert codec=$codec
  out: stream.out name=y
links:
  - in -> to -> out
`

// Units go in, are decoded and coded anew, and come out with their times.
func TestUnitsCross(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"h264", "vp8"}, {"vp8", "h264"}, {"vp9", "h264"}, {"h265", "vp8"}, {"opus", "pcmu"}, {"pcma", "opus"}, {"aac", "opus"},
		{"speex", "opus"}, {"g722", "pcmu"}, {"mp3", "aac"}, {"g729", "opus"}, {"opus", "speex"}, {"pcmu", "g729"}, {"opus", "aac"},
		{"vorbis", "opus"}, {"sorenson", "vp8"},
	} {
		cross := func(t *testing.T, taps bool) {
			track, list := units(t, c.from)
			kind := track.Kind
			p := resolve(t, template(t, "c", convertText), plan.Inputs{
				Params: map[string]any{"codec": c.to}, Given: given(kind, media.Codec(c.from)), Want: wanted(kind, media.Codec(c.to)),
			})
			rt := openWith(t, gst.Options{Taps: taps})
			host, inlets := begin(t, rt, p)
			in, out := inlets[only(t, p, plan.IntoGst)], host.Port(only(t, p, plan.OutOfGst))
			in.Codec(track)
			base := time.Since(host.Epoch())
			for _, u := range list {
				moved := *u
				moved.PTS, moved.DTS = u.PTS+base, u.DTS+base
				if !in.Unit(&moved) {
					t.Fatal("a unit was not taken")
				}
			}
			in.Mark(run.End)
			if err := rt.Drain(within(t)); err != nil {
				t.Fatal(err)
			}
			until(t, "the end", func() bool { return len(out.Marks()) > 0 })
			got := out.Units()
			counted(t, rt, only(t, p, plan.IntoGst), only(t, p, plan.OutOfGst))
			if len(got) == 0 || len(out.Tracks()) == 0 || out.Tracks()[0].Codec != media.Codec(c.to) {
				t.Fatalf("%d units in, %d out, described as %v", len(list), len(got), out.Tracks())
			}
			first, last := got[0].PTS-base, got[len(got)-1].PTS-base
			late := first > 100*time.Millisecond && kind == media.Audio // a burst of pictures loses its oldest before the encoder
			if late || last < 300*time.Millisecond || last > 500*time.Millisecond {
				t.Errorf("%d units in; %d out from %s to %s", len(list), len(got), first, last)
			}
			if kind == media.Video && !got[0].Key {
				t.Error("the first picture is no key frame")
			}
		}
		t.Run(c.from+" to "+c.to, func(t *testing.T) { cross(t, false) })
		if media.Codec(c.from).Kind() == media.Audio {
			t.Run(c.from+" to "+c.to+" with threads", func(t *testing.T) { cross(t, true) })
		}
	}
}

// counted checks that what crosses is counted at each bridge: watchdogs go by it.
func counted(t *testing.T, rt run.Runtime, bridges ...string) {
	t.Helper()
	rep, err := rt.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range bridges {
		i := slices.IndexFunc(rep.Samples, func(s run.Sample) bool { return s.Kind == run.OfBridge && s.Name == name })
		if i < 0 || rep.Samples[i].Counts.Units == 0 || rep.Samples[i].Counts.Bytes == 0 || rep.Samples[i].Silent < 0 {
			t.Errorf("bridge %s: %+v", name, rep.Samples)
		}
	}
}
