package rendition

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
)

func at(msn, part int64) Request { return Request{MSN: msn, Part: part} }

func TestReloadsWaitForSegments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := begun(t, low())
		early := ask(t.Context(), a.Rendition, Latest())
		waits(t, early)
		a.grow(9)
		waits(t, early)
		a.part(tick, false, true) // the last one closes the segment
		<-a.Ready()
		answered(t, early)

		answered(t, ask(t.Context(), a.Rendition, at(0, -1)))
		next, second := ask(t.Context(), a.Rendition, at(1, -1)), ask(t.Context(), a.Rendition, at(2, -1))
		a.grow(5)
		waits(t, next)
		a.Close(0)
		if got := answered(t, next); !strings.Contains(got, "k-s1.m4s") {
			t.Errorf("got %s", got)
		}
		waits(t, second)
		a.segment()
		answered(t, second)
		if n := a.Totals().Held; n != 0 {
			t.Errorf("%d requests are held", n)
		}
	})
}

func TestReloadsWaitForParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := begun(t, low())
		a.write(2)
		for _, q := range []Request{at(0, 3), at(0, 1<<62), at(1, 9)} {
			answered(t, ask(t.Context(), a.Rendition, q))
		}
		first := ask(t.Context(), a.Rendition, at(2, 0))
		beyond := ask(t.Context(), a.Rendition, at(1, 10)) // the segment has ten: it is the first of the next (6.2.5.2)
		third := ask(t.Context(), a.Rendition, at(2, 2))
		far := ask(t.Context(), a.Rendition, at(3, 0))
		waits(t, first)
		waits(t, beyond)
		a.grow(1)
		answered(t, first)
		answered(t, beyond)
		waits(t, third)
		a.part(tick, false, false)
		a.Close(0) // it has two, so that the third is the first of the next
		waits(t, third)
		a.grow(1)
		if got := answered(t, third); !strings.Contains(got, "k-p22.m4s") {
			t.Errorf("got %s", got)
		}
		answered(t, far)
	})
}

func TestHintedPartsAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := begun(t, low())
		a.write(1)
		got := make(chan string, 2)
		for range 2 {
			go func() { got <- body(t, a.Rendition, "k-p10.m4s") }()
		}
		synctest.Wait()
		if len(got) > 0 || a.Totals().Held != 2 {
			t.Fatal("it does not wait")
		}
		refused(t, a.Rendition, "k-p11.m4s", fault.ResourceNotFound)
		a.grow(1)
		if one, two := <-got, <-got; one != "<11>" || two != one {
			t.Errorf("got %q, %q", one, two)
		}
		late := make(chan error, 1)
		go func() {
			_, err := a.Fetch(t.Context(), "k-p11.m4s")
			late <- err
		}()
		synctest.Wait()
		a.End()
		if err := <-late; fault.CodeOf(err) != fault.ResourceNotFound {
			t.Errorf("a part that never comes: %v", err)
		}
	})
}

func TestWhatCannotBeWaitedFor(t *testing.T) {
	a := begun(t, low())
	a.write(2)
	a.grow(3)
	for q, want := range map[Request]fault.Code{
		at(-1, 0):                      fault.InvalidRequest,
		at(4, -1):                      fault.InvalidRequest,
		at(1<<62, 0):                   fault.InvalidRequest,
		at(2, 18):                      fault.InvalidRequest, // 2 is the last; the Advance Part Limit is 15
		at(3, 15):                      fault.InvalidRequest,
		at(2, 1<<62):                   fault.InvalidRequest,
		at(2, 1<<63-1):                 fault.InvalidRequest,
		at(3, 1<<63-1):                 fault.InvalidRequest, // nothing of it is there
		at(1<<63-1, 1<<63-1):           fault.InvalidRequest,
		at(2, 2):                       "",
		at(1, 1<<62):                   "",
		at(0, -1):                      "",
		{MSN: 1}:                       "",
		Latest():                       "",
		{-1, -1, true, Latest().Start}: "",
	} {
		if _, err := a.Playlist(t.Context(), q); fault.CodeOf(err) != want {
			t.Errorf("%+v: %v, want %q", q, err, want)
		}
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	for _, q := range []Request{at(2, 17), at(3, 14), at(3, -1)} {
		if _, err := a.Playlist(gone, q); !errors.Is(err, context.Canceled) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestNobodyIsHeldForLongerThanThreeTargetDurations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := begun(t, low())
		a.write(1)
		began := time.Now()
		outs := []<-chan answer{ask(t.Context(), a.Rendition, at(1, -1)), ask(t.Context(), a.Rendition, at(1, 0))}
		<-time.After(400 * time.Millisecond)
		outs = append(outs, ask(t.Context(), a.Rendition, at(1, 3)))
		<-time.After(5 * time.Second)
		later := ask(t.Context(), a.Rendition, at(1, 0))
		for _, out := range outs {
			if got := <-out; fault.CodeOf(got.err) != fault.Stalled {
				t.Errorf("got %v", got.err)
			}
		}
		if took := time.Since(began); took < 6*time.Second || took > 7*time.Second {
			t.Errorf("it took %v", took)
		}
		waits(t, later)
		a.grow(1)
		answered(t, later)
		if n := a.Totals().Held; n != 0 {
			t.Errorf("%d requests are held", n)
		}
	})
}

func TestWhoeverWaitsHearsOfTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := begun(t, low())
		a.write(1)
		outs := []<-chan answer{ask(t.Context(), a.Rendition, at(2, -1)), ask(t.Context(), a.Rendition, at(1, 3))}
		a.End()
		for _, out := range outs {
			if got := answered(t, out); !strings.HasSuffix(got, "#EXT-X-ENDLIST\n") {
				t.Errorf("got %s", got)
			}
		}
	})
}

func TestWhoeverWaitsHearsOfTheRemoval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := begun(t, low())
		early := ask(t.Context(), a.Rendition, Latest())
		ctx, stop := context.WithCancelCause(t.Context())
		why := errors.New("the viewer left")
		left := ask(ctx, a.Rendition, Latest())
		stop(why)
		if got := <-left; !errors.Is(got.err, why) {
			t.Errorf("got %v", got.err)
		}
		part := make(chan error, 1)
		go func() {
			_, err := a.Fetch(t.Context(), "k-p0.m4s")
			part <- err
		}()
		synctest.Wait()
		a.Remove()
		a.Remove()
		<-a.Ready()
		failed(t, early, fault.Closed)
		if err := <-part; fault.CodeOf(err) != fault.Closed {
			t.Errorf("a part: %v", err)
		}
		for _, name := range []string{"k-p0.m4s", "k-s0.m4s", "k-i1.mp4"} {
			refused(t, a.Rendition, name, fault.Closed)
		}
		failed(t, ask(t.Context(), a.Rendition, Latest()), fault.Closed)
		a.segment() // a writer that has not heard of it
		a.End()
		if got := a.Totals(); got.Memory != 0 || got.Segments != 0 || !a.Ended() {
			t.Errorf("totals %+v", got)
		}
	})
}
