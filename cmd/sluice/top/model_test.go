package top

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// fakeAPI is a server whose counters grow with its clock.
type fakeAPI struct {
	at      time.Time
	started time.Time
	down    error
	ended   []string
	events  []wire.Event
}

func newFake() *fakeAPI { return &fakeAPI{at: noon, started: noon.Add(-3 * time.Hour)} }

func (f *fakeAPI) Server() string { return "http://127.0.0.1:8081" }

// seconds is how long the server runs.
func (f *fakeAPI) seconds() float64 { return f.at.Sub(f.started).Seconds() }

func (f *fakeAPI) About(context.Context) (wire.Server, error) {
	return wire.Server{
		Version: "v0.9.1", Started: f.started, Uptime: f.seconds(), CPUs: 4, CPU: 0.12 * f.seconds(), Workers: 1.5 * f.seconds(), Memory: 120 << 20,
		Streams: 3, Readers: 14, Pipelines: 3, Sessions: 5, Held: 1,
	}, f.down
}

// track is a track with so many bits and pictures by the second.
func (f *fakeAPI) track(id, kind, codec, form string, bits, units float64, readers int) wire.Track {
	t := wire.Track{
		ID: id, Kind: kind, Codec: codec, Form: form, Readers: readers,
		Counts: wire.Counts{Bytes: uint64(bits / 8 * f.seconds()), Units: uint64(units * f.seconds())},
	}
	if kind == "video" {
		t.Width, t.Height = 1280, 720
	}
	return t
}

func (f *fakeAPI) Streams(context.Context, string, client.Paging) (wire.Page[wire.Stream], error) {
	small := f.track("video~h264", "video", "h264", "units", 500_000, 30, 2)
	small.Converted = true
	packets := f.track("video", "video", "vp8", "packets", 2_000_000, 250, 10)
	packets.Derived = &wire.Counts{Units: uint64(30 * f.seconds())}
	return wire.Page[wire.Stream]{Items: []wire.Stream{
		{Name: "live/cam", Publication: 1, Since: noon.Add(-72 * time.Minute), Readers: 12, Tracks: []wire.Track{
			packets, f.track("audio", "audio", "opus", "packets", 64_000, 50, 12), small,
		}},
		{Name: "rooms/a-room-with-a-rather-long-name/and-more", Publication: 2, Since: noon.Add(-5 * time.Second), Readers: 1, Tracks: []wire.Track{
			f.track("video", "video", "h264", "units", 1_250_000, 25, 1),
		}},
		{Name: "bad\x1b[2Jname", Publication: 3, Since: noon.Add(-49 * time.Hour), Readers: 1, Tracks: []wire.Track{
			f.track("audio", "audio", "pcma", "packets", 64_000, 50, 1),
		}},
	}, Total: 3}, f.down
}

func (f *fakeAPI) Pipelines(context.Context, client.PipelineFilter, client.Paging) (wire.Page[wire.Pipeline], error) {
	return wire.Page[wire.Pipeline]{Items: []wire.Pipeline{
		{ID: "bars", Graph: "jobs/pattern", State: "live", Since: noon.Add(-time.Minute)},
		{ID: "lobby", Graph: "rooms/mixer", State: "degraded", Since: noon.Add(-time.Hour), Restarts: 2, Fault: &wire.Fault{Code: "stalled", Text: "nothing came"}},
		{ID: "k3x9q2ab", Graph: "web/webrtc", State: "live", Since: noon.Add(-time.Second)},
	}, Total: 3}, f.down
}

func (f *fakeAPI) Pipeline(_ context.Context, id string) (wire.PipelineDetail, error) {
	if id == "k3x9q2ab" {
		return wire.PipelineDetail{}, fault.New(fault.ResourceNotFound, "", "gone")
	}
	return wire.PipelineDetail{
		Pipeline: wire.Pipeline{ID: id, Graph: "g", State: "live", Since: noon.Add(-time.Minute)},
		Process:  &wire.Process{PID: 7, CPU: 0.75 * f.seconds(), Memory: 60 << 20},
	}, f.down
}

