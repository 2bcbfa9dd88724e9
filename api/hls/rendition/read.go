package rendition

import (
	"cmp"
	"context"
	"sync"
	"time"

	"sluice/api/hls/playlist"
	"sluice/engine/fault"
)

// Playlist waits until the playlist has what was asked for, and gives it, shared with everybody who asks before the next change. Without a
// whole segment there is no playlist yet, and everybody waits for that. Errors are faults:
//
//	InvalidRequest    it cannot be: _HLS_part without _HLS_msn, or too far in the future (6.2.5.2): 400
//	Stalled           it did not come within three target durations (6.2.5.2): 503
//	ResourceNotFound  the stream ended without any segment: 404
//	Closed            the rendition was removed: 404
//
// or the context's cause.
func (r *Rendition) Playlist(ctx context.Context, q Request) (*playlist.Text, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	ask := func(reports []Report) (*playlist.Text, bool, error) { return r.answer(q, reports) }
	return hold(ctx, r, q.Part >= 0, ask)
}

// hold asks again after each change until there is an answer. What it asks runs with r.mu held.
func hold[T any](ctx context.Context, r *Rendition, part bool, ask func([]Report) (T, bool, error)) (T, error) {
	reports := r.siblings()
	r.mu.Lock()
	defer r.mu.Unlock()
	answer, done, err := ask(reports)
	if done || err != nil {
		return answer, err
	}
	r.crowd.held++
	defer func() { r.crowd.held-- }()
	late := r.crowd.giveUp(3 * r.target())
	for !done && err == nil {
		change := r.crowd.next(part)
		r.mu.Unlock()
		err = wait(ctx, change, late)
		reports = r.siblings()
		r.mu.Lock()
		if err == nil {
			answer, done, err = ask(reports)
		}
	}
	return answer, err
}

func wait(ctx context.Context, change, late <-chan struct{}) error {
	select {
	case <-change:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-late:
		return fault.New(fault.Stalled, "hls", "it did not come within three target durations").Advise("the source may have stopped")
	}
}

// moment is what siblings say at a change.
type moment struct {
	once    sync.Once
	reports []Report
}

// siblings says how far the siblings are. They are asked once per change, and without r.mu: whom that asks may hold locks of his own, under
// which others call methods of this rendition.
func (r *Rendition) siblings() []Report {
	if r.cfg.Siblings == nil {
		return nil
	}
	m := r.moment.Load()
	m.once.Do(func() { m.reports = r.cfg.Siblings() })
	return m.reports
}

// answer gives the playlist if it is what was asked for.
func (r *Rendition) answer(q Request, reports []Report) (text *playlist.Text, done bool, err error) {
	switch {
	case r.removed:
		return nil, false, gone()
	case r.ended && !r.published():
		return nil, false, fault.New(fault.ResourceNotFound, "hls", "the stream ended before its first segment was whole")
	case r.ended: // 6.2.5.2: directives are ignored then
	case r.tooFar(q):
		return nil, false, fault.New(fault.InvalidRequest, "_HLS_msn", "segment %d, part %d is too far in the future", q.MSN, q.Part)
	case !r.published() || !r.reached(q):
		return nil, false, nil
	}
	return r.text(q.Skip, reports), true, nil
}

func gone() error { return fault.New(fault.Closed, "hls", "the stream is gone") }

// tooFar says whether a request is more than two segments ahead, or by more parts than the Advance Part Limit (6.2.5.2).
func (r *Rendition) tooFar(q Request) bool {
	last := r.next - 1
	if q.MSN > last+2 {
		return true
	}
	if q.Part < 0 || q.MSN < r.next || r.cfg.Part == 0 {
		return false
	}
	have := int64(0)
	if q.MSN == r.next && r.open != nil {
		have = int64(len(r.open.parts))
	}
	return q.Part > have-1+r.advance() // not the difference, which overflows
}

// advance is the Advance Part Limit.
func (r *Rendition) advance() int64 {
	part := cmp.Or(r.partTarget, r.cfg.Part)
	if part < time.Second {
		return int64(3 * time.Second / part)
	}
	return 3
}

// reached says whether the playlist has the segment or the part, or a later one.
func (r *Rendition) reached(q Request) bool {
	if q.MSN < 0 || q.MSN < r.next-1 {
		return true
	}
	growing := 0
	if r.open != nil {
		growing = len(r.open.parts)
	}
	whole := q.Part < 0 || r.partTarget == 0
	switch q.MSN {
	case r.next - 1:
		last := r.segments[len(r.segments)-1]
		// a part behind the last of a segment is the first of the next (6.2.5.2)
		return whole || q.Part < int64(len(last.parts)) || growing > 0
	case r.next:
		return !whole && q.Part < int64(growing)
	default:
		return false
	}
}
