package serve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/api"
	"sluice/cmd/sluice/config"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/run"
)

func TestServesUntilToldOtherwise(t *testing.T) {
	o, b := options(t, "", map[string]string{"live/publish": publishing})
	begin(t, o, b)
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/other": http.StatusNotFound} {
		if got := b.get(t, path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
	said := b.said.String()
	for _, want := range []string{"http://localhost:", "ws://localhost:", "STREAM/whip", "1 shipped", "Ctrl-C"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	b.signals <- os.Interrupt
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
	if got := b.system.String(); !strings.HasPrefix(got, "READY=1\nSTATUS=serving on http://localhost:") || !strings.Contains(got, "STOPPING=1\n") {
		t.Errorf("systemd is told %q", got)
	}
}

func TestEndsWithItsContext(t *testing.T) {
	o, b := options(t, "", nil)
	s, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx, b.signals); err != nil {
		t.Error(err)
	}
}

// TestDrains: who is there may stay for a while, nobody new is let in, and what starts with the server is not waited for.
func TestDrains(t *testing.T) {
	o, b := options(t, "drain: 1h", map[string]string{"live/publish": publishing, "live/boot": booting})
	begin(t, o, b)
	inst, err := b.parts.Engine.Raise(t.Context(), engine.Event{Name: "fake.publish", Path: "/cam"})
	if err != nil {
		t.Fatal(err)
	}
	b.signals <- syscall.SIGTERM
	b.log.await(t, `msg="waiting for sessions to end" sessions=1 limit=1h0m0s`)
	if _, err := b.parts.Engine.Raise(t.Context(), engine.Event{Name: "fake.publish", Path: "/late"}); !errors.Is(err, fault.Overloaded) {
		t.Errorf("somebody new gets %v", err)
	}
	if got := b.get(t, "/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d", got)
	}
	if got := b.get(t, "/healthz"); got != http.StatusOK {
		t.Errorf("/healthz: %d", got)
	}
	if !b.parts.Engine.Streams().Has("cam") {
		t.Error("who was there has been sent away")
	}
	b.signals <- syscall.SIGHUP // which is nothing now
	if err := inst.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
	if !strings.Contains(b.system.String(), "STATUS=waiting for 1 sessions to end") {
		t.Error(b.system)
	}
}

func TestDrainsNoLongerThanItShould(t *testing.T) {
	o, b := options(t, "drain: 10ms", map[string]string{"live/publish": publishing})
	begin(t, o, b)
	b.publish(t, "cam")
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
	if !strings.Contains(b.log.String(), `msg="sessions are ended" sessions=1`) {
		t.Error(b.log)
	}
}

// guest is a door on the web server whose clients stay until they are sent away.
type guest struct {
	room
	inside chan struct{} // closed when somebody came in
}

func (g *guest) Close(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-g.closed: // before
	}
	return g.room.Close(ctx)
}

func (g *guest) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	close(g.inside)
	<-g.closed
	w.WriteHeader(http.StatusGone)
}

// TestStopsWithoutCuttingOff: who stays when nobody is waited for any more is sent away by the door, not cut off by the web server.
func TestStopsWithoutCuttingOff(t *testing.T) {
	o, b := options(t, "drain: 10ms", map[string]string{"live/publish": publishing})
	g := &guest{inside: make(chan struct{})}
	o.Doors = append(o.Doors, func(p *Parts) (api.Door, error) { return g, p.Web.Handle("GET /stay", g) })
	begin(t, o, b)
	b.publish(t, "cam")
	got := make(chan int, 1)
	go func() { defer close(got); got <- b.get(t, "/stay") }()
	enginetest.Await(t, "the request", g.inside)
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
	if status := enginetest.Await(t, "the answer", got); status != http.StatusGone {
		t.Errorf("who stayed is answered %d", status)
	}
	if strings.Contains(b.log.String(), "not all of it ended properly") {
		t.Error(b.log)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	o, b := options(t, "drain: 1h", map[string]string{"live/publish": publishing})
	begin(t, o, b)
	b.publish(t, "cam")
	b.signals <- syscall.SIGTERM
	b.log.await(t, "waiting for sessions")
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); !errors.Is(err, ErrCut) {
		t.Error(err)
	}
	if b.parts.Engine.Streams().Has("cam") {
		t.Error("it still runs")
	}
}

// hung is a door that does not close until it is let go.
type hung struct {
	room
	leave chan struct{}
}

func (h *hung) Close(ctx context.Context) error { <-h.leave; return h.room.Close(ctx) }