func (f *fakeAPI) ExplainStream(_ context.Context, name string) (wire.Explanation, error) {
	return wire.Explanation{Name: name, Published: true, Readers: []wire.Reader{{ID: 7, Since: noon, Wants: "video: h264", Tracks: []wire.Choice{
		{Kind: "video", Track: "h264 1280x720", How: "conversion", Reason: "vp8 published, h264 wanted"},
	}}}}, f.down
}

func (f *fakeAPI) EndStream(_ context.Context, name string) error {
	f.ended = append(f.ended, "stream "+name)
	return f.down
}

func (f *fakeAPI) EndPipeline(_ context.Context, id string, _ time.Duration) error {
	f.ended = append(f.ended, "pipeline "+id)
	return f.down
}

func (f *fakeAPI) Events(ctx context.Context, _ client.Follow, take func(wire.Event) error) error {
	for _, e := range f.events {
		if err := take(e); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

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

func TestGolden(t *testing.T) {
	for _, size := range []struct {
		name          string
		width, height int
	}{{"80x24", 80, 24}, {"120x40", 120, 40}} {
		s := newScreen(t, size.width, size.height)
		s.look()
		s.look()
		s.golden("streams-" + size.name)
		s.press("2")
		s.look()
		s.press("down")
		s.look()
		s.golden("pipelines-" + size.name)
		s.Update(happened{wire.Event{ID: "x-1", Time: noon, Name: "stream.published", Path: "/live/cam"}})
		s.Update(happened{wire.Event{ID: "x-2", Time: noon.Add(time.Second), Name: "instance.changed", Body: map[string]any{
			"id": "lobby", "graph": "rooms/mixer", "from": "live", "to": "degraded", "cause": map[string]any{"code": "stalled", "text": "nothing came"},
		}}})
		s.press("3")
		s.golden("events-" + size.name)
		s.press("?")
		s.golden("help-" + size.name)
	}
}

func TestSpeeds(t *testing.T) {
	s := newScreen(t, 120, 40)
	s.has("asking the server")
	s.look()
	s.has("live/cam", "  -      -")
	s.look()
	s.has("live/cam", "30  2.06M  21.8M", "CPU 12% of 4", "workers 150%")
	s.api.started = s.api.at // it began anew
	s.look()
	s.has("  -      -", "CPU -")
	s.look()
	s.has("2.06M")
}

func TestSorting(t *testing.T) {
	s := newScreen(t, 120, 40)
	s.look()
	s.look()
	order := func(want ...string) {
		t.Helper()
		for i, r := range s.rows() {
			if r.key != want[i] {
				t.Errorf("row %d is %s, want %v", i, r.key, want)
			}
		}
	}
	cam, room, bad := "live/cam", "rooms/a-room-with-a-rather-long-name/and-more", "bad\x1b[2Jname"
	order(bad, cam, room)
	s.press("r")
	order(room, cam, bad)
	s.press("s", "s", "s", "s") // in
	s.has("sorted by in, down")
	order(cam, room, bad)
	s.press("S", "S", "S", "S", "S") // round to age
	s.has("sorted by age, down")
	order(bad, cam, room)
}

func TestFilter(t *testing.T) {
	s := newScreen(t, 100, 30)
	s.look()
	s.press("/", "H", "2", "6", "5", "backspace", "4")
	s.has("/H264_", "rooms/a-room")
	s.lacks("live/cam")
	if s.press("q") {
		t.Error("a letter of the filter ended it")
	}
	s.press("backspace", "enter")
	s.has("filter H264", "q quit")
	s.press("/", "x", "enter")
	s.has("nothing has H264x in it")
	s.press("esc")
	s.has("live/cam")
	s.press("/", "a", "esc")
	s.lacks("filter a")
	s.press("/", "a", "ctrl+u", "\x1b", "enter")
	s.has(`filter \x1b`)
	if !s.press("esc", "esc") {
		t.Error("esc does not end it")
	}
}

func TestChoice(t *testing.T) {
	s := newScreen(t, 100, 30)
	s.look()
	s.press("down")
	if s.tables[streamTab].chosen != "live/cam" {
		t.Error(s.tables[streamTab].chosen)
	}
	s.press("enter")
	s.has("live/cam", "gets video h264 1280x720, conversion: vp8 published, h264 wanted")
	s.press("q", "x")
	s.has("end the stream live/cam? y/n")
	s.press("n")
	s.has("nothing was ended")
	s.press("x", "y")
	s.has("live/cam is ending")
	s.press("tab", "end", "up", "enter")
	s.has("k3x9q2ab: ", "gone") // it ended meanwhile
	s.press("home", "enter")
	s.has("It is live for")
	s.press("esc", "x")
	s.has("end the pipeline bars? y/n")
	s.api.down = errors.New("no way")
	s.press("y")
	s.has("bars: no way")
	if strings.Join(s.api.ended, ", ") != "stream live/cam, pipeline bars" {
		t.Error(s.api.ended)
	}
	s.press("tab", "x", "enter") // events cannot be ended, and there are none
	s.has("no events")
	s.press("?", "q2")
	if s.mode != browsing || s.tab != pipelineTab {
		t.Error("keys that come together are lost")
	}
	if !s.press("ctrl+c") {
		t.Error("ctrl+c does not end it")
	}
}

// TestAway: the last numbers stay while the server is away, and it is asked again.
func TestAway(t *testing.T) {
	s := newScreen(t, 100, 30)
	s.look()
	s.api.down = fault.New(fault.Unreachable, "there", "the server cannot be reached")
	s.look()
	s.has("there: the server cannot be reached", "live/cam")
	s.api.down = nil
	s.look()
	s.lacks("cannot be reached")
	if _, cmd := s.Update(due{}); cmd == nil {
		t.Error("nothing is asked")
	}
	if _, cmd := s.Update(sampled{err: errors.New("x")}); cmd == nil {
		t.Error("no other attempt")
	}
}

// TestScrolling: the chosen row is always in sight.
func TestScrolling(t *testing.T) {
	s := newScreen(t, 80, 10)
	for i := range 1200 {
		s.Update(happened{wire.Event{ID: string(rune('a'+i%26)) + time.Duration(i).String(), Time: noon, Name: "n" + time.Duration(i).String()}})
	}
	if len(s.events) != 1000 {
		t.Errorf("%d events are kept", len(s.events))
	}
	s.look()
	s.press("3")
	s.has("n1.199µs")
	s.press("down", "down")
	chosen := s.tables[eventTab].chosen
	for range 20 {
		s.press("pgdown")
	}
	s.press("pgup", "up", "left", "tab")
	if s.tables[eventTab].chosen == chosen {
		t.Error("it did not move")
	}
	s.press("end")
	s.has("n200ns")
	s.Update(tea.WindowSizeMsg{Width: 80, Height: 9})
	s.has("n200ns")
	s.press("home")
	s.has("n1.199µs")
	s.press("?", "down", "pgdown", "end", "home", "up", "pgup")
	s.has("1 2 3, tab", "more lines below")
}

// TestSizes: whatever the terminal's size, nothing is drawn outside it, and nothing breaks.
func TestSizes(t *testing.T) {
	for width := range 130 {
		for _, height := range []int{0, 1, 2, 3, 5, 7, 8, 9, 24} {
			s := newScreen(t, width, height)
			s.look()
			for _, keys := range [][]string{{"down", "s"}, {"2"}, {"3"}, {"?"}, {"q", "1", "x"}, {"n", "/", "a"}} {
				s.press(keys...)
				lines := strings.Split(s.View(), "\n")
				if s.View() != "" && len(lines) > height {
					t.Fatalf("%dx%d: %d lines", width, height, len(lines))
				}
				for _, line := range lines {
					if n := len([]rune(line)); n > width {
						t.Fatalf("%dx%d: %d columns: %q", width, height, n, line)
					}
				}
			}
		}
	}
}
