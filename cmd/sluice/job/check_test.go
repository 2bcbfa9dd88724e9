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
		case !errors.As(err, &f) || f.Code != fault.ElementUnavailable || f.Place != c.place || f.Msg != c.says || !strings.Contains(f.Hint, "mock") ||
			strings.Contains(f.Hint, "serve") == strings.Contains(f.Msg, "planned"):
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
		"the same by a link to nothing": {func(d string) *plan.Plan {
			p := film{d + "/in", d + "/ghost"}.plan()
			second := p.Pipelines[0].Elements[len(p.Pipelines[0].Elements)-1]
			second.Node, second.Props = "copy", []plan.Setting{{Name: "location", Type: value.String, Text: d + "/new"}}
			p.Pipelines[0].Elements = append(p.Pipelines[0].Elements, second)
			return p
		}, true, fault.InvalidParams, `is also written by "write"`},
		"a playlist":              {func(d string) *plan.Plan { return hls(d+"/s%05d.ts", d+"/old") }, false, fault.NameInUse, "is there already"},
		"a playlist, overwritten": {func(d string) *plan.Plan { return hls(d+"/s%05d.ts", d+"/old") }, true, nil, ""},
		"a secret":                {func(d string) *plan.Plan { return secret(t, film{d + "/in", d + "/old"}) }, false, fault.NameInUse, `"***" is there already`},
		"a secret link":           {func(d string) *plan.Plan { return secret(t, film{d + "/in", d + "/link"}) }, true, fault.InvalidParams, `"***" is also read`},
		"an odd folder":           {func(d string) *plan.Plan { return film{d + "/in", "/proc/new"}.plan() }, true, fault.Forbidden, `no file can be made in the folder "/proc"`},
		"a segment that is read": {func(d string) *plan.Plan {
			p := segments(d + "/part[1]-%05d.ts")
			p.Pipelines = append(p.Pipelines, film{d + "/part[1]-00007.ts", d + "/new"}.plan().Pipelines...)
			return p
		}, true, fault.InvalidParams, `is also read, by "read"`},
		"segments":       {func(d string) *plan.Plan { return segments(d + "/part[1]-%05d.ts") }, false, fault.NameInUse, "part[1]-00007.ts"},
		"other segments": {func(d string) *plan.Plan { return segments(d + "/other-%05d.ts") }, false, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, f := range []string{"in", "old", "part[1]-00007.ts", "part1-00007.ts"} {
				put(t, filepath.Join(folder, f), "x")
			}
			for link, to := range map[string]string{"link": "in", "ghost": "new"} {
				if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
					t.Fatal(err)
				}
			}
			err := CheckFiles(c.f(folder), specs, c.overwrite)
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

// secret is the plan of a film whose place to write to is a secret.
func secret(t *testing.T, f film) *plan.Plan {
	t.Helper()
	p := f.plan()
	e := &p.Pipelines[0].Elements[len(p.Pipelines[0].Elements)-1]
	e.Props = []plan.Setting{{Name: "location", Type: value.Secret, Text: "***", Secret: true}}
	if err := p.Unveil([]string{f.write}); err != nil {
		t.Fatal(err)
	}
	return p
}

func hls(location, playlist string) *plan.Plan {
	p := segments(location)
	e := &p.Pipelines[0].Elements[0]
	e.Factory = "hlssink2"
	e.Props = append(e.Props, plan.Setting{Name: "playlist-location", Type: value.String, Text: playlist})
	return p
}

func TestASecretOutputIsListedWithoutItsName(t *testing.T) {
	f := film{"in", filepath.Join(t.TempDir(), "hush.bin")}
	put(t, f.write, "xyz")
	got := written(outputs(secret(t, f), specs))
	if len(got) != 1 || got[0].Path != "***" || got[0].Bytes != 3 {
		t.Errorf("%+v", got)
	}
}

func TestTryingAFolderLeavesNothing(t *testing.T) {
	f := film{"", filepath.Join(t.TempDir(), "new")}
	put(t, filepath.Dir(f.write)+"/in", "x")
	f.read = filepath.Dir(f.write) + "/in"
	if err := CheckFiles(f.plan(), specs, false); err != nil {
		t.Fatal(err)
	}
	if list, err := os.ReadDir(filepath.Dir(f.write)); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
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
	got := written(outputs(segments(folder+"/a-%05d.ts"), specs))
	if len(got) != 2 || got[1].Path != filepath.Join(folder, "a-00001.ts") || got[1].Bytes != 3 || !got[1].Regular {
		t.Errorf("%+v", got)
	}
	if got := written(outputs(film{"", "/dev/null"}.plan(), specs)); len(got) != 1 || got[0].Regular {
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
