package streams_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/api"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/streams"
	"sluice/api/websocket/streams/streamstest"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sent is a message to a client.
type sent struct {
	name string
	args []any
}

// page is a client that notes what it is sent.
type page struct {
	messages chan sent
	mu       sync.Mutex
	changes  []streams.Publication
}

func (p *page) Send(name string, args ...any) { p.messages <- sent{name, args} }

// SendEncoded notes a message by its whole.
func (p *page) SendEncoded(b []byte) { p.messages <- sent{string(b), nil} }

func (p *page) Changed(c streams.Publication) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes = append(p.changes, c)
}

// status expects the next message to be a status.
func (p *page) status(t *testing.T) wire.StreamStatus {
	t.Helper()
	m := <-p.messages
	if m.name != "notifyStreamStatusEvent" {
		t.Fatalf("got %s %v", m.name, m.args)
	}
	return m.args[0].(wire.StreamStatus)
}

// kit is streams with one owner.
type kit struct {
	*streams.Streams
	engine *streamstest.Engine
	peers  *streamstest.Peers
	page   *page
	owner  *streams.Owner
}

func newKit(t *testing.T, opt streams.Options) *kit {
	t.Helper()
	k := &kit{engine: streamstest.NewEngine(), peers: streamstest.NewPeers(), page: &page{messages: make(chan sent, 100_000)}}
	opt.Engine, opt.Peers = k.engine, k.peers
	opt.Log = slog.New(slog.DiscardHandler)
	all, err := streams.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	k.Streams = all
	k.owner = all.Owner(k.page, streams.Identity{Node: "n", App: "a", Session: "s"})
	t.Cleanup(func() {
		k.owner.Close(reason.SessionDisconnect)
		k.owner.Wait()
		if all.Len() != 0 || k.owner.Len() != 0 {
			t.Errorf("%d streams are left, %d of the owner", all.Len(), k.owner.Len())
		}
		k.engine.Close()
	})
	return k
}

func request(id, name string) wire.Stream {
	return wire.Stream{MediaSessionID: wire.Text(id), Name: wire.Text(name), SDP: wire.Text("offer-" + id)}
}

// begin starts a stream and has its media flow.
func (k *kit) begin(t *testing.T, role reason.Role, id, name string) *streamstest.Peer {
	t.Helper()
	k.owner.Start(role, request(id, name))
	if m := <-k.page.messages; m.name != "setRemoteSDP" {
		t.Fatalf("got %s %v", m.name, m.args)
	}
	p := k.peers.Of(t.Context(), "offer-"+id)
	p.Flow()
	if got := k.page.status(t).Status; got != wire.Publishing && got != wire.Playing {
		t.Fatalf("got %s", got)
	}
	return p
}

func TestStreamsNeedTheirSurroundings(t *testing.T) {
	if _, err := streams.New(streams.Options{}); !errors.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
}

// TestClosedOwner holds that nothing begins any more, and that what has begun ended for the reason given.
func TestClosedOwner(t *testing.T) {
	k := newKit(t, streams.Options{})
	k.begin(t, reason.Publish, "P", "a")
	k.owner.Close(reason.RESTTerminate)
	if s := k.page.status(t); s.Status != wire.Unpublished || s.Info != "Stopped by rest /terminate" {
		t.Errorf("got %s, %s", s.Status, s.Info)
	}
	k.owner.Wait()
	k.owner.Start(reason.Publish, request("P", "a"))
	if s := k.page.status(t); s.Status != wire.Failed || s.Info != "Stopped by session disconnect" {
		t.Errorf("got %s, %s", s.Status, s.Info)
	}
}

// TestPresent holds what others may see of who publishes and plays, and that they can end it.
func TestPresent(t *testing.T) {
	present := api.NewSessions()
	k := newKit(t, streams.Options{Present: present})
	k.begin(t, reason.Publish, "P", "a")
	k.begin(t, reason.Play, "Q", "a")
	<-k.page.messages // the size
	byDirection := map[api.Direction]api.Session{}
	for _, one := range present.All() {
		byDirection[one.Direction] = one
		if one.Protocol != "websocket" || one.Stream != "a" || one.Since.IsZero() {
			t.Errorf("%+v", one)
		}
	}
	for _, row := range []struct {
		direction api.Direction
		status    wire.Status
	}{{api.Plays, wire.Stopped}, {api.Publishes, wire.Unpublished}} {
		if !present.End(byDirection[row.direction].ID) {
			t.Errorf("nobody %ss", row.direction)
			continue
		}
		if s := k.page.status(t); s.Status != row.status || s.Info != "Stopped by rest /terminate" {
			t.Errorf("%s: got %s, %s", row.direction, s.Status, s.Info)
		}
	}
	k.owner.Close(reason.User)
	k.owner.Wait()
	if n := present.Len(); n != 0 {
		t.Errorf("%d are still there", n)
	}
}

// TestChanges holds what rooms hear of: publications that began, and their ends.
func TestChanges(t *testing.T) {
	k := newKit(t, streams.Options{})
	req := request("P", "a")
	req.Custom = json.RawMessage(`{"name":"red"}`)
	k.owner.Start(reason.Publish, req)
	<-k.page.messages
	k.peers.Of(t.Context(), "offer-P").Flow()
	k.page.status(t)
	k.begin(t, reason.Play, "Q", "a")
	k.owner.Stop(reason.Publish, req)
	k.owner.Close(reason.User)
	k.owner.Wait()
	want := []streams.Publication{{Name: "a", Room: "red", Status: wire.Publishing}, {Name: "a", Room: "red", Status: wire.Unpublished}}
	if len(k.page.changes) != 2 || k.page.changes[0] != want[0] || k.page.changes[1] != want[1] {
		t.Errorf("got %v", k.page.changes)
	}
}

// TestLostEvents has more happen than can be passed on: in the end players know what is, not what was.
func TestLostEvents(t *testing.T) {
	k := newKit(t, streams.Options{})
	pub := k.begin(t, reason.Publish, "P", "a").Publication()
	k.begin(t, reason.Play, "Q", "a")
	<-k.page.messages // the size
	for range 5000 {  // of which as many are lost as do not fit
		pub.Mute(media.Audio, true)
		pub.Mute(media.Audio, false)
	}
	pub.Mute(media.Video, true)
	pub.Mute(media.Audio, true)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.Run(ctx)
	}()
	muted := map[string]bool{}
	for !muted[wire.AudioMuted] || !muted[wire.VideoMuted] {
		switch e := (<-k.page.messages).args[0].(wire.StreamEvent); e.Type {
		case wire.AudioUnmuted:
			muted[wire.AudioMuted] = false
		default:
			muted[e.Type] = true
		}
	}
	cancel()
	<-ended
}

// TestRunEnds holds that streams do not hear of anything after Run, nor hold it up.
func TestRunEnds(t *testing.T) {
	k := newKit(t, streams.Options{InboundRate: time.Nanosecond})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	k.Run(ctx)
	k.begin(t, reason.Publish, "P", "a").Publication().Mute(media.Audio, true)
}
