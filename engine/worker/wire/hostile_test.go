package wire

import (
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/worker/frame"
)

func TestViolations(t *testing.T) {
	for name, c := range map[string]struct {
		send func(w *frame.Writer) error
		says string
	}{
		"media without a track": {func(w *frame.Writer) error { return w.Flush(3) }, "not open"},
		"a track opened twice": {func(w *frame.Writer) error {
			_ = w.Open(3, 0, "a")
			return w.Open(3, 0, "b")
		}, "opened again"},
		"a codec of no track": {func(w *frame.Writer) error {
			_ = w.Open(3, 0, "a")
			return w.Codec(3, []byte("{"))
		}, "cannot be read"},
		"credit that was not spent": {func(w *frame.Writer) error { return w.Credit(3, 10) }, "credit"},
		"after its end": {func(w *frame.Writer) error {
			_ = w.Open(3, 0, "a")
			_ = w.EOS(3)
			return w.EOS(3)
		}, "not open"},
		"a flood of marks": {func(w *frame.Writer) error {
			_ = w.Open(3, 0, "a")
			for range 2 * frameBurst {
				_ = w.Flush(3)
			}
			return nil
		}, "flood"},
		"a flood of words": {func(w *frame.Writer) error {
			for range 3 {
				_ = w.Message(frame.Message{Kind: frame.State, JSON: make([]byte, 4<<20)})
			}
			return nil
		}, "flood"},
	} {
		t.Run(name, func(t *testing.T) {
			p := join(t, NewBudget(), func(_, _ uint16, _ string) Sink { return Sink{Port: newEar()} })
			if err := c.send(p.near.writer); err != nil {
				t.Fatal(err)
			}
			p.near.poke()
			if err := p.breaks(t); fault.CodeOf(err) != fault.ProtocolViolation || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// Answers may be larger than what is allowed unasked, and a budget fills again.
func TestBudget(t *testing.T) {
	p := join(t, NewBudget(), func(_, _ uint16, _ string) Sink { return Sink{} })
	for range 2 {
		if err := p.near.Message(frame.Message{Kind: frame.Result, Blob: make([]byte, 10<<20)}); err != nil {
			t.Fatal(err)
		}
		if f := p.next(t); f.Kind != frame.Result {
			t.Errorf("a %s came", f.Kind)
		}
	}
	b, now := NewBudget(), time.Unix(0, 0)
	n := 0
	for b.spend(now, 0) {
		n++
	}
	if n != frameBurst {
		t.Errorf("%d frames at once", n)
	}
	for n = 0; b.spend(now.Add(time.Second), 0); n++ {
	}
	if n != frameRate {
		t.Errorf("%d more after a second", n)
	}
	if !b.spend(now.Add(time.Hour), byteBurst) || b.spend(now.Add(time.Hour), 1) {
		t.Error("the bytes are not counted")
	}
}

// FuzzNext gives an end hostile bytes: it must end with an error, without panic and without holding much.
func FuzzNext(f *testing.F) {
	seed := func(build func(w *frame.Writer)) {
		var b strings.Builder
		w := frame.NewWriter(&b, frame.Limits{Window: window})
		build(w)
		_ = w.Send()
		f.Add([]byte(b.String()))
	}
	seed(func(w *frame.Writer) {
		_ = w.Open(1, 2, "a")
		_ = w.Codec(1, []byte(`{"Kind":"video"}`))
		_, _ = w.Unit(1, &frame.Unit{AU: [][]byte{{1}, {2, 3}}})
		_, _ = w.Gap(1, frame.Silence{PTS: 1, Duration: 2})
		_ = w.Flush(1)
		_ = w.EOS(1)
	})
	seed(func(w *frame.Writer) { _ = w.Message(frame.Message{Kind: frame.State, JSON: []byte("{}")}) })
	seed(func(w *frame.Writer) { _ = w.Heartbeat(1); _ = w.Key(5); _ = w.Credit(5, 100) })
	f.Fuzz(func(t *testing.T, data []byte) {
		a, b := sockets(t)
		defer a.Close()
		e := New(b, NewBudget(), func(_, _ uint16, _ string) Sink { return Sink{Port: copier{newEar()}, Gate: &Gate{}} })
		defer e.Close()
		go func() {
			_, _ = a.Write(data)
			a.Close()
		}()
		for n := 0; ; n++ {
			if _, err := e.Next(); err != nil {
				return
			}
			if n > len(data) {
				t.Fatal("more frames than bytes")
			}
		}
	})
}
