package outlet

import (
	"context"
	"slices"
	"sync"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// sink is the element record.out. The hub's writer loop fills its queue, and a goroutine of its own writes.
type sink struct {
	want  media.Want
	over  func(error)
	queue *queue
	rec   *recorder // its goroutine's, from Attach on

	begin sync.Once
	stop  sync.Once
	work  sync.WaitGroup
	done  chan struct{} // Stop was called

	// Of the writer loop.
	tracks []media.Track
	fresh  bool // nothing has come since they were told
	lost   bool // it was said that the disk is hopeless

	mu     sync.Mutex
	reason error // why nothing more comes
	ended  bool
}

var _ node.UnitSink = (*sink)(nil)

// Want implements node.Taker.
func (s *sink) Want() media.Want { return s.want }

// Start implements element.Element.
func (s *sink) Start(context.Context) error { return nil }

// Attach implements node.Taker.
func (s *sink) Attach(r *hub.Reader) {
	s.begin.Do(func() {
		s.rec.key = func() {
			for i, t := range r.Tracks() {
				if t.Kind == media.Video {
					_ = r.RequestKey(i) // a reader that has ended needs none
				}
			}
		}
		s.work.Go(s.run)
	})
	r.Resume()
}

// Begin implements hub.SinkOf.
func (s *sink) Begin(tracks []media.Track) {
	if s.fresh && slices.EqualFunc(tracks, s.tracks, same) {
		return // it is called once when tracks are agreed on, and again when they flow
	}
	s.tracks, s.fresh = slices.Clone(tracks), true
	s.queue.begin(s.tracks)
}

// same tells whether a track is as it was before: what it is to be decoded with, too.
func same(a, b media.Track) bool {
	return a.ID == b.ID && a.Codec == b.Codec && a.Layer == b.Layer && slices.EqualFunc(a.Extra, b.Extra, slices.Equal[[]byte])
}

// Push implements hub.SinkOf.
func (s *sink) Push(track int, items []*media.Unit) int {
	s.fresh = false
	for _, u := range items {
		if s.lost {
			break
		}
		if !s.queue.put(track, u) {
			s.lost = true
			s.broke(fault.New(fault.SlowReader, "records", "nothing could be written for %v", hopeless).
				Advise("look at the disk that recordings are on"))
			s.queue.end()
		}
	}
	return len(items)
}

// End implements hub.SinkOf.
func (s *sink) End(reason error) {
	s.mu.Lock()
	s.reason, s.ended = reason, true
	s.mu.Unlock()
	s.queue.end()
}

// run writes what is queued until nothing more comes.
func (s *sink) run() {
	defer s.queue.close()
	var items []item
	for {
		var ended bool
		select {
		case <-s.queue.wake:
			items, ended = s.queue.take(items)
		case <-s.done:
			items, _ = s.queue.take(items)
			ended = true
		}
		if err := s.write(items); err != nil {
			s.broke(err)
			return
		}
		if s.queue.wished() {
			s.rec.key()
		}
		if ended {
			s.finish()
			return
		}
	}
}

// broke ends the element since its file cannot be written to.
func (s *sink) broke(err error) {
	s.rec.shelf.Broke(s.rec.about, err)
	s.over(err)
}

// write writes what was queued, a little at a time, so that it is seen of a disk that is slow that it goes on.
func (s *sink) write(items []item) error {
	const little = 64
	for some := range slices.Chunk(items, little) {
		err := s.rec.take(some)
		s.queue.written(some)
		if err != nil {
			return err
		}
	}
	return nil
}

// finish completes the file, and says then that the stream has ended, so that who hears of it finds the file.
func (s *sink) finish() {
	err := s.rec.close(endReason, nil)
	s.mu.Lock()
	reason, ended := s.reason, s.ended
	s.mu.Unlock()
	switch {
	case err != nil:
		s.broke(err)
	case ended:
		s.over(reason)
	}
}

// Stop implements element.Element. It waits until the file is complete, or for ctx: a disk that hangs keeps the goroutine until it
// does not.
func (s *sink) Stop(ctx context.Context) error {
	s.stop.Do(func() { close(s.done) })
	s.begin.Do(func() {}) // it does not begin any more
	gone := make(chan struct{})
	go func() { defer close(gone); s.work.Wait() }()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
