package whip_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/doortest"
	"sluice/api/visitor"
	"sluice/api/whip"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/graphs"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// server is an engine with the shipped graphs of WHIP and WHEP, peers on the loopback and the door, on a real port.
type server struct {
	t      testing.TB
	engine *engine.Engine
	base   string
	http   *http.Client
}

// serve starts a server that is on the loopback alone; change sees the door's options before.
func serve(t testing.TB, change ...func(*whip.Options)) *server {
	t.Helper()
	return serveOn(t, webrtc.Settings{UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}, Loopback: true}, change...)
}

// serveOn starts a server that is reached as the settings say.
func serveOn(t testing.TB, set webrtc.Settings, change ...func(*whip.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	e := newEngine(t, log)
	set.Log = log
	peers, err := webrtc.New(set)
	if err != nil {
		t.Fatal(err)
	}
	o := whip.Options{Engine: visitor.UseEngine(e), Peers: whip.UsePeers(peers), Log: log}
	for _, c := range change {
		c(&o)
	}
	door, err := whip.New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(door.Handler())
	t.Cleanup(func() {
		doortest.Close(t, door.Close)
		web.Close()
		doortest.Stop(t, e)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := peers.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &server{t: t, engine: e, base: web.URL, http: web.Client()}
}

func newEngine(t testing.TB, log *slog.Logger) *engine.Engine {
	t.Helper()
	text, err := graphs.FS.ReadFile("web/whip.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// Nobody is waited for as long as players commonly are.
	short := bytes.Replace(text, []byte("wait=5s"), []byte("wait=100ms"), 1)
	if bytes.Equal(text, short) {
		t.Fatal("the shipped graph waits for another time than 5 s")
	}
	return doortest.Engine(t, log, doortest.Parts{
		Elements: webrtc.Elements(), Triggers: whip.Triggers(), Graphs: fstest.MapFS{"web/whip.yaml": {Data: short}},
	})
}

// await is doortest.Await.
func (s *server) await(name, stream string) func() {
	s.t.Helper()
	return doortest.Await(s.t, s.engine, name, stream)
}

// reply is an answer whose body was read.
type reply struct {
	*http.Response
	text string
}

// do sends a request; headers are "Name: value".
func (s *server) do(method, path, body string, headers ...string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	res, err := s.http.Do(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res, string(text)}
}

// joined is a session as its client knows it.
type joined struct {
	s        *server
	answer   string
	location string
	tag      string
	gone     sync.Once
}

// post sends an offer, which has to be taken.
func (s *server) post(path, offer string, headers ...string) *joined {
	s.t.Helper()
	res := s.do(http.MethodPost, path, offer, append(headers, "Content-Type: application/sdp")...)
	if res.StatusCode != http.StatusCreated {
		s.t.Fatalf("POST %s: %s: %s", path, res.Status, res.text)
	}
	at, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	return &joined{s: s, answer: res.text, location: res.Request.URL.ResolveReference(at).Path, tag: res.Header.Get("ETag")}
}

// patch sends a fragment.
func (j *joined) patch(fragment, match string) reply {
	j.s.t.Helper()
	return j.s.do(http.MethodPatch, j.location, fragment, "Content-Type: application/trickle-ice-sdpfrag", "If-Match: "+match)
}

// end ends the session.
func (j *joined) end() {
	j.s.t.Helper()
	j.gone.Do(func() {
		if res := j.s.do(http.MethodDelete, j.location, ""); res.StatusCode != http.StatusOK {
			j.s.t.Errorf("DELETE %s: %s: %s", j.location, res.Status, res.text)
		}
	})
}
