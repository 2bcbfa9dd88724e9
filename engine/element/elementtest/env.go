package elementtest

import (
	"log/slog"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/stat"
)

// Env is an environment of stand-ins: no sessions, events that go nowhere, the machine's clock, and a log that
// goes to the test.
func Env(t testing.TB) element.Env {
	t.Helper()
	return element.Env{
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Stats: &stat.Set{}, Clock: clock{}, Sessions: Sessions{}, Events: silence{},
		Over: func(error) {},
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
