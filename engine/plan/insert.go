package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
)

// insert puts in what nobody should have to write: guards, tees, queues.
func (r *resolver) insert() {
	r.guards()
	r.tees()
	r.queues()
	r.sinks()
	r.divide()
}

// tees splits every source pad that is linked more than once, or into a branch that comes and goes (R3). A pad is told
// by its name; one without a name is the element's only one.
func (r *resolver) tees() {
	type pad struct {
		of   *elem
		name string
		kind media.Kind
	}
	groups := map[pad][]*link{}
	var order []pad
	for _, l := range r.net.links {
		if l.fromPort.Presence == element.Request || l.from.Factory == "tee" {
			continue
		}
		p := pad{of: l.from, name: l.fromPad}
		if l.fromPort.Presence == element.Sometimes && strings.Contains(l.fromPort.Name, "%") && l.fromPort.Anything() {
			p.kind = l.format.Kind // decodebin's src_%u: sound and picture are two pads
		}
		if len(groups[p]) == 0 {
			order = append(order, p)
		}
		groups[p] = append(groups[p], l)
	}
	for _, p := range order {
		if len(groups[p]) < 2 && !leavesLater(groups[p][0]) {
			continue
		}
		name := p.of.Name + "-tee"
		if p.name != "" {
			name = p.of.Name + "-" + strings.TrimSuffix(strings.TrimSuffix(p.name, "%u"), "_") + "-tee"
		}
		t := r.add(p.of.node, name, "tee", RoleTee, setting("allow-not-linked", true))
		t.branch, t.group = p.of.branch, p.of.group
		first := groups[p][0]
		needed := slices.ContainsFunc(groups[p], func(l *link) bool { return !l.optional })
		in := &link{
			from: p.of, to: t, fromPad: p.name, fromPort: first.fromPort, toPort: portNamed(t, "", element.Sink),
			format: first.format, optional: !needed, caps: formBehind(groups[p]),
		}
		r.net.links = append(r.net.links, in)
		for _, l := range groups[p] {
			l.from, l.fromPad, l.fromPort, l.optional = t, "", portNamed(t, "", element.Source), false
		}
	}
}

// leavesLater tells whether a link leads into a branch that may be away while its source goes on: without a tee the
// source would end as not linked.
func leavesLater(l *link) bool { return l.to.branch != nil && l.to.branch != l.from.branch }

// queues puts a queue where a thread must end (R4), and errorignore before those that lead into a branch which may
// fail alone (R11).
func (r *resolver) queues() {
	offline := r.offlineGroups()
	for _, l := range slices.Clone(r.net.links) {
		if l.from.Factory == "tee" && leavesLater(l) {
			r.isolate(l)
		}
		props, ok := r.queueFor(l, offline[l.from.group])
		if !ok {
			continue
		}
		if l.eachOther {
			l.own = props
			continue
		}
		n := l.to.node
		q := r.add(n, queueName(l), "queue", RoleQueue, props...)
		q.group = l.from.group
		if q.branch = l.to.branch; q.branch == nil {
			q.branch = l.from.branch
		}
		r.split(l, q)
	}
}

// isolate puts errorignore before a branch: a tee would otherwise carry the branch's flow error up to the source and
// end it (measured, GStreamer 1.22).
func (r *resolver) isolate(l *link) {
	g := r.add(l.to.node, linkName(l)+"-shield", "errorignore", RoleGuard,
		setting("ignore-error", true), setting("ignore-notnegotiated", true), setting("convert-to", "not-linked"))
	g.branch, g.group = l.to.branch, l.from.group
	r.split(l, g)
}

// split puts e into a link: from → e takes the pad, e → to keeps caps and the pad's settings.
func (r *resolver) split(l *link, e *elem) {
	first := &link{
		from: l.from, to: e, fromPad: l.fromPad, fromPort: l.fromPort, toPort: portNamed(e, "", element.Sink), format: l.format,
		optional: l.optional, eachOther: l.eachOther,
	}
	l.from, l.fromPad, l.fromPort, l.optional, l.eachOther = e, "", portNamed(e, "", element.Source), false, false
	i := slices.Index(r.net.links, l)
	r.net.links = slices.Insert(r.net.links, i, first)
}

