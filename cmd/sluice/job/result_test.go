package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

var noReport run.Report

func done() *Result {
	return &Result{
		Graph: "jobs/film", End: Ended, Media: 2 * time.Second, Took: 400 * time.Millisecond,
		Outputs:  []Output{{Node: "write", Path: "out.webm", Bytes: 178_016, Regular: true}, {Node: "copy", Path: "/dev/null"}},
		Encoders: []Encoder{{"venc", "vp8enc", true, 50, 1, 159_600}, {"aenc", "opusenc", false, 101, 0, 16_600}},
	}
}

const listed = `out.webm: 178.0 kB
/dev/null: written to
venc (vp8enc): 50 frames, 1 key frame, 159.6 kB
aenc (opusenc): 101 packets, 16.6 kB
`

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Result)
		want   string
	}{
		"ended":       {func(*Result) {}, listed + "2.00s of media in 0.40s, 5.00x\n"},
		"timed":       {func(r *Result) { r.End = Timed }, listed + "2.00s of media in 0.40s, 5.00x\n"},
		"live":        {func(r *Result) { r.Media = 0 }, listed + "0.40s\n"},
		"interrupted": {func(r *Result) { r.End = Interrupted }, listed + "2.00s of media in 0.40s, 5.00x; interrupted, and ended properly\n"},
		"cut": {func(r *Result) { r.End, r.Cut = Interrupted, true },
			strings.Replace(listed, "178.0 kB", "178.0 kB so far, kept", 1) + "2.00s of media in 0.40s, 5.00x; interrupted\n"},
		"failed": {func(r *Result) { r.End = Failed },
			strings.Replace(listed, "178.0 kB", "178.0 kB so far, kept", 1) + "2.00s of media in 0.40s, 5.00x, then it failed\n"},
		"short":   {func(r *Result) { r.Warning = "only half of it came" }, listed + "2.00s of media in 0.40s, 5.00x\nwarning: only half of it came\n"},
		"refused": {func(r *Result) { *r = *Refused("g", errors.New("no")) }, ""},
	} {
		r := done()
		c.change(r)
		var b bytes.Buffer
		if err := r.Text(&b); err != nil || b.String() != c.want {
			t.Errorf("%s: %v, got\n%s", name, err, &b)
		}
	}
}

func TestTrouble(t *testing.T) {
	cause := fault.New(fault.GstElement, "x", "could not write").Because(errors.New("no space left on device"))
	for _, c := range []struct {
		err  error
		want string
		node string
	}{
		{fault.New(fault.ResourceNotFound, "jobs/film#run/read", "no file").Advise("look again"),
			"sluice: jobs/film#run/read[resource_not_found]: no file\n  look again\n", "read"},
		{fault.New(fault.GstElement, "jobs/film#run/write", "it failed").Because(cause),
			"sluice: jobs/film#run/write[gst_element]: it failed\n  because: could not write\n  because: no space left on device\n  " + hint(fault.GstElement) + "\n", "write"},
		{fault.New(fault.NameInUse, "jobs/film/write", "there").Advise("x"), "sluice: jobs/film/write[name_in_use]: there\n  x\n", "write"},
		{errors.New("odd"), "sluice: [internal]: odd\n", ""},
	} {
		r := Refused("jobs/film", c.err)
		var b bytes.Buffer
		r.Trouble().Text(&b)
		if b.String() != c.want || r.Trouble().Node != c.node {
			t.Errorf("node %q, got\n%s", r.Trouble().Node, &b)
		}
	}
	if done().Trouble() != nil {
		t.Error("trouble where there is none")
	}
}

// Each fault that only playing can show has a remedy, also where its maker brings none.
func TestHints(t *testing.T) {
	for _, c := range []fault.Code{
		fault.GstElement, fault.GstNegotiation, fault.GstUnavailable, fault.MediaCorrupt, fault.ResourceNotFound, fault.ElementUnavailable,
		fault.Lost, fault.Stalled, fault.StartTimeout,
	} {
		if hint(c) == "" {
			t.Errorf("%s has no remedy", c)
		}
	}
}

// A file that was cut off ends without an error: only its own length tells.
func TestWhatIsCutOffIsToldOf(t *testing.T) {
	const about = `only 1.24s of 2.00s came from "read" (in.flv): a file may be cut off or damaged there`
	for _, c := range []struct {
		position, length time.Duration
		err              error
		end              End
		want             string
	}{
		{1240 * time.Millisecond, 2 * time.Second, nil, Ended, about},
		{1240 * time.Millisecond, 2 * time.Second, nil, Timed, ""},
		{1240 * time.Millisecond, 2 * time.Second, nil, Interrupted, ""},
		{1240 * time.Millisecond, 2 * time.Second, errors.New("no"), Ended, ""},
		{1500 * time.Millisecond, 2 * time.Second, nil, Ended, ""}, // half a second is missing
		{990 * time.Second, 1000 * time.Second, nil, Ended, ""},    // one per cent is missing
		{1240 * time.Millisecond, 0, nil, Ended, ""},               // nobody knows how long it is
		{0, 2 * time.Second, nil, Ended, ""},                       // nobody knows how far it came
		{2040 * time.Millisecond, 2 * time.Second, nil, Ended, ""}, // sound is longer
	} {
		r := Job{Graph: "jobs/film", Plan: film{"in.flv", "/dev/null"}.plan(), Spec: specs}.begin()
		r.End = c.end
		r.close(c.err, run.Report{Position: c.position, Length: c.length})
		if r.Warning != c.want {
			t.Errorf("%s of %s, %s: %q", c.position, c.length, r.End, r.Warning)
		}
		var b bytes.Buffer
		if err := r.JSON(&b); err != nil || strings.Contains(b.String(), `"warning": "only`) != (c.want != "") {
			t.Errorf("%v: %s", err, &b)
		}
	}
	r := Job{Graph: "g", Plan: &plan.Plan{}, Spec: specs}.begin()
	if r.close(nil, run.Report{Position: time.Second, Length: time.Minute}); !strings.Contains(r.Warning, "from the sources") {
		t.Errorf("%q", r.Warning)
	}
}

func TestWhatNothingHasLeftIsLeftOut(t *testing.T) {
	r := Job{Plan: film{}.plan(), Spec: specs}.begin()
	if got := r.counted(run.Report{Samples: []run.Sample{{Kind: run.OfQueue, Name: "vq"}}}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestJSON(t *testing.T) {
	r := done()
	r.End, r.Err = Failed, fault.New(fault.Stalled, "jobs/film#run/read", "nothing comes")
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Graph, End         string
		Error              *Trouble
		Media, Took, Speed float64
		Outputs            []Output
		Encoders           []Encoder
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.End != "failed" || got.Error == nil || got.Error.Node != "read" || got.Error.Code != fault.Stalled || got.Media != 2 || got.Took != 0.4 ||
		got.Speed != 5 || len(got.Outputs) != 2 || got.Outputs[0] != r.Outputs[0] || len(got.Encoders) != 2 || got.Encoders[0] != r.Encoders[0] {
		t.Errorf("%s", &b)
	}
	b.Reset()
	if err := Refused("g", errors.New("x")).JSON(&b); err != nil || !strings.Contains(b.String(), `"outputs": []`) {
		t.Errorf("%v, %s", err, &b)
	}
}
