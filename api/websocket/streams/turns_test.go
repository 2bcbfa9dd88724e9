package streams

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sluice/engine/event"
)

func said(name, payload string) event.Event {
	return event.Event{Body: event.Data{Name: name, Payload: json.RawMessage(payload)}}
}

// taken takes all there is, in the form "stream payload", or "stream lost".
func taken(t *turns) []string {
	var all []string
	for {
		name, e, lost, ok := t.take()
		switch {
		case !ok:
			return all
		case lost:
			all = append(all, name+" lost")
		default:
			all = append(all, name+" "+string(e.Body.(event.Data).Payload))
		}
	}
}

// TestStreamsTakeTurns holds that a quiet stream waits for one event of each busy one, whatever came before.
func TestStreamsTakeTurns(t *testing.T) {
	all := newTurns()
	for _, payload := range []string{"1", "2", "3"} {
		all.push("busy", said("busy", payload))
	}
	all.push("quiet", said("quiet", "1"))
	all.lose("gone")
	want := []string{"busy 1", "quiet 1", "gone lost", "busy 2", "busy 3"}
	if got := taken(all); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if len(all.lines)+len(all.order) != 0 {
		t.Errorf("%d lines are left", len(all.lines))
	}
}

// TestLinesAreBounded holds how much waits of one stream, and that its players are told of the loss behind what is left.
func TestLinesAreBounded(t *testing.T) {
	for _, c := range []struct {
		payload string
		want    int
	}{{"1", maxLine}, {strings.Repeat("1", maxLineBytes/4), 4}} {
		all := newTurns()
		for range maxLine + 10 {
			all.push("a", said("a", c.payload))
		}
		all.push("b", said("b", "1"))
		got := taken(all)
		if len(got) != c.want+2 || got[1] != "b 1" || got[len(got)-1] != "a lost" {
			t.Errorf("%d bytes each: %d taken, the last is %.20s", len(c.payload), len(got), got[len(got)-1])
		}
	}
}

func TestNextWaits(t *testing.T) {
	all := newTurns()
	ctx, cancel := context.WithCancel(t.Context())
	names := make(chan string)
	go func() {
		defer close(names)
		for {
			name, _, _, ok := all.next(ctx)
			if !ok {
				return
			}
			names <- name
		}
	}()
	for _, name := range []string{"a", "b", "a"} {
		all.push(name, said(name, "1"))
		if got := <-names; got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
	cancel()
	if name, more := <-names; more {
		t.Errorf("got %q after the end", name)
	}
}

func TestStreamOf(t *testing.T) {
	for want, body := range map[string]any{
		"a": event.Mute{Name: "a"}, "b": event.Data{Name: "b"}, "c": event.Stream{Name: "c"}, "": event.Reader{Stream: "d"},
	} {
		if got := streamOf(event.Event{Body: body}); got != want {
			t.Errorf("%T: got %q, want %q", body, got, want)
		}
	}
}
