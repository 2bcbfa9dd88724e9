package shape

import (
	"slices"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/stat"
)

// line makes a pipeline whose elements, each a node of its own, are linked one after the other.
func line(names ...string) plan.Pipeline {
	l := plan.Pipeline{Name: names[0]}
	for i, n := range names {
		l.Elements = append(l.Elements, plan.Element{Name: n, Node: n})
		if i > 0 {
			l.Links = append(l.Links, plan.Link{From: plan.Pad{Of: names[i-1]}, To: plan.Pad{Of: n}})
		}
	}
	return l
}

// whole makes a plan of pipelines, with their nodes.
func whole(lines ...plan.Pipeline) *plan.Plan {
	p := &plan.Plan{Pipelines: lines}
	for _, l := range lines {
		for _, e := range l.Elements {
			p.Nodes = append(p.Nodes, plan.Node{Name: e.Node, Domain: "gst", Pipeline: l.Name, Branch: e.Branch})
		}
	}
	return p
}

// in puts elements into a branch.
func in(l plan.Pipeline, b plan.Branch, names ...string) plan.Pipeline {
	l.Branches = append(l.Branches, b)
	for i := range l.Elements {
		if slices.Contains(names, l.Elements[i].Name) {
			l.Elements[i].Branch = b.Name
		}
	}
	return l
}

// cameraWithSlate is a camera in Go whose stream shows a slate, made in GStreamer, while it is away.
func cameraWithSlate() *plan.Plan {
	p := whole(line("bars", "enc", "out-video-out"))
	p.Pipelines[0].Elements[2].Node = "out"
	p.Nodes[2] = plan.Node{Name: "out", Domain: "go", Lazy: true, Linger: plan.Span(time.Second)}
	p.Nodes = append(p.Nodes, plan.Node{Name: "cam", Domain: "go"})
	p.Flows = []plan.Flow{{From: plan.Pad{Of: "cam"}, To: plan.Pad{Of: "out"}}}
	p.Bridges = []plan.Bridge{{Name: "out-video-out", Direction: plan.OutOfGst, Node: plan.Pad{Of: "out"}, Fallback: true, Pipeline: "bars"}}
	return p
}

// conversion is a lazy pipeline between two Go nodes.
func conversion() *plan.Plan {
	l := line("to-in", "to", "out-audio-out")
	l.Name, l.Lazy, l.Linger, l.OnError = "to", true, plan.Span(10*time.Second), "fail"
	l.Elements[0].Node, l.Elements[2].Node = "to", "out"
	return &plan.Plan{
		Nodes:     []plan.Node{{Name: "in", Domain: "go"}, {Name: "to", Domain: "gst", Pipeline: "to", Lazy: true}, {Name: "out", Domain: "go", Lazy: true}},
		Pipelines: []plan.Pipeline{l},
		Bridges: []plan.Bridge{
			{Name: "to-in", Direction: plan.IntoGst, Node: plan.Pad{Of: "in"}, Pipeline: "to"},
			{Name: "out-audio-out", Direction: plan.OutOfGst, Node: plan.Pad{Of: "out"}, Pipeline: "to"},
		},
	}
}

