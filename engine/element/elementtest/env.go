package elementtest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// Env is an environment of stand-ins: an empty hub, no sessions, events that go nowhere, the machine's clock, and a log that
// goes to the test.
func Env(t testing.TB) element.Env {
	t.Helper()
	return element.Env{
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Stats: &stat.Set{}, Clock: clock{}, Hub: Hub{}, Sessions: Sessions{},
		Events: silence{},
	}
}

type clock struct{}

func (clock) Now() time.Time                         { return time.Now() }
func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }

type silence struct{}

func (silence) Emit(string, map[string]any) {}

// Sessions finds the sessions in it by name.
type Sessions map[string]any

// Session finds one.
func (s Sessions) Session(name string) (any, bool) {
	v, ok := s[name]
	return v, ok
}

// Hub is a hub in which everybody may publish and nobody is to be read.
type Hub struct{}

// Publish takes what is written and forgets it.
func (Hub) Publish(context.Context, string, media.Description) (element.Writer, error) {
	return nowhere{}, nil
}

// Read finds no stream.
func (Hub) Read(_ context.Context, name string, _ media.Want, _ element.Writer) (func(), error) {
	return nil, fault.New(fault.StreamNotFound, name, "nobody publishes %q", name)
}

type nowhere struct{}

func (nowhere) Write(int, []media.Packet) {}
