package draw

import (
	"cmp"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
)

// picture is a plan as boxes, arrows and frames. DOT and SVG both draw it.
type picture struct {
	boxes  []box
	arrows []arrow
	frames []frame
	idle   []string // nodes that turned out to have nothing to do
}

// look says what a box stands for.
type look string

const (
	lookGo     look = "go"
	lookGst    look = "gst"
	lookBridge look = "bridge" // appsrc, appsink
	lookAdded  look = "added"  // put in by the compiler
)

// box is a Go node or a GStreamer element.
type box struct {
	key   string // unique
	look  look
	title string
	kind  string   // element or factory
	lines []string // key settings, shortened
	tip   string   // everything, in lines
	lazy  bool
	frame int // index in frames, or -1
}

// arrow is a link, a flow or a bridge.
type arrow struct {
	from, to int // boxes
	look     look
	label    string
	tip      string
	lazy     bool
	optional bool
}

// frame is a pipeline or a branch.
type frame struct {
	title  string
	note   string // how it comes and goes
	parent int    // index in frames, or -1
	branch bool
	lazy   bool
	keyed  bool
}

// depict makes the picture of a plan. Links that lead nowhere are left out.
func depict(p *plan.Plan) *picture {
	d := depicter{boxOf: map[string]int{}, frameOf: map[string]int{}}
	for i := range p.Pipelines {
		d.pipeline(&p.Pipelines[i])
	}
	held := map[string]bool{}
	for _, l := range p.Pipelines {
		for _, e := range l.Elements {
			held[e.Node] = held[e.Node] || e.Role != plan.RoleBridge
		}
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		switch {
		case n.Passes:
			d.idle = append(d.idle, n.Name)
		case n.Domain != element.Gst || !held[n.Name]:
			d.node(n)
		}
	}
	for _, f := range p.Flows {
		d.flow(f)
	}
	for _, b := range p.Bridges {
		d.bridge(b)
	}
	for i := range p.Pipelines {
		d.links(&p.Pipelines[i])
	}
	return &d.picture
}

type depicter struct {
	picture
	boxOf   map[string]int // by key
	frameOf map[string]int // by pipeline and branch
}

func nodeKey(name string) string    { return "node " + name }
func elementKey(name string) string { return "element " + name }

func (d *depicter) pipeline(l *plan.Pipeline) {
	outer := len(d.frames)
	f := frame{title: "pipeline " + l.Name, parent: -1, lazy: l.Lazy}
	if l.Lazy {
		f.note = "lazy, " + lingering(l.Linger)
	}
	if l.Offline {
		f.note = "offline"
	}
	d.frames = append(d.frames, f)
	for _, b := range l.Branches {
		if _, ok := d.frameOf[l.Name+"\x00"+b.Name]; ok || b.Name == "" {
			continue
		}
		d.frameOf[l.Name+"\x00"+b.Name] = len(d.frames)
		d.frames = append(d.frames, frame{
			title: "branch " + b.Name, note: terms(b), parent: outer, branch: true, lazy: b.Kind == plan.Lazy, keyed: b.Kind == plan.Keyed,
		})
	}
	d.nest(l)
	for i := range l.Elements {
		e := &l.Elements[i]
		at, ok := d.frameOf[l.Name+"\x00"+e.Branch]
		if !ok {
			at = outer
		}
		d.element(e, at)
	}
}

// nest puts a branch of a fragment's node into the branch of the fragment: "seat[{guest}]/own" into "seat[{guest}]".
func (d *depicter) nest(l *plan.Pipeline) {
	for _, b := range l.Branches {
		longest := ""
		for _, other := range l.Branches {
			if len(other.Name) > len(longest) && strings.HasPrefix(b.Name, other.Name+"/") {
				longest = other.Name
			}
		}
		if longest != "" && b.Name != "" {
			d.frames[d.frameOf[l.Name+"\x00"+b.Name]].parent = d.frameOf[l.Name+"\x00"+longest]
		}
	}
}

func (d *depicter) add(b box) {
	if _, ok := d.boxOf[b.key]; !ok {
		d.boxOf[b.key] = len(d.boxes)
		d.boxes = append(d.boxes, b)
	}
}

// Of settings, a box shows this many, each at most this long.
const (
	mostLines  = 3
	mostLetter = 30
)

func (d *depicter) element(e *plan.Element, at int) {
	b := box{key: elementKey(e.Name), look: lookGst, title: e.Name, kind: e.Factory, frame: at}
	switch {
	case e.Role == plan.RoleBridge:
		b.look, b.title, b.kind = lookBridge, e.Factory, ""
	case inserted(e):
		b.look, b.title, b.kind = lookAdded, e.Factory, ""
		if words := brief(e); len(words) > 0 {
			b.kind = words[0]
		}
	case e.Role == plan.RoleNode:
		b.title = cmp.Or(e.Node, e.Name)
	}
	if b.look == lookGst {
		b.lines = keySettings(e.Props)
	}
	tip := []string{e.Name + " (" + e.Factory + ")"}
	if inserted(e) && e.Node != "" {
		tip = append(tip, "put in by the compiler for "+e.Node)
	} else if e.Node != e.Name && e.Node != "" {
		tip = append(tip, "of node "+e.Node)
	}
	b.tip = strings.Join(append(tip, allSettings(e.Props)...), "\n")
	d.add(b)
}

func (d *depicter) node(n *plan.Node) {
	b := box{key: nodeKey(n.Name), look: lookGo, title: n.Name, kind: n.Element, lazy: n.Lazy || n.Linger > 0, frame: -1}
	if n.Domain == element.Gst {
		b.look = lookGst
	}
	b.lines = keySettings(n.Settings)
	tip := []string{n.Name + " (" + n.Element + ")"}
	if n.About != "" {
		tip = append(tip, n.About)
	}
	if n.Branch != "" {
		tip = append(tip, "in branch "+n.Branch)
		b.lazy = true
	}
	if b.lazy && n.Branch == "" {
		tip = append(tip, "lazy, "+lingering(n.Linger))
	}
	b.tip = strings.Join(append(tip, allSettings(n.Settings)...), "\n")
	d.add(b)
}

func keySettings(list []plan.Setting) []string {
	var out []string
	for i, s := range list {
		if i == mostLines-1 && len(list) > mostLines {
			return append(out, "and "+decimal(len(list)-i)+" more")
		}
		out = append(out, clip(printable(s.Name+"="+shown(s)), mostLetter))
	}
	return out
}

func allSettings(list []plan.Setting) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, s.Name+"="+shown(s))
	}
	return out
}