// queueName names a queue after the element it stands before; where several links join, after both, so that the name
// does not depend on who else is there.
func queueName(l *link) string {
	if before, ok := strings.CutSuffix(l.from.Name, "-shield"); ok {
		return before + "-queue" // the shield's name is already of this link
	}
	return linkName(l) + "-queue"
}

func linkName(l *link) string {
	switch {
	case l.toPort.Presence == element.Request:
		return l.from.Name + "-" + l.to.Name
	case l.toPad != "":
		return l.to.Name + "-" + l.toPad
	}
	return l.to.Name
}

// queueFor decides on a link's queue.
func (r *resolver) queueFor(l *link, offline bool) ([]Setting, bool) {
	if l.queue != nil {
		return l.queue.props(), true
	}
	if isQueue(l.from) || isQueue(l.to) || l.to.Factory == "errorignore" {
		return nil, false
	}
	if !offline {
		if props, ok := r.liveQueue(l); ok {
			return props, true
		}
	}
	switch {
	case !l.joins() && !l.parts():
		return nil, false
	case offline:
		return offlineQueue(), true
	}
	return queueProps(time.Second, 0, "no"), true
}

// liveQueue decides where media comes at its own pace, so that what is late costs something.
func (r *resolver) liveQueue(l *link) ([]Setting, bool) {
	picture, sound := l.raw(media.Video), l.raw(media.Audio)
	switch {
	case l.to.is("Encoder") && l.to.is("Video"):
		return r.pictures(l), true
	case l.joins() && sound:
		// While it waits for somebody, a mixer leaves everybody else's sound as long as that in its queue. If that were full, whatever
		// is before it would stand still, with all mixes that it feeds.
		return queueProps(max(r.latency, l.to.waits())+time.Second, 0, "no"), true
	case l.joins() && picture:
		return queueProps(0, 2, "no"), true
	case l.parts() && picture && !r.undecoded(l.from):
		return r.pictures(l), true // a second of raw pictures would be 40 MB
	case l.to.outward():
		return queueProps(2*time.Second, 0, "no"), true
	}
	return nil, false
}

// pictures is the queue before an encoder, or whatever takes its time as that does: a late picture is worth nothing, and the encoder
// must not see a gap. Behind a mixer there is room for all that it held up, which comes at once when whom it waited for is there or
// has left.
func (r *resolver) pictures(l *link) []Setting {
	if wait := r.mixed(l.from); wait > 0 {
		return queueProps(wait+spare, 0, "downstream")
	}
	return queueProps(0, 2, "downstream")
}

// spare is for how much more than a mixer holds up there is room before an encoder: three pictures, of 30 a second.
const spare = 100 * time.Millisecond

// mixed is how long the mixer waits whose pictures leave an element; 0 if there is none before it.
func (r *resolver) mixed(e *elem) time.Duration {
	for range r.net.links { // no longer than there are links
		if wait := e.waits(); wait > 0 {
			return wait
		}
		i := slices.IndexFunc(r.net.links, func(up *link) bool { return up.to == e })
		if i < 0 || !r.net.links[i].raw(media.Video) {
			return 0
		}
		e = r.net.links[i].from
	}
	return 0
}

// waits is how long a mixer of live media waits for what is late.
func (e *elem) waits() time.Duration {
	if e.Factory != "compositor" && e.Factory != "audiomixer" {
		return 0
	}
	for _, s := range e.Props {
		if n, err := strconv.ParseInt(s.Text, 10, 64); s.Name == "latency" && err == nil {
			return time.Duration(n)
		}
	}
	return 0
}

// undecoded tells whether what leaves the element is coded, though in nobody knows what: it comes from a demuxer, whose file says.
// To drop any of it would spoil all up to the next key frame; and before what holds a file to real time, it would be nearly all.
func (r *resolver) undecoded(e *elem) bool {
	for range r.net.links { // no longer than there are links
		switch {
		case e.is("Demuxer"):
			return true
		case e.is("Decoder"):
			return false
		}
		i := slices.IndexFunc(r.net.links, func(up *link) bool { return up.to == e })
		if i < 0 {
			return false
		}
		e = r.net.links[i].from
	}
	return false
}

// joins tells whether several links end at the element, each on a pad of its own: a mixer or muxer. Behind a bridge a
// thread ends anyway.
func (l *link) joins() bool {
	return l.toPort.Presence == element.Request && l.to.Factory != "tee" && l.from.bridge == nil
}

