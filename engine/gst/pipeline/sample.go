//go:build cgo && !nogst

package pipeline

import (
	"strconv"
	"time"

	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/stat"
)

// Samples adds up what passes, by what it is of.
type Samples map[sampleKey]*run.Sample

type sampleKey struct {
	kind run.SampleKind
	name string
}

// Sample adds to all what the pipeline's links have carried, and to rep how far it has come. It reads counters and asks no
// element that might hang.
func (l *Pipeline) Sample(all Samples, rep *run.Report) {
	for _, pad := range l.count(all, rep) {
		rep.Length = max(rep.Length, shim.Duration(pad))
		shim.Unref(pad)
	}
}

// count does so but for the length, which is known at some pads: the caller asks them, and gives up its share of them. To ask
// may take a lock of an element's that is held while it tells something, which takes mu.
func (l *Pipeline) count(all Samples, rep *run.Report) (pads []shim.Object) {
	now := shim.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	for _, w := range l.wires {
		if w.left != nil && w.from.Role != plan.RoleQueue {
			t := w.left.Tally()
			tallied(all, w.from, t, now)
		}
		if t := w.last(); w.to.sink || shim.Klass(w.to.object()) == muxer {
			rep.Position = max(rep.Position, t)
		}
		if w.came != nil && w.to.Role != plan.RoleQueue {
			tallied(all, w.to, w.came.Tally(), now)
		}
		if w.came != nil && w.to.Role == plan.RoleQueue {
			l.queue(all, w, now)
		}
		if w.Delayed && l.plan.Offline {
			shim.Ref(w.src)
			pads = append(pads, w.src)
		}
	}
	return pads
}

// muxer is GStreamer's word for what media ends in but for the writing.
const muxer = "Codec/Muxer"

// last is how far in media time a link has come; negative if it does not say.
func (w *wire) last() time.Duration {
	for _, c := range []*shim.Count{w.came, w.left} {
		if c != nil {
			return c.Tally().Last
		}
	}
	return -1
}

// kindOf sorts a sample: what crosses is told by its bridge, everything else by its node.
func kindOf(e *elem) sampleKey {
	if e.Role == plan.RoleBridge {
		return sampleKey{run.OfBridge, e.Name}
	}
	return sampleKey{run.OfNode, e.Node}
}

func tallied(all Samples, e *elem, t shim.Tally, now time.Duration) {
	k := kindOf(e)
	s := all[k]
	if s == nil {
		s = &run.Sample{Kind: k.kind, Name: k.name, Silent: -1}
		all[k] = s
	}
	s.Counts.Units += uint64(t.Units)
	s.Counts.Bytes += uint64(t.Bytes)
	s.Counts.Keyframes += uint64(t.Keys)
	if age := silent(t, now); age >= 0 && (s.Silent < 0 || age < s.Silent) {
		s.Silent = age
	}
}

// queue tells of one queue: its level, and what it dropped, which is what came and neither left nor is there.
func (l *Pipeline) queue(all Samples, in *wire, now time.Duration) {
	t := in.came.Tally()
	level, _ := strconv.ParseInt(shim.Get(in.to.object(), "current-level-buffers"), 10, 64)
	left := int64(0)
	for _, w := range l.wires {
		if w.from == in.to && w.left != nil {
			left += w.left.Tally().Units
		}
	}
	s := &run.Sample{Kind: run.OfQueue, Name: in.to.Name, Silent: silent(t, now), Counts: stat.Snapshot{
		Units: uint64(t.Units), Bytes: uint64(t.Bytes), Keyframes: uint64(t.Keys), Level: level,
	}}
	if lost := t.Units - left - level; lost > 1 { // one may be on its way
		s.Counts.Drops = map[string]uint64{stat.Slow.String(): uint64(lost)}
	}
	all[sampleKey{run.OfQueue, in.to.Name}] = s
}

// silent is the age of a count's last unit; negative if there was none.
func silent(t shim.Tally, now time.Duration) time.Duration {
	if t.At == 0 {
		return -1
	}
	return max(now-t.At, 0)
}
