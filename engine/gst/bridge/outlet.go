//go:build cgo && !nogst

package bridge

import (
	"bytes"
	"log/slog"

	"sluice/engine/gst/crossing"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/run"
)

// Drain hands what reaches an appsink to a port, on the appsink's streaming thread. node is whom the log blames.
func Drain(appsink shim.Object, port run.Port, node string, log *slog.Logger) {
	_, copies := port.(run.Copier)
	o := &outlet{port: port, copies: copies, node: node, log: log}
	shim.Drain(appsink, o.take)
}

// outlet is the way of units out of a bridge. Only the appsink's streaming thread touches it.
type outlet struct {
	port   run.Port
	copies bool
	node   string
	log    *slog.Logger
	format shim.Format
	track  media.Track
	known  bool
	lent   media.Unit // what a port that copies is given, over and over
}

// take hands one buffer on. A port that copies is given the buffer's own bytes; any other may keep the unit, so they are copied,
// once.
func (o *outlet) take(b *shim.Buffer) {
	if b.Flags&shim.Final != 0 {
		o.port.Mark(run.End)
		return
	}
	if b.Format != o.format || !o.known {
		o.describe(b.Format)
	}
	if len(b.Data) == 0 || b.Flags&shim.Header != 0 && o.track.Kind == media.Audio {
		return // Opus and Speex headers: tracks say what they say
	}
	u, data := &o.lent, b.Data
	if !o.copies {
		u, data = &media.Unit{AU: make([][]byte, 0, 1)}, bytes.Clone(b.Data)
	}
	u.PTS, u.DTS, u.Key = max(b.PTS, 0), b.DTS, b.Flags&shim.Key != 0
	if b.DTS < 0 {
		u.DTS = u.PTS
	}
	u.AU = crossing.Split(u.AU[:0], o.track.Codec, data)
	o.port.Unit(u)
	if o.copies {
		clear(u.AU) // that memory is not Go's and may soon be gone
	}
}

func (o *outlet) describe(f shim.Format) {
	o.format, o.known = f, true
	t, err := crossing.Track(f.Text())
	if err != nil {
		o.log.Warn("what leaves cannot be described", "node", o.node, "err", err)
		return
	}
	o.track = t
	o.port.Codec(t)
}
