package draw

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/plan"
	"sluice/engine/plan/draw/layout"
)

func printed(t *testing.T, show func(io.Writer, *plan.Plan) error, p *plan.Plan) string {
	t.Helper()
	var b bytes.Buffer
	if err := show(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// elementsOf reads an SVG as XML, counts its elements and collects its text.
func elementsOf(text string) (map[string]int, string, error) {
	counts, said := map[string]int{}, ""
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return counts, said, nil
		}
		if err != nil {
			return nil, "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			counts[token.Name.Local]++
			for _, a := range token.Attr {
				if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || a.Name.Local == "href" {
					counts["script"]++
				}
			}
		case xml.CharData:
			said += string(token) + "\n"
		}
	}
}

func TestSVGSays(t *testing.T) {
	counts, said, err := elementsOf(printed(t, SVG, mixer()))
	if err != nil {
		t.Fatal(err)
	}
	if counts["svg"] != 1 || counts["desc"] != 1 || counts["title"] < 20 {
		t.Errorf("got %v", counts)
	}
	for _, want := range []string{
		"rooms/mixer", "Plan of rooms/mixer", "seat[{guest}]/vscale", "videoconvertscale", "pipeline picture", "branch seat[{guest}]", "queue 200ms", "h264", "opus",
		"to all others", "put in by the compiler", "one for each guest, at most 16, on error: drop", "appsrc", "tune=zerolatency", "and 2 more",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// Forty nodes are as readable as four: every box is as large as its text, as the layout promises that none overlap.
func TestLargePictureKeepsItsSizes(t *testing.T) {
	s := sketch{pic: depict(wall(8))}
	g := s.graph()
	d := layout.Lay(g)
	if len(g.Boxes) < 40 {
		t.Fatalf("only %d boxes", len(g.Boxes))
	}
	for i, r := range d.Boxes {
		if want := extent(s.pic.boxes[i]); r.W != want.W || r.H < want.H {
			t.Errorf("%q is %v, needs %v", s.pic.boxes[i].title, r, want)
		}
	}
	for i, a := range s.pic.arrows {
		if r := d.Edges[i]; r.Back || len(r.Points) < 2 || a.label != "" && r.Label.W < measure(a.label, smallSize, false) {
			t.Errorf("arrow %d: %+v", i, r)
		}
	}
}

// The legend explains what there is and nothing else.
func TestLegendIsOfWhatIsThere(t *testing.T) {
	for name, want := range map[string][]string{
		"publish": {"Go", "may never appear"}, "transcode": {"GStreamer", "put in by the compiler", "may never appear"}, "empty": nil,
	} {
		s := sketch{pic: depict(fixtures()[name])}
		var got []string
		for _, e := range s.samples() {
			got = append(got, e.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestPicturesAreSafe(t *testing.T) {
	for _, evil := range evils() {
		counts, _, err := elementsOf(printed(t, SVG, named(evil)))
		if err != nil {
			t.Errorf("%q: %v", evil, err)
		}
		if counts["script"] > 0 || counts["foreignObject"] > 0 || counts["svg"] != 1 {
			t.Errorf("%q: got %v", evil, counts)
		}
		if left := outside(printed(t, DOT, named(evil))); strings.Contains(left, "evil") || strings.Contains(left, "\\") {
			t.Errorf("%q breaks out of its quotes: %s", evil, left)
		}
	}
}

// outside is a DOT file without what stands between quotation marks.
func outside(dot string) string {
	var b strings.Builder
	quoted, escaped := false, false
	for _, r := range dot {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted:
			b.WriteRune(r)
		}
	}
	if quoted {
		return "evil: a quotation mark is missing"
	}
	return b.String()
}

func TestGraphvizTakesDOT(t *testing.T) {
	if _, err := exec.LookPath("dot"); err != nil {
		t.Skip("Graphviz is not installed")
	}
	plans := []*plan.Plan{mixer(), rtmp(), {}}
	for _, evil := range evils() {
		plans = append(plans, named(evil))
	}
	var all strings.Builder
	for _, p := range plans {
		all.WriteString(printed(t, DOT, p))
	}
	cmd := exec.CommandContext(t.Context(), "dot", "-Tcanon")
	cmd.Stdin = strings.NewReader(all.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	} else if got := strings.Count(string(out), "digraph "); got != len(plans) {
		t.Errorf("Graphviz read %d graphs of %d", got, len(plans))
	}
}

func TestDOTLooks(t *testing.T) {
	text := printed(t, DOT, rtmp())
	for _, want := range []string{
		`"node in" -> "element opus-audio-in" [tooltip="in.audio → opus-audio-in: aac", color="#dc2626", penwidth=1.6, label="aac"`,
		`style="rounded,filled,dashed"`, `"node in" -> "node live" [tooltip="in.video → live.video: h264 (may never appear)", color="#2563eb", style=dotted];`,
		`label="pipeline opus\llazy, ends 10s after its last reader\l"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func TestNestedBranches(t *testing.T) {
	pic := depict(&plan.Plan{Pipelines: []plan.Pipeline{{Name: "p", Branches: []plan.Branch{{Name: "a/b/c"}, {Name: "a"}, {Name: "a/b"}, {Name: "ab"}}}}})
	for i, want := range []int{-1, 3, 0, 2, 0} { // the pipeline, a/b/c in a/b, a in the pipeline, a/b in a, ab in the pipeline
		if got := pic.frames[i].parent; got != want {
			t.Errorf("%q lies in %d, want %d", pic.frames[i].title, got, want)
		}
	}
}

func TestNoPrinterTellsSecrets(t *testing.T) {
	secret := []plan.Setting{{Name: "login", Text: "hunter2", Secret: true}}
	p := transcode()
	p.Nodes[0].Settings, p.Pipelines[0].Elements[0].Props, p.Pipelines[0].Links[0].PadProps = secret, secret, secret
	for name, show := range printers() {
		if text := printed(t, show, p); strings.Contains(text, "hunter2") || !strings.Contains(text, "***") {
			t.Errorf("%s tells a secret, or not that there is one", name)
		}
	}
	if p.Nodes[0].Settings[0].Text != "hunter2" {
		t.Error("printing changed the plan")
	}
}

func TestJSONReadsBack(t *testing.T) {
	for name, p := range fixtures() {
		var back plan.Plan
		if err := json.Unmarshal([]byte(printed(t, JSON, p)), &back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again := printed(t, JSON, &back); again != printed(t, JSON, p) {
			t.Errorf("%s: comes back as:\n%s", name, again)
		}
	}
}

// full is a writer that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	for name, show := range printers() {
		if err := show(full{}, publish()); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Any plan is printed, and the same way each time.
func TestAnyPlanIsPrinted(t *testing.T) {
	show := printers()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		for name, f := range show {
			var a, b bytes.Buffer
			if err := errors.Join(f(&a, p), f(&b, p)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if a.String() != b.String() {
				t.Fatalf("%s: two ways of one plan", name)
			}
			if name == "svg" {
				if _, _, err := elementsOf(a.String()); err != nil {
					t.Fatalf("not XML: %v", err)
				}
			}
		}
	})
}

// anyPlan links names at random, so that there are cycles, doubles, and links to what is not there.
func anyPlan(t *rapid.T) *plan.Plan {
	name := rapid.SampledFrom([]string{"a", "b", "a/b", "c[{k}]", "", "\n", "<>", "a.b"})
	end := rapid.Custom(func(t *rapid.T) plan.Pad { return plan.Pad{Of: name.Draw(t, "of"), Name: name.Draw(t, "pad")} })
	p := &plan.Plan{Graph: name.Draw(t, "graph")}
	for range rapid.IntRange(0, 5).Draw(t, "nodes") {
		p.Nodes = append(p.Nodes, plan.Node{Name: name.Draw(t, "node"), Domain: "go", Branch: name.Draw(t, "branch"), Passes: rapid.Bool().Draw(t, "passes")})
		p.Flows = append(p.Flows, plan.Flow{From: end.Draw(t, "from"), To: end.Draw(t, "to"), Fallback: rapid.Bool().Draw(t, "fallback")})
		p.Bridges = append(p.Bridges, plan.Bridge{Name: name.Draw(t, "bridge"), Node: end.Draw(t, "end"), Pipeline: name.Draw(t, "pipeline")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "pipelines") {
		l := plan.Pipeline{Name: name.Draw(t, "pipeline")}
		for range rapid.IntRange(0, 6).Draw(t, "elements") {
			l.Elements = append(l.Elements, plan.Element{
				Name: name.Draw(t, "element"), Branch: name.Draw(t, "branch"), Role: rapid.SampledFrom([]plan.Role{plan.RoleNode, plan.RoleTee, plan.RoleBridge}).Draw(t, "role"),
			})
			l.Links = append(l.Links, plan.Link{From: end.Draw(t, "from"), To: end.Draw(t, "to"), Branch: name.Draw(t, "branch"), Caps: name.Draw(t, "caps")})
			l.Branches = append(l.Branches, plan.Branch{Name: name.Draw(t, "branch"), Kind: rapid.SampledFrom([]plan.BranchKind{plan.Lazy, plan.Keyed}).Draw(t, "kind")})
		}
		p.Pipelines = append(p.Pipelines, l)
	}
	return p
}
