package job

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/value"
)

type planLink = plan.Link

func TestWhatNeedsAServerIsRefused(t *testing.T) {
	spec := func(name string) (*element.Spec, bool) {
		return &element.Spec{Status: map[string]element.Status{"rtmp.in": element.Planned}[name]}, true
	}
	node := func(name, elem string) plan.Node { return plan.Node{Name: name, Element: elem, Domain: element.Go} }
	for _, c := range []struct {
		nodes []plan.Node
		place string
		says  string
	}{
		{[]plan.Node{{Name: "enc", Element: "x264enc", Domain: element.Gst}}, "", ""},
		{[]plan.Node{{Name: "fit", Element: "convert", Domain: element.Go, Passes: true}}, "", ""},
		{[]plan.Node{node("in", "rtmp.in")}, "g/in", `"in" (rtmp.in) is planned, and not in this build yet`},
		{[]plan.Node{{Domain: element.Gst}, node("out", "stream.out"), node("in", "rtmp.in")}, "g/out",
			`"out" (stream.out) needs the sessions or streams of a running server; the same goes for "in" (rtmp.in)`},
	} {
		err := Check(&plan.Plan{Graph: "g", Nodes: c.nodes}, spec)
		var f *fault.Fault
		switch {
		case c.says == "" && err == nil:
		case !errors.As(err, &f) || f.Code != fault.ElementUnavailable || f.Place != c.place || f.Msg != c.says || !strings.Contains(f.Hint, "mock"):
			t.Errorf("got %v", err)
		}
	}
}

func TestFiles(t *testing.T) {
	for name, c := range map[string]struct {
		f         func(folder string) *plan.Plan
		overwrite bool
		code      error
		says      string
	}{
		"fresh":       {func(d string) *plan.Plan { return film{d + "/in", d + "/new"}.plan() }, false, nil, ""},
		"there":       {func(d string) *plan.Plan { return film{d + "/in", d + "/old"}.plan() }, false, fault.NameInUse, "is there already"},
		"overwritten": {func(d string) *plan.Plan { return film{d + "/in", d + "/old"}.plan() }, true, nil, ""},
		"device":      {func(d string) *plan.Plan { return film{d + "/in", "/dev/null"}.plan() }, false, nil, ""},
		"the input":   {func(d string) *plan.Plan { return film{d + "/in", d + "/in"}.plan() }, true, fault.InvalidParams, `is also read, by "read"`},
		"the input by a link": {func(d string) *plan.Plan {
			return film{d + "/in", d + "/link"}.plan()
		}, true, fault.InvalidParams, "would be destroyed"},
		"no input":    {func(d string) *plan.Plan { return film{d + "/none", d + "/new"}.plan() }, true, fault.ResourceNotFound, "to read"},
		"no folder":   {func(d string) *plan.Plan { return film{d + "/in", d + "/no/new"}.plan() }, true, fault.ResourceNotFound, "to write"},
		"no folder 2": {func(d string) *plan.Plan { return film{d + "/in", d + "/old/new"}.plan() }, true, fault.InvalidParams, "is a file, and no folder"},
		"a folder":    {func(d string) *plan.Plan { return film{d + "/in", d}.plan() }, true, fault.InvalidParams, "is a folder"},
		"the same twice": {func(d string) *plan.Plan {
			p := film{d + "/in", d + "/new"}.plan()
			second := p.Pipelines[0].Elements[len(p.Pipelines[0].Elements)-1]
			second.Node = "copy"
			p.Pipelines[0].Elements = append(p.Pipelines[0].Elements, second)
			return p
		}, true, fault.InvalidParams, `is also written by "write"`},
		"segments":       {func(d string) *plan.Plan { return segments(d + "/part[1]-%05d.ts") }, false, fault.NameInUse, "part[1]-00007.ts"},
		"other segments": {func(d string) *plan.Plan { return segments(d + "/other-%05d.ts") }, false, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, f := range []string{"in", "old", "part[1]-00007.ts", "part1-00007.ts"} {
				put(t, filepath.Join(folder, f), "x")
			}
			if err := os.Symlink("in", filepath.Join(folder, "link")); err != nil {
				t.Fatal(err)
			}
			err := CheckFiles(c.f(folder), c.overwrite)
			if !errors.Is(err, c.code) || err != nil && (c.code == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v, want %v %q", err, c.code, c.says)
			}
			var f *fault.Fault
			if err != nil && (!errors.As(err, &f) || !strings.HasPrefix(f.Place, "jobs/film/")) {
				t.Errorf("place of %v", err)
			}
		})
	}
}

func segments(location string) *plan.Plan {
	return &plan.Plan{Graph: "jobs/film", Pipelines: []plan.Pipeline{{Elements: []plan.Element{{
		Name: "cut", Node: "cut", Factory: "splitmuxsink", Props: []plan.Setting{{Name: "location", Type: value.String, Text: location}},
	}}}}}
}

func TestSegmentsAreListed(t *testing.T) {
	folder := t.TempDir()
	for _, f := range []string{"a-00000.ts", "a-00001.ts", "b-00000.ts"} {
		put(t, filepath.Join(folder, f), "xyz")
	}
	got := written(outputs(segments(folder + "/a-%05d.ts")))
	if len(got) != 2 || got[1].Path != filepath.Join(folder, "a-00001.ts") || got[1].Bytes != 3 || !got[1].Regular {
		t.Errorf("%+v", got)
	}
	if got := written(outputs(film{"", "/dev/null"}.plan())); len(got) != 1 || got[0].Regular {
		t.Errorf("a device: %+v", got)
	}
}

func TestAnEmptyFileOfAFailedJobIsTakenAway(t *testing.T) {
	for name, c := range map[string]struct {
		before bool // it was there, and has been replaced
		bytes  string
		stays  bool
	}{"new and empty": {false, "", false}, "new": {false, "x", true}, "replaced": {true, "", true}} {
		folder := t.TempDir()
		f := film{folder + "/in", folder + "/out"}
		if c.before {
			put(t, f.write, "old")
		}
		r := Job{Graph: "jobs/film", Plan: f.plan(), Spec: specs}.begin()
		put(t, f.write, c.bytes)
		r.close(errors.New("no"), noReport)
		_, err := os.Stat(f.write)
		if stays := !errors.Is(err, fs.ErrNotExist); stays != c.stays || len(r.Outputs) == 1 != c.stays {
			t.Errorf("%s: there %t, told %v", name, stays, r.Outputs)
		}
	}
}
