package mixer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/mixer"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

const idle = 10 * time.Second

func auto(t *testing.T) *house {
	t.Helper()
	return open(t, mixer.Options{AutoStart: true, Idle: idle, Usual: usual()})
}

// away has nobody publish some streams any more, for so long that their guests' places are given up.
func (h *house) away(streams ...string) {
	h.t.Helper()
	for _, stream := range streams {
		h.unpublish(stream)
	}
	const some = 500 * time.Millisecond // so few that nobody else's time is up
	h.until("their places are given up", func() bool {
		for _, m := range h.List() {
			if slices.ContainsFunc(in(m), func(stream string) bool { return slices.Contains(streams, stream) }) {
				h.clock.Advance(some) // rooms may learn late that somebody is away
				return false
			}
		}
		return true
	})
}

// holds waits until a room is as its guests want it.
func (h *house) holds(room string, streams ...string) *mixer.Mixer {
	h.t.Helper()
	var m *mixer.Mixer
	h.until(fmt.Sprintf("%v in %s", streams, room), func() bool {
		var err error
		m, err = h.Find(room)
		return err == nil && slices.Equal(in(m), streams)
	})
	return m
}

// A room begins with its first guest, goes on while there are some, and a while longer.
func TestAutomatic(t *testing.T) {
	h := auto(t)
	h.publish("ann#hall")
	m := h.holds("hall", "ann#hall")
	if m.Output != "hall" || !m.Auto {
		t.Errorf("%+v", m)
	}
	h.publish("live/ann#hall") // another room: rooms are beside their guests
	h.holds("live/hall", "live/ann#hall")
	h.publish("bob#hall")
	if again := h.holds("hall", "ann#hall", "bob#hall"); again != m {
		t.Error("the room is another")
	}
	h.until("what bob hears", func() bool { return h.engine.Streams().Has("hall-bobhall") })
	h.away("ann#hall")
	h.holds("hall", "bob#hall")
	h.publish("ann#hall")
	h.holds("hall", "ann#hall", "bob#hall")
	before := fmt.Sprint(m.Guests())
	h.unpublish("ann#hall") // for a moment
	h.publish("ann#hall")
	h.clock.Advance(time.Second)
	if after := fmt.Sprint(h.holds("hall", "ann#hall", "bob#hall").Guests()); before != after {
		t.Errorf("%s was %s", after, before)
	}
	h.away("ann#hall", "bob#hall")
	h.holds("hall")
	h.clock.AwaitAlarms(1)
	h.clock.Advance(idle / 2)
	if _, err := h.Find("hall"); err != nil {
		t.Error(err)
	}
	h.until("the end", func() bool {
		h.clock.Advance(idle / 2)
		return !h.engine.Streams().Has("hall") && h.listed() == "live/hall"
	})
	h.publish("cid#hall")
	h.holds("hall", "cid#hall")
}

func (h *house) listed() string {
	out := ""
	for _, m := range h.List() {
		out += m.Name
	}
	return out
}

// A name with which nothing is meant, or which is taken, makes no room; what is published goes on.
func TestNoRoom(t *testing.T) {
	h := auto(t)
	h.publish("hall")
	for _, name := range []string{"ann#hall", "#hall", "ann#", "a#b#c#d", "ann"} {
		h.publish(name)
	}
	h.publish("ann#other")
	h.holds("other", "ann#other")
	if got := h.listed(); got != "other" {
		t.Error(got)
	}
	h.unpublish("hall")
	h.publish("bob#hall") // the next who comes has it begin
	h.holds("hall", "ann#hall", "bob#hall")
}

// A room that could not begin, since its name was somebody's, begins by itself as soon as it can, with whoever is there.
func TestBeginsLater(t *testing.T) {
	h := auto(t)
	h.publish("hall")
	h.publish("ann#hall")
	for range 3 { // in vain
		h.clock.AwaitAlarms(1)
		h.clock.Advance(time.Minute)
	}
	h.clock.AwaitAlarms(1)
	if got := h.listed(); got != "" {
		t.Error(got)
	}
	h.unpublish("hall")
	h.later("hall", "ann#hall")
}

// Guests join the mixer of their room's name that somebody started by hand. It is his: it stays when they go.
func TestByHand(t *testing.T) {
	h := auto(t)
	m := h.begun("hall", usual())
	h.publish("ann#hall")
	if again := h.holds("hall", "ann#hall"); again != m {
		t.Error("the room is another")
	}
	h.away("ann#hall")
	h.holds("hall")
	h.clock.AwaitAlarms(1)
	h.clock.Advance(idle)
	h.publish("bob#hall")
	if again := h.holds("hall", "bob#hall"); again != m {
		t.Error("the room is another")
	}
}

// A room that somebody ends while guests are there begins with the next who comes.
func TestEnded(t *testing.T) {
	h := auto(t)
	h.publish("ann#hall")
	if err := h.holds("hall", "ann#hall").Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.publish("bob#hall")
	h.holds("hall", "ann#hall", "bob#hall")
}

