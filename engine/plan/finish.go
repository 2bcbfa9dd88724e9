package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// finish writes the plan down in a fixed order and hashes it.
func (r *resolver) finish(pol Policy) (*Plan, error) {
	r.latency = time.Duration(pol.Latency)
	r.insert()
	p := &r.plan
	p.Version, p.Graph, p.Policy = Version, r.tmpl.root.graph, pol
	r.pipelines(p)
	r.nodesOf(p)
	for _, e := range r.ordered(func(*elem) bool { return true }) {
		if b := e.bridge; b != nil {
			b.Pipeline, b.Branch = p.pipelineOf(e.Name), e.Branch
			p.Bridges = append(p.Bridges, *b)
			if b.Direction == IntoGst && r.unseen(e) {
				p.Unseen = append(p.Unseen, b.Name)
			}
		}
	}
	p.markChains()
	slices.SortStableFunc(p.Flows, func(a, b Flow) int { return r.byName[a.From.Of].rank - r.byName[b.From.Of].rank })
	slices.Sort(p.Assumed)
	r.estimate(p)
	data, err := json.Marshal(p)
	if err != nil {
		return nil, fault.New(fault.Internal, p.Graph, "the plan does not marshal").Because(err)
	}
	sum := sha256.Sum256(data)
	p.Hash = hex.EncodeToString(sum[:8])
	return p, nil
}

// unseen tells whether all that leaves an element comes to where nothing of it is shown.
func (r *resolver) unseen(e *elem) bool {
	leads := false
	for _, l := range r.net.links {
		if l.from != e {
			continue
		}
		if leads = true; !l.unseen && !r.unseen(l.to) {
			return false
		}
	}
	return leads
}

// pipelines writes every group of elements down as a pipeline.
func (r *resolver) pipelines(p *Plan) {
	seen := map[int]bool{}
	offline := r.offlineGroups()
	for _, lead := range r.ordered(func(*elem) bool { return true }) {
		g := lead.group
		if seen[g] {
			continue
		}
		seen[g] = true
		list := r.ordered(func(e *elem) bool { return e.group == g })
		out := Pipeline{Name: pipelineName(list), Offline: offline[g]}
		r.branchesOf(&out, list)
		at := map[*elem]int{}
		for i, e := range list {
			at[e] = i
			r.count(&out, e)
			e.Drain = r.drains(e)
			out.Elements = append(out.Elements, e.Element)
		}
		out.Links = r.linksOf(at)
		p.Pipelines = append(p.Pipelines, out)
	}
	p.nameApart()
}

// nameApart tells pipelines of one node apart by what they carry: a conversion of sound and picture makes two.
func (p *Plan) nameApart() {
	count := map[string]int{}
	for _, l := range p.Pipelines {
		count[l.Name]++
	}
	taken := map[string]bool{}
	for i := range p.Pipelines {
		l := &p.Pipelines[i]
		if count[l.Name] > 1 {
			l.Name += map[bool]string{true: "-video", false: "-audio"}[l.Video]
		}
		for base, n := l.Name, 2; taken[l.Name]; n++ {
			l.Name = base + "-" + strconv.Itoa(n)
		}
		taken[l.Name] = true
	}
}

// pipelineName is the first node's in the order of the file, which users know.
func pipelineName(list []*elem) string {
	best := list[0]
	rank := func(e *elem) int {
		r := e.node.rank
		if e.bridge != nil && e.bridge.Direction == OutOfGst {
			r += 1 << 20
		}
		if e.branch.late() > 0 {
			r += 1 << 21
		}
		return r
	}
	for _, e := range list {
		if rank(e) < rank(best) {
			best = e
		}
	}
	return best.node.name
}

// branchesOf lists a pipeline's branches. If all of it is one lazy branch, the pipeline itself is lazy.
func (r *resolver) branchesOf(out *Pipeline, list []*elem) {
	whole := list[0].branch
	for _, e := range list {
		if e.branch != whole {
			whole = nil
		}
	}
	if whole != nil && whole.Kind == Lazy && whole.Key == "" {
		out.Lazy, out.Linger, out.OnError = true, whole.Linger, whole.OnError
		return
	}
	if whole != nil && whole.Kind == Apart {
		return // alone in its pipeline, it fails alone anyway
	}
	for _, e := range list {
		if e.branch == nil {
			continue
		}
		e.Branch = e.branch.Name
		if !slices.ContainsFunc(out.Branches, func(b Branch) bool { return b.Name == e.branch.Name }) {
			out.Branches = append(out.Branches, e.branch.Branch)
		}
	}
}

// count sums up what a pipeline costs.
func (r *resolver) count(out *Pipeline, e *elem) {
	if e.spec == nil {
		return
	}
	switch {
	case e.spec.Is("Encoder"):
		out.Encoders++
	case e.spec.Is("Decoder"):
		out.Decoders++
	}
	if e.spec.Is("Video") {
		out.Video = true
	}
}

// drains tells whether an element has sometimes pads that nobody links (R6).
func (r *resolver) drains(e *elem) bool {
	if e.spec == nil {
		return false
	}
	for _, p := range e.spec.Out() {
		if p.Presence != element.Sometimes {
			continue
		}
		linked := slices.ContainsFunc(r.net.links, func(l *link) bool { return l.from == e && l.fromPort.Name == p.Name })
		if !linked || strings.Contains(p.Name, "%") {
			return true
		}
	}
	return false
}

