package top

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"sluice/api/rest/client"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// TestOnce prints a real server.
func TestOnce(t *testing.T) {
	s := clienttest.Start(t)
	s.Publish("live/cam", media.H264, media.Opus)
	id := s.Call("live/cam")
	c, err := client.New(client.Options{Server: s.URL, Credentials: client.Credentials{Token: clienttest.Token}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var out strings.Builder
	if err := Once(t.Context(), Options{API: c, Every: time.Millisecond, Out: &out}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sluice v0.test  up ", "streams 1  viewers 1  sessions 1  pipelines 1", "\nlive/cam  h264+opus", "\n" + id, "calls/peer  live", "test      play  live/cam  192.0.2.7:5000"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Once(ctx, Options{API: c, Every: time.Hour, Out: &out}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// flaky breaks off, comes back, and refuses in the end.
type flaky struct {
	*fakeAPI
	calls int
}

func (f *flaky) Events(_ context.Context, _ client.Follow, take func(wire.Event) error) error {
	switch f.calls++; f.calls {
	case 1:
		return &client.Unreached{Fault: fault.New(fault.Unreachable, "", "not yet")}
	case 2:
		return take(wire.Event{Name: "a.b"})
	}
	return problem.Refuse(403, fault.Forbidden, "not you")
}

// TestFollow: events are followed until that is refused.
func TestFollow(t *testing.T) {
	var names []string
	follow(t.Context(), &flaky{fakeAPI: newFake()}, time.Microsecond, func(msg tea.Msg) {
		if h, ok := msg.(happened); ok {
			names = append(names, h.event.Name)
		}
	})
	if strings.Join(names, " ") != "a.b refused" {
		t.Error(names)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	follow(ctx, newFake(), time.Hour, func(tea.Msg) { t.Error("something came") })
}