func TestWaits(t *testing.T) {
	lazyBranch := plan.Branch{Name: "rec", Kind: plan.Lazy}
	for _, c := range []struct {
		name string
		plan *plan.Plan
		want bool
	}{
		{"nothing", &plan.Plan{}, false},
		{"a file", whole(line("read", "write")), true},
		{"only something lazy", conversion(), false},
		{"a lazy branch beside what is not", whole(in(line("read", "tee", "rec"), lazyBranch, "rec")), true},
		{"all of a pipeline in branches", whole(in(line("read", "rec"), lazyBranch, "read", "rec")), false},
		{"only guests", whole(in(line("a", "b"), plan.Branch{Name: "seat[x]", Kind: plan.Keyed}, "a", "b")), false},
		{"only a slate", cameraWithSlate(), false},
	} {
		if got := Of(c.plan).Waits(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestServing(t *testing.T) {
	two := whole(line("vid", "end"), line("aud", "end2"))
	for i := range two.Pipelines {
		two.Pipelines[i].Lazy = true
		two.Pipelines[i].Elements[1].Node = "out"
	}
	branch := whole(in(line("read", "tee", "rec", "file"), plan.Branch{Name: "rec", Kind: plan.Lazy, Linger: plan.Span(time.Second), OnError: "drop"}, "rec", "file"))
	for _, c := range []struct {
		about string
		plan  *plan.Plan
		name  string
		want  []string
	}{
		{"a pipeline", conversion(), "to", []string{"to"}},
		{"the node that reads a bridge", conversion(), "out", []string{"to"}},
		{"a node of which sound and picture are made apart", two, "out", []string{"vid", "aud"}},
		{"a branch", branch, "rec", []string{"rec"}},
		{"a node in a branch", branch, "file", []string{"rec"}},
		{"what always runs", branch, "read", nil},
		{"what is not there", branch, "none", nil},
		{"what is lazy in Go alone", cameraWithSlate(), "out", []string{"out"}},
	} {
		if got := Of(c.plan).Serving(c.name); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.about, got, c.want)
		}
	}
	if got := Of(branch).Lazy(); len(got) != 1 || got[0] != (Lazy{Name: "rec", Linger: time.Second, OnError: "drop"}) {
		t.Errorf("the lazy branch is %+v", got)
	}
	if got := Of(conversion()).Lazy(); len(got) != 1 || got[0] != (Lazy{Name: "to", Linger: 10 * time.Second, OnError: "fail"}) {
		t.Errorf("a pipeline: %+v", got)
	}
	if got := Of(cameraWithSlate()).Lazy(); len(got) != 1 || !got[0].InGo || got[0].Linger != time.Second {
		t.Errorf("what is lazy in Go is %+v", got)
	}
}

func TestOver(t *testing.T) {
	film := whole(line("read", "demux", "write"), line("also", "two"))
	slate := cameraWithSlate()
	never := whole(line("read", "write"))
	never.Policy.Never = true
	named := whole(line("read", "write"), line("phone", "x"))
	named.Policy.End = []string{"phone", "mic"}
	used := whole(line("seat/read", "seat/x", "out"), line("seat/more", "y"))
	used.Policy.End = []string{"seat"}
	tail := whole(line("read", "tail/x", "tail/y"))
	tail.Policy.End = []string{"tail"}
	list := whole(line("rung[0]/src", "a"), line("rung[1]/src", "b"))
	list.Policy.End = []string{"rung"}
	past := whole(line("read", "write"))
	past.Nodes = append(past.Nodes, plan.Node{Name: "to", Domain: element.Go, Passes: true})
	lazy := whole(line("read", "write"), line("bars", "hls"))
	lazy.Pipelines[1].Lazy = true
	for _, c := range []struct {
		name  string
		plan  *plan.Plan
		ended []string
		want  bool
	}{
		{"nothing ended", film, nil, false},
		{"one source of two", film, []string{"read"}, false},
		{"both sources", film, []string{"read", "also"}, true},
		{"something between", film, []string{"demux"}, false},
		{"both sinks", film, []string{"write", "two"}, true},
		{"a sink and the other source", film, []string{"write", "also"}, false},
		{"the camera, not what stands in for it", slate, []string{"cam"}, true},
		{"what stands in", slate, []string{"bars"}, false},
		{"never", never, []string{"read", "write"}, false},
		{"one of the named", named, []string{"phone"}, true},
		{"one that is not named", named, []string{"read"}, false},
		{"one source of a fragment", used, []string{"seat/read"}, false},
		{"all sources of a fragment", used, []string{"seat/read", "seat/more"}, true},
		{"a node of a fragment without sources", tail, []string{"tail/x"}, true},
		{"another node", tail, []string{"read"}, false},
		{"one of a list", list, []string{"rung[0]/src"}, false},
		{"all of a list", list, []string{"rung[0]/src", "rung[1]/src"}, true},
		{"what media goes past has no end", past, []string{"read"}, true},
		{"what is lazy does not count", lazy, []string{"read"}, true},
	} {
		ended := map[string]bool{}
		for _, n := range c.ended {
			ended[n] = true
		}
		if got := Of(c.plan).Over(ended); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestLife(t *testing.T) {
	sample := func(kind run.SampleKind, name string, units uint64, silent time.Duration) run.Sample {
		return run.Sample{Kind: kind, Name: name, Counts: stat.Snapshot{Units: units}, Silent: silent}
	}
	film := whole(line("read", "enc", "write"), line("bars", "end"))
	report := run.Report{Samples: []run.Sample{
		sample(run.OfNode, "bars", 5, 2*time.Second), sample(run.OfNode, "enc", 100, 0), sample(run.OfNode, "read", 7, time.Second),
		sample(run.OfQueue, "read", 1000, 0),
	}}
	offline := whole(line("read", "enc", "write"))
	offline.Pipelines[0].Offline = true
	crossing := run.Report{Samples: []run.Sample{sample(run.OfBridge, "to-in", 9, time.Second), sample(run.OfBridge, "out-audio-out", 50, 0)}}
	for _, c := range []struct {
		name    string
		plan    *plan.Plan
		report  run.Report
		ended   map[string]bool
		running bool // of what is lazy
		want    Life
	}{
		{"all sources", film, report, nil, false, Life{true, 12, time.Second}},
		{"not one that ended", film, report, map[string]bool{"read": true}, false, Life{true, 5, 2 * time.Second}},
		{"none left", film, report, map[string]bool{"read": true, "bars": true}, false, Life{Silent: -1}},
		{"nothing reported", film, run.Report{}, nil, false, Life{Silent: -1}},
		{"everything that reads files", offline, report, nil, false, Life{true, 107, 0}},
		{"a source that never gave anything", film, run.Report{Samples: []run.Sample{sample(run.OfNode, "read", 0, -1)}}, nil, false, Life{true, 0, -1}},
		{"nothing lazy runs", conversion(), crossing, nil, false, Life{Silent: -1}},
		{"what is lazy runs", conversion(), crossing, nil, true, Life{true, 9, time.Second}},
		{"its publisher ended", conversion(), crossing, map[string]bool{"in": true}, true, Life{Silent: -1}},
		{"not what stands in", cameraWithSlate(), report, nil, false, Life{Silent: -1}},
	} {
		if got := Of(c.plan).Life(c.report, c.ended, func(string) bool { return c.running }); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestBranchesAndPlaceholders(t *testing.T) {
	p := whole(in(line("read", "seat[{guest}]/x", "seat[{guest}]/y"), plan.Branch{Name: "push", Kind: plan.Apart, OnError: "drop"}, "read"))
	p.Nodes = append(p.Nodes, plan.Node{Name: "room/rung[0]/z"}, plan.Node{Name: "room/desk[{who}]/in"})
	s := Of(p)
	if b, ok := s.Branch("push"); !ok || b.OnError != "drop" || s.Plan() != p || !s.Runs() || s.Offline() {
		t.Errorf("the branch is %+v", b)
	}
	if _, ok := s.Branch("none"); ok {
		t.Error("there is a branch that is not there")
	}
	if got := Placeholders(p); !slices.Equal(got, []string{"seat", "room/desk"}) {
		t.Errorf("placeholders of %v", got)
	}
	if s.StandsIn("") || s.StandsIn("read") || !Of(cameraWithSlate()).StandsIn("enc") {
		t.Error("who stands in for others is not known")
	}
}

// What stands in is asked for by a name of its own, and no reader of the stream asks for it.
func TestServingOfWhatStandsIn(t *testing.T) {
	p := cameraWithSlate()
	p.Pipelines[0].Lazy, p.Pipelines[0].Linger = true, plan.Span(2*time.Second)
	s := Of(p)
	if got := s.Serving(plan.StandIn("out")); !slices.Equal(got, []string{"bars"}) {
		t.Errorf("the slate is made by %v", got)
	}
	if got := s.Serving("out"); !slices.Equal(got, []string{"out"}) {
		t.Errorf("the stream is made by %v", got)
	}
	for _, l := range s.Lazy() {
		if l.StandIn != (l.Name == "bars") {
			t.Errorf("%+v", l)
		}
	}
}
