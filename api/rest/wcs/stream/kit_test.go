package stream_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"sluice/api"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wcs/stream"
	"sluice/api/rest/wcs/wcstest"
	"sluice/api/websocket/wire"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// J is JSON.
type J = map[string]any

// pages are what clients of the Web SDK would publish and play.
type pages struct {
	mu    sync.Mutex
	list  []wire.Listed
	ended []string
}

func (p *pages) List() []wire.Listed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.list)
}

func (p *pages) Terminate(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = append(p.ended, id)
	n := len(p.list)
	p.list = slices.DeleteFunc(p.list, func(l wire.Listed) bool { return l.MediaSessionID == id })
	return len(p.list) < n
}

// house is a server's streams.
type house struct {
	*clienttest.Server
	*wcstest.Caller
	pages pages
	made  []stream.Made
	tapes tapes
	clock *enginetest.Clock
	ended chan string // sessions of other doors
}

func open(t testing.TB) *house {
	t.Helper()
	h := &house{
		Server: clienttest.Open(t, clienttest.Options{Graphs: clienttest.Graphs()}), clock: enginetest.NewClock(), ended: make(chan string, 8),
	}
	h.Caller = wcstest.New(t, stream.Routes(stream.Options{
		Engine: h.Engine, Present: h.Present, Pages: &h.pages, Node: "node-1", Now: h.clock.Now,
		Specs: func(string) (*element.Spec, bool) { return nil, false },
		Made:  func() []stream.Made { return h.made }, Recorder: &h.tapes,
		Snapshot: func(_ context.Context, name string) ([]byte, error) {
			if name == "blind" {
				return nil, fault.New(fault.Stalled, "", "no picture came")
			}
			return []byte("PNG of " + name), nil
		},
	}))
	return h
}

// page has a page publish, or play.
func (h *house) page(id, name string, published bool) {
	l := wire.Listed{Pipeline: "ws-" + id, StreamStatus: wire.StreamStatus{
		NodeID: "node-1", AppKey: "shop", SessionID: "s-" + id, MediaSessionID: id, Name: name, Published: published, Status: wire.Playing,
		MediaType: "play", MediaProvider: "WebRTC", HasAudio: true, CreateDate: 1,
	}}
	if published {
		l.Status, l.MediaType = wire.Publishing, "publish"
	}
	h.pages.list = append(h.pages.list, l)
}

// client has somebody publish or play through another door.
func (h *house) client(id, protocol, name string, d api.Direction) {
	h.Present.Enter(api.Session{
		ID: id, Pipeline: id, Protocol: protocol, Direction: d, Stream: name, Since: time.UnixMilli(1_800_000_000_000),
	}, func() { h.ended <- id })
}

// copies has a pipeline publish a stream under another name, and waits until it does.
func (h *house) copies(id, from, to string) *instance.Instance {
	h.Helper()
	sub := h.Engine.Bus().Subscribe(8, func(e event.Event) bool { s, ok := e.Body.(event.Stream); return ok && s.Name == to })
	defer sub.Close()
	i, err := h.Engine.Run(h.Context(), engine.Start{ID: id, Graph: "jobs/relay", Params: J{"from": from, "to": to}})
	if err != nil {
		h.Fatal(err)
	}
	if _, _, err := sub.Next(h.Context()); err != nil {
		h.Fatal(err)
	}
	return i
}
