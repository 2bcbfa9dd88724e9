package probe_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"sluice/elements/probe"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// sender has some tracks, and may never say that these are all.
type sender struct {
	clock  *enginetest.Clock
	known  chan struct{}
	gone   chan struct{}
	tracks []media.Track
	asked  []int
}

func newSender(codecs ...media.Codec) *sender {
	s := &sender{clock: enginetest.NewClock(), known: make(chan struct{}), gone: make(chan struct{})}
	for _, c := range codecs {
		s.tracks = append(s.tracks, media.NewTrack(c))
	}
	return s
}

func (s *sender) settle(enough int) {
	s.asked = append(s.asked, enough)
	if len(s.tracks) >= enough && enough > 0 {
		close(s.known)
	}
}

// describe begins to wait, and gives what that brings.
func (s *sender) describe(ctx context.Context) func() ([]media.Track, error) {
	done, d, err := make(chan struct{}), media.Description{}, error(nil)
	go func() {
		defer close(done)
		p := probe.Probe{
			Clock: s.clock, Known: s.known, Gone: s.gone, Settle: s.settle, Tracks: func() []media.Track { return s.tracks }, Hint: "100% audio",
		}
		d, err = p.Describe(ctx)
	}()
	return func() ([]media.Track, error) { <-done; return d.Tracks, err }
}

func TestKnownAtOnce(t *testing.T) {
	s := newSender(media.H264, media.AAC)
	close(s.known)
	if tracks, err := s.describe(t.Context())(); len(tracks) != 2 || err != nil || s.asked != nil {
		t.Errorf("%v %v, asked %v", tracks, err, s.asked)
	}
}

// TestWhatDoesNotCome: after a while one track is enough.
func TestWhatDoesNotCome(t *testing.T) {
	s := newSender(media.AAC)
	wait := s.describe(t.Context())
	s.clock.AwaitAlarms(2)
	s.clock.Advance(probe.Patience)
	if tracks, err := wait(); len(tracks) != 1 || err != nil || !slices.Equal(s.asked, []int{1}) {
		t.Errorf("%v %v, asked %v", tracks, err, s.asked)
	}
}

func TestNothingComes(t *testing.T) {
	s := newSender()
	wait := s.describe(t.Context())
	s.clock.AwaitAlarms(2)
	s.clock.Advance(probe.Limit)
	_, err := wait()
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Code != fault.StartTimeout || f.Hint != "100% audio" || s.asked[len(s.asked)-1] != 0 {
		t.Errorf("%v, asked %v", err, s.asked)
	}
}

func TestSenderGoes(t *testing.T) {
	s := newSender(media.AAC)
	close(s.gone)
	if _, err := s.describe(t.Context())(); fault.CodeOf(err) != fault.Closed {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newSender().describe(ctx)(); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