// Two who go by one name are both in the room, and each is given something to hear.
func TestNamesakes(t *testing.T) {
	h := auto(t)
	h.publish("ann-desktop#hall")
	h.holds("hall", "ann-desktop#hall")
	h.until("what ann hears", func() bool { return h.engine.Streams().Has("hall-ann-desktophall") })
	h.publish("ann#hall#desktop")
	h.holds("hall", "ann#hall#desktop", "ann-desktop#hall")
	h.until("what her screen hears", func() bool { return h.engine.Streams().Has("hall-ann-desktophall-030c1b21") })
}

// What a room is about to publish is worth waiting for, and nothing else.
func TestComing(t *testing.T) {
	h := auto(t)
	h.publish("ann#hall")
	h.publish("live/ann#hall")
	h.holds("hall", "ann#hall")
	for name, want := range map[string]bool{
		"hall": true, "hall-annhall": true, "live/hall-annhall": true,
		"hall-bobhall": false, "ann": false, "ann#hall": false, "hall-": false, "": false, "-": false, "hall-hall": false,
		"other": false, "other/hall-annhall": false,
	} {
		if got := h.Coming(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// later has time go by until somebody is in a room.
func (h *house) later(room string, streams ...string) {
	h.t.Helper()
	h.until(fmt.Sprint(streams), func() bool {
		m, err := h.Find(room)
		if err == nil && slices.Equal(in(m), streams) {
			return true
		}
		h.clock.Advance(time.Second)
		return false
	})
}

// Who could not be let in since a name was taken is there as soon as he can be.
func TestTriedAgain(t *testing.T) {
	h := auto(t)
	h.publish("hall-annhall") // what ann is to hear
	h.publish("bob#hall")
	h.publish("ann#hall")
	h.holds("hall", "bob#hall")
	for range 3 { // and in vain
		h.clock.AwaitAlarms(1)
		h.clock.Advance(time.Minute)
	}
	h.clock.AwaitAlarms(1)
	h.holds("hall", "bob#hall")
	h.unpublish("hall-annhall")
	h.later("hall", "ann#hall", "bob#hall")
	h.away("ann#hall")
	h.holds("hall", "bob#hall")
}

// A place that somebody leaves is taken at once by one for whom there was none.
func TestFullRoom(t *testing.T) {
	h := openWith(t, mixer.Options{AutoStart: true, Idle: idle, Usual: usual()}, func(graph string) string {
		return strings.ReplaceAll(graph, "seats: {type: int, default: 36", "seats: {type: int, default: 1")
	})
	h.publish("ann#hall")
	h.holds("hall", "ann#hall")
	h.publish("bob#hall")
	h.clock.AwaitAlarms(1) // he is tried again
	h.unpublish("ann#hall")
	h.clock.AwaitAlarms(2) // her place is kept
	h.clock.Advance(2 * time.Second)
	h.holds("hall", "bob#hall")
}

// For each place that somebody leaves, no more are tried than it takes to find that it is taken, however many wait.
func TestFullRoomOfMany(t *testing.T) {
	const waiting, changes = 30, 2 // changes of fields, whenever somebody is tried
	h := openWith(t, mixer.Options{AutoStart: true, Idle: idle, Usual: usual()}, func(graph string) string {
		return strings.ReplaceAll(graph, "seats: {type: int, default: 36", "seats: {type: int, default: 1")
	})
	h.publish("ann#hall")
	h.holds("hall", "ann#hall")
	for n := range waiting {
		h.publish(fmt.Sprintf("bob%d#hall", n))
	}
	was := "ann#hall"
	for range 2 { // when there is a third, all that came of the second is done
		h.unpublish(was)
		h.until("another", func() bool {
			h.clock.Advance(500 * time.Millisecond)
			m, err := h.Find("hall")
			if err != nil || len(in(m)) != 1 || in(m)[0] == was {
				return false
			}
			was = in(m)[0]
			return true
		})
	}
	h.mu.Lock()
	room := h.opened[len(h.opened)-1]
	h.mu.Unlock()
	tried := 0
	for _, c := range room.Calls() {
		if c.Change.Verb == run.Set {
			tried++
		}
	}
	if most := changes * (waiting + 20); tried > most { // each once when it came
		t.Errorf("%d changes, not at most %d", tried, most)
	}
}

// Who cannot be taken out is tried again, too.
func TestLeavesLater(t *testing.T) {
	h := auto(t)
	h.publish("ann#hall")
	h.holds("hall", "ann#hall")
	h.publish("bob#hall")
	h.holds("hall", "ann#hall", "bob#hall")
	h.mu.Lock()
	room := h.opened[len(h.opened)-1]
	h.mu.Unlock()
	h.until("bob is there altogether", func() bool {
		return slices.ContainsFunc(room.Calls(), func(c fake.Call) bool { return c.Change.Branch == "seat[bob]" })
	})
	room.Fail(run.CallApply, fault.New(fault.GstElement, "", "not now"))
	h.unpublish("ann#hall")
	h.until("she could not be taken out, and not when that was tried again", func() bool {
		h.clock.Advance(time.Second)
		const times = 3 // the first may be the graph's own, whose stream has ended
		tried := 0
		for _, c := range room.Calls() {
			if c.Change.Verb == run.RemoveBranch && c.Err != nil {
				tried++
			}
		}
		return tried >= times
	})
	h.holds("hall", "ann#hall", "bob#hall")
	room.Fail(run.CallApply, nil)
	h.later("hall", "bob#hall")
}
