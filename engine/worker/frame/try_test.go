package frame

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// narrow takes so many bytes of each try, and all of a write.
type narrow struct {
	bytes.Buffer
	takes int
	err   error
}

func (n *narrow) TryWrite(b []byte) (int, error) {
	if n.err != nil {
		return 0, n.err
	}
	k := min(n.takes, len(b))
	n.Write(b[:k])
	return k, nil
}

// However much of a try is taken, frames come out whole, each lane in order.
func TestTryLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out := &narrow{}
		w := NewWriter(out, Limits{})
		last := map[bool]uint32{}
		sent := map[bool]uint32{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			out.takes = rapid.SampledFrom([]int{0, 1, 5, 20, 1000}).Draw(t, "takes")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				behind := rapid.Bool().Draw(t, "behind")
				sent[behind]++
				m, queue := Message{Kind: State, ID: sent[behind], JSON: []byte("{}")}, w.Message
				if behind {
					m.Kind, queue = Change, w.Behind
				}
				if err := queue(m); err != nil {
					t.Fatal(err)
				}
			case 2:
				all, err := w.Try()
				if err != nil || all == w.waits() {
					t.Fatalf("all %t, %v, but waiting %t", all, err, w.waits())
				}
			case 3:
				if err := w.Send(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Send(); err != nil {
			t.Fatal(err)
		}
		r := NewReader(&out.Buffer, Limits{})
		for {
			f, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			m, err := f.Message()
			behind := f.Kind == Change
			if last[behind]++; err != nil || m.ID != last[behind] {
				t.Fatalf("message %d where %d is next, %v", m.ID, last[behind], err)
			}
		}
		if last[true] != sent[true] || last[false] != sent[false] {
			t.Fatalf("sent %v, came %v", sent, last)
		}
	})
}

func TestTryLeavesToSend(t *testing.T) {
	w := NewWriter(io.Discard, Limits{})
	if err := w.Heartbeat(1); err != nil {
		t.Fatal(err)
	}
	if all, err := w.Try(); all || err != nil {
		t.Errorf("a stream that cannot be tried: %t, %v", all, err)
	}
	out := &narrow{takes: 1 << 30}
	w = NewWriter(out, Limits{})
	if err := w.Message(Message{Kind: State, Blob: make([]byte, 2*writeBatch)}); err != nil {
		t.Fatal(err)
	}
	if all, err := w.Try(); all || err != nil || out.Len() > 0 {
		t.Errorf("much is tried: %t, %v, %d bytes", all, err, out.Len())
	}
	broken := errors.New("broken")
	w = NewWriter(&narrow{err: broken}, Limits{})
	if err := w.Heartbeat(1); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Try(); !errors.Is(err, broken) || !errors.Is(w.Heartbeat(2), broken) || !errors.Is(w.Send(), broken) {
		t.Errorf("a broken stream: %v", err)
	}
}
