package plan

import (
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
)

// source makes the appsrc through which a Go node's track enters a pipeline. It never blocks its pusher, which would
// hang for ever after a downstream error (measured, GStreamer 1.22); what it drops the hub has counted already.
func (r *resolver) source(from, to side, w *wire) *elem {
	e := r.add(to.node, elementName(to.node.name)+"-"+string(w.kind)+"-in", "appsrc", RoleBridge,
		setting("caps", crossingCaps(w.format)), setting("is-live", true), setting("format", "time"), setting("do-timestamp", false),
		setting("block", false), setting("leaky-type", "downstream"), setting("max-time", int64(500*time.Millisecond)))
	e.bridge = &Bridge{
		Name: e.Name, Direction: IntoGst, Node: Pad{from.node.name, from.port.Name}, Format: w.format, Optional: w.optional,
		Fallback: w.fallback,
	}
	return e
}

// sink makes the appsink through which a pipeline's track reaches a Go node. It never waits for a clock: pacing is
// the work of whoever sends.
func (r *resolver) sink(from, to side, w *wire) *elem {
	e := r.add(from.node, elementName(to.node.name)+"-"+string(w.kind)+"-out", "appsink", RoleBridge,
		setting("caps", crossingCaps(w.format)), setting("sync", false), setting("async", false), setting("emit-signals", false))
	e.bridge = &Bridge{
		Name: e.Name, Direction: OutOfGst, Node: Pad{to.node.name, to.port.Name}, Format: w.format,
		Optional: w.optional && !r.certain(w), Fallback: w.fallback,
	}
	e.node = to.node
	e.Node = to.node.name
	return e
}

// crossingCaps are the caps of access units as the hub keeps them. What only the stream itself knows (size, rate,
// codec_data) the runtime adds.
func crossingCaps(f element.Format) string {
	switch f.Codec {
	case media.H264:
		return "video/x-h264,stream-format=byte-stream,alignment=au"
	case media.H265:
		return "video/x-h265,stream-format=byte-stream,alignment=au"
	case media.AV1:
		return "video/x-av1,stream-format=obu-stream,alignment=tu"
	case media.AAC:
		return "audio/mpeg,mpegversion=4,stream-format=raw"
	}
	if info, ok := f.Codec.Info(); ok {
		return info.MediaType
	}
	return element.RawCaps(f.Kind)
}

// shareBridges gives the readers of one Go track in one pipeline one appsrc: the track crosses once.
func (r *resolver) shareBridges() {
	r.divide()
	type crossing struct {
		node, port, branch string
		group              int
		fallback           bool
	}
	first := map[crossing]*elem{}
	gone := map[*elem]bool{}
	for _, l := range r.net.links {
		b := l.from.bridge
		if b == nil || b.Direction != IntoGst {
			continue
		}
		k := crossing{b.Node.Of, b.Node.Name, l.from.branch.label(), l.from.group, b.Fallback}
		if have, ok := first[k]; ok && have != l.from {
			gone[l.from] = true
			have.bridge.Optional = have.bridge.Optional && b.Optional
			l.from = have
			continue
		}
		first[k] = l.from
	}
	kept := r.net.elems[:0]
	for _, e := range r.net.elems {
		if !gone[e] {
			kept = append(kept, e)
		}
	}
	r.net.elems = kept
}
