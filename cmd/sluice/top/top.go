// Package top shows how a server is, live, in a terminal: its streams, its pipelines and what happens, with a way to have one explained or
// ended. It asks the REST API again and again and keeps nothing but the last two answers, of which speeds are made. Where there is no
// terminal it prints one look and ends.
package top

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"sluice/api/rest/client"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

// Options say what to show, and where.
type Options struct {
	API    API
	Every  time.Duration // between two looks
	Out    io.Writer     // of Once
	In     io.Reader     // keys
	Screen *os.File      // the terminal of Run
	Colour bool
}

// newModel makes the view.
func newModel(ctx context.Context, o Options) *Model {
	r := lipgloss.NewRenderer(o.Screen)
	if !o.Colour {
		r.SetColorProfile(termenv.Ascii)
	}
	m := &Model{api: o.API, ctx: ctx, every: o.Every, now: time.Now, zone: time.Local, look: newLooks(r)}
	m.tables[eventTab].by = 1
	return m
}

// Run shows the view until somebody quits, or ctx ends, which is no failure.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := tea.NewProgram(newModel(ctx, o), tea.WithContext(ctx), tea.WithAltScreen(), tea.WithInput(o.In), tea.WithOutput(o.Screen))
	done := make(chan struct{})
	go func() {
		defer close(done)
		follow(ctx, o.API, o.Every, p.Send)
	}()
	_, err := p.Run()
	stopped := ctx.Err() != nil
	cancel()
	<-done
	if stopped || errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}

// follow passes on what happens, also after the server was away. What the server refuses is told and not asked for again.
func follow(ctx context.Context, api API, pause time.Duration, send func(tea.Msg)) {
	for ctx.Err() == nil {
		err := api.Events(ctx, client.Follow{}, func(e wire.Event) error {
			send(happened{e})
			return nil
		})
		if r, ok := errors.AsType[*problem.Refusal](err); ok {
			send(happened{wire.Event{Name: "refused", Path: "/v1/events", Vars: map[string]any{"why": r.Msg}}})
			return
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
	}
}

// Once prints one look: the server, its streams, its pipelines and its sessions. Speeds need two answers, so it takes as long as Every.
func Once(ctx context.Context, o Options) error {
	first, err := take(ctx, o.API, time.Now, nil)
	if err != nil {
		return err
	}
	t := time.NewTimer(o.Every)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	second, err := take(ctx, o.API, time.Now, nil)
	if err != nil {
		return err
	}
	return snapshot(o.Out, newModel(ctx, o), pair{first, second})
}

// snapshot prints what the view shows, whole.
func snapshot(w io.Writer, m *Model, p pair) error {
	m.pair = p
	for _, line := range m.about() {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	for _, t := range []tab{streamTab, pipelineTab, sessionTab} {
		m.tab = t
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		out := &show.Table{}
		for _, c := range t.columns() {
			out.Head = append(out.Head, c.title)
		}
		for _, r := range m.rows() {
			out.Add(r.cells...)
		}
		if err := out.Write(w, show.Style{Terminal: true}); err != nil {
			return err
		}
	}
	return nil
}
