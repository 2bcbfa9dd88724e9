package top

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"

	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
		s.golden("sessions-" + size.name)
		s.press("4")
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
	s.api.down = nil
	s.press("tab", "down", "enter")
	s.has("k9", "publish", "live/cam")
	s.press("q", "x", "y")
	s.has("k9 is ending")
	s.press("tab", "x", "enter") // events cannot be ended, and there are none
	s.has("no events")
	if strings.Join(s.api.ended, ", ") != "stream live/cam, pipeline bars, session k9" {
		t.Error(s.api.ended)
	}
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
	s.press("4")
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
	s.has("1 to 4, tab", "more lines below")
}

// TestSizes: whatever the terminal's size, nothing is drawn outside it, and nothing breaks.
func TestSizes(t *testing.T) {
	for width := range 130 {
		for _, height := range []int{0, 1, 2, 3, 5, 7, 8, 9, 24} {
			s := newScreen(t, width, height)
			s.look()
			for _, keys := range [][]string{{"down", "s"}, {"2"}, {"3"}, {"4"}, {"?"}, {"q", "1", "x"}, {"n", "/", "a"}} {
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
