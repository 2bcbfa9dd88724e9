package outlet

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/api/hls/catalog"
	"sluice/api/hls/packager"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// sink is the element hls.out. What it takes it cuts at once, in the hub's writer loop: that is little more than copying.
type sink struct {
	env     element.Env
	catalog *catalog.Catalog
	offer   catalog.Offer
	cut     packager.Config
	want    media.Want
	tell    func(bool) // whether there are viewers

	place  *catalog.Place // from Start on
	pack   *packager.Packager
	tracks []media.Track
	fresh  bool          // nothing has come since they were told
	wrong  error         // why it has ended
	key    time.Duration // of the last key frame
	asked  time.Duration // when the last was asked for

	need, done chan struct{} // a key frame is needed; Stop was called
	stop       sync.Once
	work       sync.WaitGroup
}

var (
	_ node.UnitSink = (*sink)(nil)
	_ node.Audience = (*sink)(nil)
)

// Tell implements node.Audience.
func (s *sink) Tell(some func(bool)) { s.tell = some }

// Want implements node.Taker.
func (s *sink) Want() media.Want { return s.want }

// Start implements element.Element. From now on the stream is there for viewers, who wait for its first segment.
func (s *sink) Start(context.Context) error {
	p, err := s.catalog.Offer(s.offer)
	if err != nil {
		return err
	}
	s.place = p
	if s.tell != nil {
		p.Tell(s.tell)
	}
	return nil
}

// Begin implements hub.SinkOf. It is called again when another publisher takes over, say: then there is a discontinuity.
func (s *sink) Begin(tracks []media.Track) {
	if s.wrong != nil || s.fresh && slices.EqualFunc(tracks, s.tracks, same) {
		return
	}
	var err error
	if s.pack == nil {
		s.cut.Timeline = s.place.Rendition().Timeline()
		s.pack, err = packager.New(s.cut, tracks, s.place.Rendition())
	} else {
		err = s.pack.Change(tracks)
	}
	s.tracks, s.fresh = slices.Clone(tracks), true
	if err != nil {
		s.env.Log.Warn("no segments can be made of this", "err", err)
		s.over(err)
	}
}

// same tells whether a track is the one that was told just before: Begin is called once when it is agreed on and again when it flows.
func same(a, b media.Track) bool {
	return a.ID == b.ID && a.Codec == b.Codec && a.Layer == b.Layer && slices.EqualFunc(a.Extra, b.Extra, slices.Equal[[]byte])
}

// Attach implements node.Taker.
func (s *sink) Attach(r *hub.Reader) {
	s.work.Go(func() { s.ask(r) })
	r.Resume()
}

// Push implements hub.SinkOf.
func (s *sink) Push(track int, items []*media.Unit) int {
	s.fresh = false
	for _, u := range items {
		if s.wrong != nil {
			break
		}
		s.keep(track, u)
		if err := s.pack.Write(track, u); err != nil {
			s.env.Log.Debug("unit left out, or cut badly", "err", err) // the packager goes on with the next
		}
	}
	return len(items)
}

// keep sees to key frames: segments begin with them, and browsers and encoders on demand send none unless they are asked. The
// renditions of a ladder must have theirs at the same pictures, so that one of them is asked only if it is clearly late.
func (s *sink) keep(track int, u *media.Unit) {
	const again = 500 * time.Millisecond
	if track >= len(s.tracks) || s.tracks[track].Kind != media.Video {
		return
	}
	late := s.cut.Segment
	if s.offer.Rung != "" {
		late += late / 2
	}
	switch {
	case u.Key:
		s.key, s.asked = u.PTS, u.PTS
	case u.PTS-s.key >= late && u.PTS-s.asked >= again:
		s.asked = u.PTS
		select {
		case s.need <- struct{}{}:
		default:
		}
	}
}

// ask asks for key frames, which a sink must not do itself. A reader that has ended needs none.
func (s *sink) ask(r *hub.Reader) {
	for {
		select {
		case <-s.need:
			for i, t := range r.Tracks() {
				if t.Kind == media.Video {
					_ = r.RequestKey(i)
				}
			}
		case <-s.done:
			return
		}
	}
}

// End implements hub.SinkOf.
func (s *sink) End(reason error) { s.over(reason) }

func (s *sink) over(reason error) {
	s.wrong = reason
	s.env.Over(reason)
}

// Stop implements element.Element. Viewers keep what there is for as long as the catalogue waits for somebody to go on with it.
func (s *sink) Stop(context.Context) error {
	s.stop.Do(func() {
		close(s.done)
		s.work.Wait()
		if s.pack != nil {
			_ = s.pack.Interrupt() // what is under way ends here, whatever is wrong with it
		}
		if s.place != nil {
			s.place.Leave(s.wrong)
		}
	})
	return nil
}
