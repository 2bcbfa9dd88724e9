package leg

import (
	"time"

	"sluice/engine/media"
)

// betweenAsks is how often a key picture is asked for by signalling at most. Each is a request that is answered.
const betweenAsks = time.Second

// askPicture asks the far end for a key picture: by RTCP if it has said that it hears that, else by signalling.
func (a *lane) askPicture() {
	w := a.way.Load()
	if w == nil || a.kind != media.Video {
		return
	}
	if w.codec.Has("nack pli") || w.codec.Has("ccm fir") {
		a.receiver.Load().RequestKey(0)
		return
	}
	now, before := time.Now().UnixNano(), a.asked.Load()
	if now-before < int64(betweenAsks) || !a.asked.CompareAndSwap(before, now) {
		return
	}
	if c, err := a.leg.Controller(); err == nil {
		a.leg.herald.Post(c.Picture)
	}
}

// pictureWanted asks the graph for a key picture, as the far end asked for one by RTCP.
func (a *lane) pictureWanted(int) {
	if f := a.fed.Load(); f != nil {
		_ = f.reader.RequestKey(f.track) // the track may just have gone
	}
}

// Picture asks the graph for a key picture: the far end has asked for one by signalling.
func (l *Leg) Picture() {
	for _, a := range l.lines() {
		if a.kind == media.Video {
			a.pictureWanted(0)
		}
	}
}
