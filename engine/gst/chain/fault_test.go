//go:build cgo && !nogst

package chain

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/gst/hazard"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// wantFault checks code and place.
func wantFault(t *testing.T, err error, code fault.Code, place, says string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code || f.Place != place || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v (%s), want %s at %s: …%s…", err, fault.CodeOf(err), code, place, says)
	}
}

func TestNewFails(t *testing.T) {
	for _, c := range []struct {
		name  string
		p     *plan.Pipeline
		code  fault.Code
		place string
		says  string
	}{
		{"no such element", row1(media.PCMU, "mulawdec", "opusencc"), fault.ElementUnavailable, "n2", `no element "opusencc"`},
		{"no such property", row1(media.PCMU, "mulawdec", "opusenc loud=1"), fault.InvalidParams, "n2", `has no property "loud"`},
		{"no such value", row1(media.PCMU, "mulawdec", "opusenc bitrate=loud"), fault.InvalidParams, "n2", `cannot be loud`},
		{"caps that are none", row1(media.PCMU, "mulawdec", "[audio/x-raw,rate=]", "opusenc"), fault.InvalidParams, "n2", "caps"},
		{"elements that do not fit", row1(media.PCMU, "mulawdec", "opusdec"), fault.GstNegotiation, "n2", `"e2" does not take`},
		{"an element without a way in", row1(media.PCMU, "mulawdec", "audiotestsrc"), fault.GstNegotiation, "n2", "does not take"},
		{"an element without a way out", row1(media.PCMU, "mulawdec", "fakesink"), fault.GstNegotiation, "n2", "nothing takes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.p)
			wantFault(t, err, c.code, c.place, c.says)
		})
	}
	for _, p := range []*plan.Pipeline{{Name: "p"}, {Name: "p", Chain: true}, {Name: "p", Chain: true, Elements: make([]plan.Element, 3)}} {
		_, err := New(p)
		wantFault(t, err, fault.Internal, "p", "no chain")
	}
}

// Who cannot go on is named, also if it says nothing itself.
func TestNegotiation(t *testing.T) {
	push := func(p *plan.Pipeline, track media.Track) error {
		c := open(t, p)
		if _, err := c.Describe(track); err != nil {
			return err
		}
		_, err := c.Push(speech(440, 1)[0].data, 0, packet)
		return err
	}
	stereo := media.NewTrack(media.PCMU)
	stereo.Channels = 2
	wantFault(t, push(toOpus(), stereo), fault.GstNegotiation, "n2", `"e1-to-e2-caps-0"`) // the caps on the way are the encoder's
	many := stereo
	many.Channels = 7
	wantFault(t, push(toOpus(), many), fault.GstNegotiation, "n1", `"e1"`)
	wantFault(t, push(row1(media.PCMU, "mulawdec", "[audio/x-raw,rate=16000]", "opusenc"), media.NewTrack(media.PCMU)),
		fault.GstNegotiation, "n2", `"e1-to-e2-caps-0"`)
	odd := row1(media.PCMU, "mulawdec", "alawenc")
	odd.Elements[0].Props[0].Text = "not caps at all, = {"
	wantFault(t, push(odd, media.NewTrack(media.PCMU)), fault.GstNegotiation, "n1", "cannot be described")
	open := row1(media.PCMU, "mulawdec", "alawenc")
	open.Elements[0].Props[0].Text = "audio/x-mulaw,layout={a,b}"
	wantFault(t, push(open, media.NewTrack(media.PCMU)), fault.GstNegotiation, "n1", `"e1"`)
}

// Media that makes no sense costs at most itself.
func TestCorruptMedia(t *testing.T) {
	c := open(t, toPhone())
	if _, err := c.Describe(media.NewTrack(media.Opus)); err != nil {
		t.Fatal(err)
	}
	coded, _ := through(t, toOpus(), media.NewTrack(media.PCMU), media.Opus, speech(440, 20))
	units := 0
	for i, f := range coded {
		data := f.data
		if i%3 == 1 {
			data = []byte(strings.Repeat("\xff\x00", 40))
		}
		list, err := c.Push(data, f.pts, f.duration)
		if err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
		units += len(list)
	}
	if list, err := c.Push(nil, 0, packet); len(list) != 0 || err != nil {
		t.Errorf("a unit without bytes: %v, %v", list, err)
	}
	if units < 10 {
		t.Errorf("%d frames came out", units)
	}
}

// TestHazards runs this test in a process that has the element hazard.
func TestHazards(t *testing.T) {
	if os.Getenv("GST_REGISTRY") == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHazards$", "-test.count=1")
		cmd.Env = append(os.Environ(), hazard.Build(t)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	for _, c := range []struct{ name, setting, says string }{
		{"an error", "mode=error after=2", "hazard struck"},
		{"a flood", "mode=flood after=2", "more came out at once"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch := open(t, row1(media.PCMU, "mulawdec", "hazard "+c.setting, "alawenc"))
			if _, err := ch.Describe(media.NewTrack(media.PCMU)); err != nil {
				t.Fatal(err)
			}
			for i, f := range speech(440, 3) {
				list, err := ch.Push(f.data, f.pts, f.duration)
				switch {
				case i < 2 && (err != nil || len(list) == 0):
					t.Errorf("frame %d: %v, %v", i, list, err)
				case i == 2 && c.setting[:10] == "mode=error":
					wantFault(t, err, fault.GstElement, "n2", c.says)
				case i == 2:
					wantFault(t, err, fault.GstElement, "n3", c.says)
				}
			}
		})
	}
}
