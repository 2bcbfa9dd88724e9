package viewer

import (
	"context"
	"time"

	"sluice/api/websocket/mse"
	"sluice/api/websocket/transport"
	"sluice/api/websocket/wsplayer"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// Sink is the element ws.out of a viewer.
type Sink struct {
	*Viewer
	allowed []media.Codec
}

var _ node.UnitSink = (*Sink)(nil)

// Sink makes the viewer's element, which tells over of the viewer's end. allowed are the only codecs to send; none: all that the
// page takes. A viewer has one element: a second one is fault.InvalidRequest.
func (v *Viewer) Sink(over func(error), allowed []media.Codec) (*Sink, error) {
	if err := v.claim(over); err != nil {
		return nil, err
	}
	return &Sink{Viewer: v, allowed: allowed}, nil
}

// Start implements element.Element. The answer follows from the tracks that Begin tells.
func (s *Sink) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (s *Sink) Stop(context.Context) error {
	s.Viewer.Stop(nil)
	return nil
}

// Want implements node.Taker.
func (s *Sink) Want() media.Want { return s.offer.want(s.opt.Provider, s.allowed) }

// newMSE is how media goes to Media Source Extensions.
func newMSE() (func([]media.Track), func(int, *media.Unit) [][][]byte) {
	p := &mse.Packer{}
	return p.Begin, func(track int, u *media.Unit) [][][]byte {
		if m := p.Pack(track, u); m != nil {
			return [][][]byte{m}
		}
		return nil
	}
}

// newWSPlayer is how media goes to the player in JavaScript.
func newWSPlayer() (func([]media.Track), func(int, *media.Unit) [][][]byte) {
	p := &wsplayer.Packer{}
	return p.Begin, func(track int, u *media.Unit) [][][]byte {
		if p.Epoch.IsZero() {
			p.Epoch = time.Now().Add(-u.PTS) // any will do: nothing else is put together with it
		}
		return p.Pack(track, u)
	}
}

// Begin implements hub.UnitSink. What is agreed with the page follows from the first tracks; later ones have to make do.
func (v *Viewer) Begin(tracks []media.Track) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.begin(tracks)
	if v.tracks == nil {
		v.tracks = tracks
		close(v.agreed)
	}
}

// Attach implements node.Taker.
func (v *Viewer) Attach(r *hub.Reader) {
	v.mu.Lock()
	v.reader = r
	ready := v.sock != nil
	v.mu.Unlock()
	if ready {
		r.Resume()
	}
}

// Push implements hub.UnitSink.
func (v *Viewer) Push(track int, items []*media.Unit) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, u := range items {
		if v.sock == nil {
			break // they go nowhere
		}
		if v.sock.Full() {
			return i
		}
		v.send(track, u)
	}
	return len(items)
}

// send sends a unit. The caller holds v.mu.
func (v *Viewer) send(track int, u *media.Unit) {
	for _, pieces := range v.pack(track, u) {
		size := uint64(0)
		for _, p := range pieces {
			size += uint64(len(p))
		}
		v.sock.SendBinary(pieces)
		v.counts.Packets++
		v.counts.Bytes += size
		if track < len(v.tracks) && v.tracks[track].Kind == media.Video {
			v.counts.VideoBits += 8 * size
		}
		v.lively.Do(func() { close(v.live) })
	}
}

// End implements hub.UnitSink.
func (v *Viewer) End(reason error) { v.Stop(reason) }

// Given implements transport.Taker.
func (v *Viewer) Given(s transport.Socket) {
	v.mu.Lock()
	if v.ended {
		v.mu.Unlock()
		return // and releases it
	}
	v.sock = s
	if v.grace != nil {
		v.grace.Stop()
	}
	r := v.reader
	v.mu.Unlock()
	if r != nil {
		r.Resume()
	}
}

// Lost implements transport.Taker.
func (v *Viewer) Lost() {
	v.mu.Lock()
	if v.ended {
		v.mu.Unlock()
		return
	}
	v.sock = nil
	v.grace = time.AfterFunc(v.opt.Grace, v.forsaken)
	r := v.reader
	v.mu.Unlock()
	if r != nil {
		r.Pause()
	}
}

// forsaken ends a viewer whose socket is gone for good.
func (v *Viewer) forsaken() {
	v.mu.Lock()
	back := v.sock != nil
	v.mu.Unlock()
	if !back {
		v.Stop(fault.New(fault.Lost, "ws.out", "the page closed the WebSocket that its media went through, or does not read it"))
	}
}

// Room implements transport.Taker.
func (v *Viewer) Room() {
	v.mu.Lock()
	r := v.reader
	v.mu.Unlock()
	if r != nil {
		r.Wake()
	}
}
