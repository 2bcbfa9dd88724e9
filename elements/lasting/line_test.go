package lasting_test

import (
	"testing"
	"time"

	"sluice/elements/lasting"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// conn notes whom it is to wake.
type conn struct{ wake func() }

func (c *conn) OnRoom(wake func()) { c.wake = wake }

// taken is a sink that says what it took.
type taken chan media.Unit

func (taken) Begin([]media.Track) {}
func (taken) End(error)           {}
func (t taken) Push(_ int, items []*media.Unit) int {
	for _, u := range items {
		t <- *u
	}
	return len(items)
}

// TestLineFlowsWhileThereIsAConnection: whichever of reader and connection comes first.
func TestLineFlowsWhileThereIsAConnection(t *testing.T) {
	for _, first := range []string{"reader", "connection"} {
		t.Run(first, func(t *testing.T) {
			h := hub.New(hub.Options{})
			defer h.Close()
			pub, err := h.Publish(t.Context(), "cam", media.Description{Tracks: []media.Track{media.NewTrack(media.AAC)}}, hub.PublishOptions{Form: hub.Units})
			if err != nil {
				t.Fatal(err)
			}
			got := make(taken, 16)
			r, err := h.ReadUnits(t.Context(), "cam", media.Everything(), got, hub.ReadOptions{Paused: true})
			if err != nil {
				t.Fatal(err)
			}
			var l lasting.Line[*conn]
			c := &conn{}
			if first == "reader" {
				l.Attach(r)
			}
			if l.Use(c); l.Conn() != c {
				t.Error("it has another connection")
			}
			if first == "connection" {
				l.Attach(r)
			}
			if err := pub.WriteUnits(0, []media.Unit{{PTS: time.Second, DTS: time.Second, Key: true, AU: [][]byte{{1}}}}); err != nil {
				t.Fatal(err)
			}
			<-got
			if c.wake == nil {
				t.Fatal("the connection cannot say when it takes more")
			}
			l.Use(nil)
			if l.Conn() != nil {
				t.Error("the connection is still there")
			}
			if now := h.Readers("cam"); !now[0].Paused {
				t.Error("the reader does not rest without a connection")
			}
		})
	}
}