func TestThirdSignalGivesUpWhatHangs(t *testing.T) {
	o, b := options(t, "", nil)
	h := &hung{leave: make(chan struct{})}
	o.Doors = append(o.Doors, func(*Parts) (api.Door, error) { return h, nil })
	begin(t, o, b)
	for range 3 {
		b.signals <- syscall.SIGTERM
	}
	if err := b.ended(t); !errors.Is(err, ErrCut) || !strings.Contains(b.log.String(), "given up") {
		t.Errorf("%v\n%s", err, b.log)
	}
	close(h.leave)
	b.work.Wait()
}

// broken is a door that fails as soon as it is opened.
type broken struct{ room }

func (*broken) Serve(context.Context) error { return errors.New("the socket is gone") }

func TestEndsWhenADoorFails(t *testing.T) {
	o, b := options(t, "", nil)
	o.Doors = append(o.Doors, func(*Parts) (api.Door, error) { return &broken{}, nil })
	var err error
	if b.Server, err = New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := b.Run(t.Context(), b.signals); err == nil || !strings.Contains(err.Error(), "the socket is gone") {
		t.Error(err)
	}
}

func TestTwoServersDoNotKnowOfEachOther(t *testing.T) {
	graphs := map[string]string{"live/publish": publishing}
	o1, b1 := options(t, "", graphs)
	o2, b2 := options(t, "", graphs)
	begin(t, o1, b1)
	begin(t, o2, b2)
	b1.publish(t, "cam")
	b2.publish(t, "cam") // the name is taken only there
	if err := errors.Join(stopped(t, b1), stopped(t, b1, b2)); err != nil {
		t.Error(err)
	}
}

// stopped ends the last of some servers; the others have ended, and it still works.
func stopped(t *testing.T, list ...*bench) error {
	t.Helper()
	b := list[len(list)-1]
	if b.get(t, "/readyz") != http.StatusOK || !b.parts.Engine.Streams().Has("cam") {
		t.Error("it does not serve")
	}
	b.signals <- syscall.SIGTERM
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); !errors.Is(err, ErrCut) {
		return err
	}
	return nil
}

func TestTellsEveryPortThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	o, _ := options(t, "", nil)
	loaded, found, err := config.Load(config.Options{Env: []string{
		config.EnvText + "=", "SLUICE_WEB_LISTEN=127.0.0.1:0," + taken.Addr().String(), "SLUICE_WEBRTC_UDP=127.0.0.1:0",
		"SLUICE_WEBRTC_TCP=" + taken.Addr().String(),
	}})
	if loaded == nil || err != nil {
		t.Fatal(found, err)
	}
	o.Config = loaded
	_, err = New(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "web.listen: ") || !strings.Contains(err.Error(), "webrtc") {
		t.Error(err)
	}
}

func TestWhatCannotBeMadeEndsWhatWas(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"a door", func(o *Options) {
			o.Doors = append(o.Doors, func(*Parts) (api.Door, error) { return nil, errors.New("no such door") })
		}, "no such door"},
		{"a folder of graphs", func(o *Options) { o.Config = settings(t, "graphs: /there/is/none") }, "graphs (/there/is/none): "},
		{"a certificate", func(o *Options) { o.Config = settings(t, "web: {cert: /none/c, key: /none/k}") }, "web.cert: "},
		{"workers", func(o *Options) {
			o.Workers = func(context.Context, *slog.Logger, config.WorkersConfig) (run.Open, Stop, error) {
				return nil, nil, errors.New("no workers")
			}
		}, "no workers"},
	} {
		o, _ := options(t, "", nil)
		row.change(&o)
		if _, err := New(t.Context(), o); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestServesWithoutGStreamer(t *testing.T) {
	o, b := options(t, "", nil)
	o.Workers = func(context.Context, *slog.Logger, config.WorkersConfig) (run.Open, Stop, error) {
		return nil, nil, fault.New(fault.GstUnavailable, "", "there is none")
	}
	begin(t, o, b)
	if !strings.Contains(b.said.String(), "GStreamer") {
		t.Error(b.said)
	}
	b.signals <- os.Interrupt
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}

func TestWorkersEndWithTheServer(t *testing.T) {
	o, b := options(t, "workers: {most: 7}", nil)
	ended := make(chan struct{})
	o.Workers = func(_ context.Context, _ *slog.Logger, c config.WorkersConfig) (run.Open, Stop, error) {
		if c.Most != 7 {
			t.Errorf("%+v", c)
		}
		return func(string) (run.Runtime, error) { return nil, errors.New("none") }, func(context.Context) error { close(ended); return nil }, nil
	}
	begin(t, o, b)
	b.signals <- os.Interrupt
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
	enginetest.Await(t, "the end", ended)
}

func TestSystemdHearsThatTheServerLives(t *testing.T) {
	o, b := options(t, "", nil)
	o.Guard = time.Millisecond
	begin(t, o, b)
	b.system.await(t, "WATCHDOG=1\nWATCHDOG=1\n")
	b.signals <- os.Interrupt
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}
