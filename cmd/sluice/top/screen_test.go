package top

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

var update = flag.Bool("update", false, "write the golden files anew")

// screen is a model whose messages are given by hand.
type screen struct {
	*Model
	t   *testing.T
	api *fakeAPI
}

func newScreen(t *testing.T, width, height int) *screen {
	t.Helper()
	api := newFake()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	m := newModel(t.Context(), Options{API: api, Every: time.Second, Screen: null})
	m.now, m.zone = func() time.Time { return api.at }, time.UTC
	s := &screen{m, t, api}
	s.Update(tea.WindowSizeMsg{Width: width, Height: height})
	return s
}

// look takes a sample, a second after the one before.
func (s *screen) look() {
	s.t.Helper()
	s.api.at = s.api.at.Add(time.Second)
	s.Update(s.sample()())
}

// press gives keys to the model, and what their commands bring. Quit is told.
func (s *screen) press(keys ...string) (quit bool) {
	s.t.Helper()
	named := map[string]tea.KeyType{
		"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "backspace": tea.KeyBackspace,
		"ctrl+c": tea.KeyCtrlC, "end": tea.KeyEnd, "home": tea.KeyHome, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "left": tea.KeyLeft, "ctrl+u": tea.KeyCtrlU,
	}
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if t, ok := named[k]; ok {
			msg = tea.KeyMsg{Type: t}
		}
		_, cmd := s.Update(msg)
		for cmd != nil {
			got := cmd()
			if _, ok := got.(tea.QuitMsg); ok {
				return true
			}
			_, cmd = s.Update(got)
		}
	}
	return false
}

// has fails if the view lacks one of some texts.
func (s *screen) has(texts ...string) {
	s.t.Helper()
	view := s.View()
	for _, text := range texts {
		if !strings.Contains(view, text) {
			s.t.Errorf("no %q in\n%s", text, view)
		}
	}
}

func (s *screen) lacks(text string) {
	s.t.Helper()
	if view := s.View(); strings.Contains(view, text) {
		s.t.Errorf("%q in\n%s", text, view)
	}
}

// golden compares the view with a file.
func (s *screen) golden(name string) {
	s.t.Helper()
	file := filepath.Join("testdata", name+".txt")
	var got strings.Builder
	for _, line := range strings.Split(s.View(), "\n") {
		got.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got.String() {
		s.t.Errorf("%s: %v\n%s\nwant\n%s", name, err, &got, want)
	}
}