// linksOf writes a pipeline's links in the order of their elements.
func (r *resolver) linksOf(at map[*elem]int) []Link {
	var mine []*link
	for _, l := range r.net.links {
		if _, ok := at[l.from]; ok {
			mine = append(mine, l)
		}
	}
	slices.SortStableFunc(mine, func(a, b *link) int {
		if at[a.from] != at[b.from] {
			return at[a.from] - at[b.from]
		}
		return at[a.to] - at[b.to]
	})
	out := make([]Link, 0, len(mine))
	for _, l := range mine {
		branch := l.to.Branch
		if branch == "" {
			branch = l.from.Branch
		}
		made := Link{
			From: Pad{l.from.Name, l.fromPad}, To: Pad{l.to.Name, l.toPad}, Caps: l.caps,
			Delayed: l.fromPort.Presence == element.Sometimes, Optional: l.optional, EachOther: l.eachOther,
			PadProps: l.pad, Queue: l.own, Branch: branch, After: l.after,
		}
		if l.instead != nil {
			made.Instead = l.instead.from.Name
		}
		out = append(out, made)
	}
	return out
}

// ordered lists elements so that media flows from first to last, and otherwise as the file has them (R10).
func (r *resolver) ordered(keep func(*elem) bool) []*elem {
	waits := map[*elem]int{}
	next := map[*elem][]*elem{}
	for _, l := range r.net.links {
		if keep(l.from) && !joinsTrunk(l) {
			waits[l.to]++
			next[l.from] = append(next[l.from], l.to)
		}
	}
	var left, out []*elem
	for _, e := range r.net.elems {
		if keep(e) {
			left = append(left, e)
		}
	}
	slices.SortStableFunc(left, func(a, b *elem) int {
		return cmp.Or(cmp.Compare(a.branch.late(), b.branch.late()), cmp.Compare(a.node.rank, b.node.rank), cmp.Compare(a.order, b.order))
	})
	for len(left) > 0 {
		i := max(slices.IndexFunc(left, func(e *elem) bool { return waits[e] == 0 }), 0)
		e := left[i]
		left = slices.Delete(left, i, i+1)
		out = append(out, e)
		for _, m := range next[e] {
			waits[m]--
		}
	}
	return out
}

// joinsTrunk tells whether a link leads from a branch that comes and goes into what is always there.
func joinsTrunk(l *link) bool { return l.from.branch.late() > l.to.branch.late() }

// late is 1 for branches that are not there from the start.
func (b *branch) late() int {
	if b != nil && b.Key != "" {
		return 1
	}
	return 0
}

// nodesOf writes the nodes down as their author knows them.
func (r *resolver) nodesOf(p *Plan) {
	for _, n := range r.nodes {
		out := Node{
			Name: n.name, Element: n.spec.Name, Domain: n.visible(), Settings: n.settings, OnError: n.onError, Fallback: n.fallback,
			About: n.stmt.about, Passes: n.piece != nil && len(n.piece.Parts) == 0 && len(n.piece.Passes) > 0,
		}
		if n.lazy && (n.unit == n.name || n.spec.Demand) {
			out.Lazy, out.Linger = true, n.linger
		}
		for _, e := range r.net.elems {
			if e.node == n && out.Pipeline == "" && e.bridge == nil {
				out.Pipeline, out.Branch = p.pipelineOf(e.Name), e.Branch
			}
		}
		if out.Domain == element.Gst && out.Pipeline == "" {
			continue // nobody takes what it makes
		}
		if out.Branch == "" && n.keyNode != "" {
			out.Branch = n.keyNode + "[" + n.key + "]"
		}
		p.Nodes = append(p.Nodes, out)
	}
}

// pipelineOf finds the pipeline that has an element.
func (p *Plan) pipelineOf(elem string) string {
	for i := range p.Pipelines {
		if slices.ContainsFunc(p.Pipelines[i].Elements, func(e Element) bool { return e.Name == elem }) {
			return p.Pipelines[i].Name
		}
	}
	return ""
}

// estimate fills in what the policy leaves to the compiler: cost in CPUs and the kind of worker. The figures are those
// measured for 720p at 30 frames a second on the reference machine: 0.31 for x264 veryfast, a tenth of that to decode, and
// rawCost for pictures as they are.
func (r *resolver) estimate(p *Plan) {
	video, cost := false, 0.0
	for _, l := range p.Pipelines {
		video = video || l.Video
		cost += r.rawCost(&l)
		if l.Video {
			cost += 0.31*float64(l.Encoders) + 0.03*float64(l.Decoders)
		} else {
			cost += 0.01 * float64(l.Encoders+l.Decoders)
		}
	}
	if estimate := float64(int(cost*100+0.5)) / 100; p.Policy.Cost == 0 || r.tmpl.floor {
		p.Policy.Cost = max(p.Policy.Cost, estimate)
	}
	switch {
	case len(p.Pipelines) == 0:
		p.Policy.Worker = "none"
	case p.Policy.Worker != "":
	case video:
		p.Policy.Worker = "own"
	default:
		p.Policy.Worker = "shared"
	}
}