// parts tells whether several links begin at the element: a tee or a demuxer.
func (l *link) parts() bool {
	return l.from.Factory == "tee" && l.to.Factory != "errorignore" || l.from.Factory == "errorignore" || l.from.is("Demuxer")
}

// raw tells whether decoded media of a kind flows.
func (l *link) raw(k media.Kind) bool { return l.format.Codec == "" && l.format.Kind == k }

// network tells whether the element sends to a peer. Some say so in their class; those named here do not (GStreamer 1.22).
func (e *elem) network() bool {
	switch e.Factory {
	case "rtmp2sink", "souphttpclientsink", "rtspclientsink", "curlhttpsink", "curlftpsink", "curlsftpsink", "webrtcbin":
		return true
	}
	return e.is("Sink") && e.is("Network")
}

// outward tells whether media leaves the process there.
func (e *elem) outward() bool { return e.network() || e.is("Sink") && e.is("File") }

// is tells whether the element's class has a word; false for elements that no registry knows.
func (e *elem) is(word string) bool { return e.spec != nil && e.spec.Is(word) }

func isQueue(e *elem) bool {
	return e.Factory == "queue" || e.Factory == "queue2" || e.Factory == "multiqueue"
}

// props of a user's queue. Only the limits written limit.
func (q *queue) props() []Setting {
	leaky := map[string]string{"oldest": "downstream", "newest": "upstream"}[q.drop]
	if leaky == "" {
		leaky = "no"
	}
	return queueProps(time.Duration(q.time), q.buffers, leaky)
}

// queueProps sets all three limits, because GStreamer's defaults would otherwise hold beside ours.
func queueProps(t time.Duration, buffers int64, leaky string) []Setting {
	out := []Setting{setting("max-size-buffers", buffers), setting("max-size-bytes", int64(0)), setting("max-size-time", int64(t))}
	if leaky != "no" {
		out = append(out, setting("leaky", leaky))
	}
	return out
}

// offlineQueue is limited by what it holds and not by time: an encoder that looks ahead, as x264enc does 40 frames, needs as
// much of the other track to wait as it looks ahead, and of slow pictures that is many seconds. A muxer would wait for ever
// (measured with 4 frames a second, GStreamer 1.22).
func offlineQueue() []Setting {
	const most = 32_000_000 // bytes: ten raw pictures of 1080p, half a minute of it coded well
	return []Setting{setting("max-size-buffers", int64(0)), setting("max-size-bytes", int64(most)), setting("max-size-time", int64(0))}
}

// sinks lets no sink hold the others: network sinks do not wait for the clock or for preroll (R7), nor does any sink
// in a branch that comes while the pipeline plays.
func (r *resolver) sinks() {
	for _, e := range r.net.elems {
		if e.bridge != nil || !e.is("Sink") && !e.network() {
			continue
		}
		if e.network() {
			e.unlessSet("sync", false)
			e.unlessSet("async", false)
		} else if e.branch != nil {
			e.unlessSet("async", false)
		}
	}
}

// unlessSet sets a property that the element has and the user did not write.
func (e *elem) unlessSet(name string, v any) {
	if _, has := e.spec.Field(name); !has {
		return
	}
	if !slices.ContainsFunc(e.Props, func(s Setting) bool { return s.Name == name }) {
		e.Props = append(slices.Clip(e.Props), setting(name, v))
	}
}

// offlineGroups tells which pipelines have sources that wait for nobody, files and test sources, and nothing that keeps
// real time: they run as fast as they can and drop nothing.
func (r *resolver) offlineGroups() map[int]bool {
	out := map[int]bool{}
	for _, e := range r.net.elems {
		if e.is("Source") && e.patient() {
			out[e.group] = true
		}
	}
	for _, e := range r.net.elems {
		if e.is("Source") && !e.patient() || e.paces() {
			delete(out, e.group)
		}
	}
	return out
}

// patient tells whether a source gives no more than is taken of it, and nothing is lost if that is little.
func (e *elem) patient() bool {
	_, mayBeLive := e.spec.Field("is-live")
	return !e.is("Network") && (e.is("File") || mayBeLive) && !e.says("is-live", "true")
}

// paces tells whether an element holds media up until their time has come.
func (e *elem) paces() bool { return e.Factory == "clocksync" && !e.says("sync", "false") }

func (e *elem) says(name, text string) bool {
	return slices.ContainsFunc(e.Props, func(s Setting) bool { return s.Name == name && s.Text == text })
}
