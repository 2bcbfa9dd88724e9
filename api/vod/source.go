package vod

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/api/vod/reel"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// source is the element vod.in.
type source struct {
	*lasting.Work
	env    element.Env
	folder *Folder
	name   string
	loop   bool
	delay  time.Duration

	file *os.File
	size int64
	reel reel.Reel

	once    sync.Once
	watched chan struct{} // closed when somebody watches
	fed     chan struct{} // closed when there is somewhere to write
	pub     *hub.Publication
}

var _ node.Source = (*source)(nil)

// Start implements element.Element: the file is opened, and looked into.
func (s *source) Start(context.Context) error {
	return s.Launch(func() (func(context.Context), error) {
		var err error
		if s.file, s.size, err = s.folder.File(strings.TrimLeft(s.name, "/")); err != nil {
			return nil, err
		}
		if s.reel, err = reel.Open(s.file, s.size); err != nil {
			_ = s.file.Close()
			s.env.Log.Info("a file cannot be played", "file", s.name, "err", err)
			return nil, err
		}
		return s.run, nil
	})
}

// Describe implements node.Source.
func (s *source) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: slices.Clone(s.reel.Tracks())}, nil
}

// Form implements node.Source.
func (*source) Form() hub.Form { return hub.Units }

// Feed implements node.Source.
func (s *source) Feed(p *hub.Publication) {
	s.pub = p
	close(s.fed)
}

// Demand implements hub.Source: the film begins with its first viewer.
func (s *source) Demand(int) { s.once.Do(func() { close(s.watched) }) }

// Idle implements hub.Source. The film goes on: what it is for decides whether it ends.
func (*source) Idle(int) {}

// RequestKey implements hub.Source.
func (*source) RequestKey(int) {}

// Unaskable implements hub.Unaskable: a film has the key frames that it has.
func (*source) Unaskable() bool { return true }

// Ended implements hub.Source.
func (s *source) Ended(reason error) {
	s.Halt()
	s.env.Over(reason)
}

// run plays once somebody watches.
func (s *source) run(ctx context.Context) {
	defer s.file.Close()
	for _, ready := range []chan struct{}{s.fed, s.watched} {
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
	}
	// The hub tells of a viewer before it has attached it, all under its lock, which this waits for: what is written earlier, and stands
	// before the first key frame, as sound does in many files, would miss the viewer.
	s.pub.Muted()
	err := s.play(ctx)
	if ctx.Err() != nil {
		return
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err != nil {
		s.env.Log.Warn("a film ends early", "file", s.name, "err", err)
	}
	s.env.Over(err)
}

// play writes the film, again and again if it is to be.
func (s *source) play(ctx context.Context) error {
	p := projector{source: s, start: s.pub.Timeline().At(s.env.Clock.Now()), eager: s.delay > 0}
	for {
		from := p.until
		err := p.show(ctx, s.reel, from)
		if !s.loop || !errors.Is(err, io.EOF) || p.until <= from { // of one that lasts no time there is nothing to repeat
			return err
		}
		if s.reel, err = reel.Open(s.file, s.size); err != nil {
			return err
		}
		if !slices.EqualFunc(p.tracks, s.reel.Tracks(), func(a, b media.Track) bool { return a.Codec == b.Codec }) {
			return fault.New(fault.MediaCorrupt, "", "the file has become another")
		}
	}
}

// projector shows a film: it puts its units on the timeline, and writes them when it is time.
type projector struct {
	*source
	start  time.Duration // on the timeline, of the film's beginning
	eager  bool          // nothing was shown yet, and what is first is to be at once
	until  time.Duration // how long the film is as far as it was shown
	last   [2]time.Duration
	tracks []media.Track
}

// show shows a reel whose beginning is at from; io.EOF at its end.
func (p *projector) show(ctx context.Context, r reel.Reel, from time.Duration) error {
	p.tracks = r.Tracks()
	for {
		i, u, err := r.Next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return errors.Join(p.wait(ctx, p.until), err)
			}
			return err
		}
		at := from + u.DTS
		if err := p.wait(ctx, at); err != nil {
			return err
		}
		if at > p.last[i] {
			p.until = max(p.until, at+at-p.last[i]) // what is last lasts as long as what was before it
			p.last[i] = at
		}
		u.DTS, u.PTS = u.DTS+from+p.start, u.PTS+from+p.start
		if err := p.pub.WriteUnits(i, []media.Unit{u}); err != nil {
			return err
		}
		if p.eager && (p.tracks[i].Kind == media.Video || len(p.tracks) == 1) {
			p.eager = false
			p.start += p.delay
		}
	}
}

// wait waits for a moment of the film.
func (p *projector) wait(ctx context.Context, at time.Duration) error {
	d := p.start + at - p.pub.Timeline().At(p.env.Clock.Now())
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-p.env.Clock.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
