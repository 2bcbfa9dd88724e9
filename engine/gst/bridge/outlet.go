//go:build cgo && !nogst

package bridge

import (
	"log/slog"

	"sluice/engine/gst/crossing"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/run"
)

// Drain hands what reaches an appsink to a port, on the appsink's streaming thread. node is whom the log blames.
func Drain(appsink shim.Object, port run.Port, node string, log *slog.Logger) {
	o := &outlet{port: port, node: node, log: log}
	shim.Drain(appsink, o.take)
}

// outlet is the way of units out of a bridge. Only the appsink's streaming thread touches it.
type outlet struct {
	port   run.Port
	node   string
	log    *slog.Logger
	format shim.Format
	track  media.Track
	known  bool
}

// take hands one buffer on. The port may keep the unit, so its bytes are copied, once.
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
	u := &media.Unit{PTS: max(b.PTS, 0), DTS: b.DTS, Key: b.Flags&shim.Key != 0}
	if b.DTS < 0 {
		u.DTS = u.PTS
	}
	data := append([]byte(nil), b.Data...)
	u.AU = crossing.Split(make([][]byte, 0, 1), o.track.Codec, data)
	o.port.Unit(u)
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
