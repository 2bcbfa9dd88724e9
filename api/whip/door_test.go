package whip

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestCreate(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s, Auth: guard{}, ICEServers: func(user string) []ICEServer {
		return []ICEServer{{URL: "stun:stun.example.net"}, {URL: "turn:turn.example.net", Username: user, Credential: "x"}, {URL: "bad>"}}
	}})
	for _, q := range []struct{ url, event, path, base, user string }{
		{"/live/cam/whip?token=good&a=1&a=2&Password=x", "whip.publish", "/live/cam", "/live/cam/whip/", "ann:publish:live/cam:whip"},
		{"/whip/cam?token=good&a=1", "whip.publish", "/cam", "/whip/cam/", "ann:publish:cam:whip"},
		{"/rtc/v1/whip/?app=live&stream=cam&token=good&a=1", "whip.publish", "/live/cam", "/rtc/v1/whip/", "ann:publish:live/cam:whip"},
		{"/live/cam?direction=whip&token=good&a=1", "whip.publish", "/live/cam", "/live/cam/", "ann:publish:live/cam:whip"},
		{"/cam/whep?token=good&a=1&transport=tcp", "whep.play", "/cam", "/cam/whep/", "ann:play:cam:whep"},
	} {
		r := c.offer(q.url)
		if r.StatusCode != http.StatusCreated || r.Header.Get("Content-Type") != "application/sdp" || r.text != "v=0\r\n" {
			t.Fatalf("%s: %s %s %s", q.url, r.Status, r.Header, r.text)
		}
		at := r.Header.Get("Location")
		if !strings.HasPrefix(at, q.base) || sessionID(at) == "" || strings.Contains(at, "good") {
			t.Errorf("%s: the session is at %q", q.url, at)
		}
		if tag := r.Header.Get("ETag"); len(tag) < 20 || tag[0] != '"' || tag[len(tag)-1] != '"' {
			t.Errorf("%s: the entity-tag is %s", q.url, tag)
		}
		if got := r.Header.Get("Accept-Patch"); got != typeFragment {
			t.Errorf("%s: Accept-Patch is %q", q.url, got)
		}
		if got := strings.Join(r.Header.Values("Link"), " | "); got != `<stun:stun.example.net>; rel="ice-server" | `+
			`<turn:turn.example.net>; rel="ice-server"; username="`+q.user+`"; credential="x"; credential-type="password"` {
			t.Errorf("%s: Link is %s", q.url, got)
		}
		ev := s.events[len(s.events)-1]
		if ev.Name != q.event || ev.Path != q.path || ev.Vars["user"] != q.user || ev.Sessions["browser"] != s.last() {
			t.Errorf("%s: the event is %+v", q.url, ev)
		}
		if s.last().publisher != (q.event == "whip.publish") {
			t.Errorf("%s: the peer is for the other way", q.url)
		}
		vars := ev.Vars["query"].(map[string]any)
		if vars["a"] != "1" || vars["token"] != nil || vars["Password"] != nil {
			t.Errorf("%s: the query is %v", q.url, vars)
		}
	}
	if o := s.offers[0]; o.SDP != sdp("audio sendrecv", "video sendrecv") || !o.Trickle || o.Transport != "" {
		t.Errorf("the offer is %+v", o)
	}
	if o := s.offers[len(s.offers)-1]; o.Transport != "tcp" {
		t.Errorf("the offer is %+v", o)
	}
}

// Every status that an endpoint answers with but that of success.
func TestEndpointRefuses(t *testing.T) {
	const good = "Authorization: Bearer good"
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s, Auth: guard{}})
	offer := sdp("audio sendrecv")
	for _, q := range []struct {
		name, method, url, body string
		headers                 []string
		status                  int
		header                  string
	}{
		{"no SDP", "POST", "/cam/whip", "hello", []string{good, "Content-Type: application/sdp"}, 400, ""},
		{"an empty body", "POST", "/cam/whep", "", []string{good, "Content-Type: application/sdp"}, 400, ""},
		{"a name with tricks", "POST", "/a/%2e%2e/whip", offer, []string{good, "Content-Type: application/sdp"}, 400, ""},
		{"nobody", "POST", "/cam/whip", offer, []string{"Content-Type: application/sdp"}, 401, `WWW-Authenticate: Bearer realm="sluice"`},
		{"a wrong token", "POST", "/cam/whep?token=x", offer, []string{"Content-Type: application/sdp"}, 401, `WWW-Authenticate: Bearer realm="sluice"`},
		{"not allowed", "POST", "/cam/whip?token=known", offer, []string{"Content-Type: application/sdp"}, 403, ""},
		{"nothing there", "POST", "/cam", offer, []string{good, "Content-Type: application/sdp"}, 404, ""},
		{"nothing to get", "GET", "/", "", nil, 404, ""},
		{"PUT", "PUT", "/cam/whip", offer, []string{good}, 405, "Allow: OPTIONS, GET, HEAD, POST"},
		{"PATCH at an endpoint", "PATCH", "/cam/whip", frag, []string{good}, 405, "Allow: OPTIONS, GET, HEAD, POST"},
		{"DELETE at an endpoint", "DELETE", "/cam/whep", "", []string{good}, 405, "Allow: OPTIONS, GET, HEAD, POST"},
		{"a method that no RFC knows", "BREW", "/cam/whip", "", nil, 405, ""},
		{"an answer that the client does not take", "POST", "/cam/whip", offer, []string{good, "Content-Type: application/sdp", "Accept: text/html"}, 406, ""},
		{"a bomb", "POST", "/cam/whip", offer + strings.Repeat("a=x\r\n", maxOffer/5), []string{good, "Content-Type: application/sdp"}, 413, ""},
		{"JSON", "POST", "/cam/whip", offer, []string{good, "Content-Type: application/json"}, 415, ""},
		{"no type", "POST", "/cam/whip", offer, []string{good}, 415, ""},
		{"a fragment for an offer", "POST", "/cam/whip", offer, []string{good, "Content-Type: " + typeFragment}, 415, ""},
		{"two pictures", "POST", "/cam/whip", sdp("video sendonly", "video sendonly"), []string{good, "Content-Type: application/sdp"}, 422, ""},
		{"the other way", "POST", "/cam/whep", sdp("video sendonly"), []string{good, "Content-Type: application/sdp"}, 422, ""},
	} {
		r := c.do(q.method, q.url, q.body, q.headers...)
		if r.StatusCode != q.status {
			t.Errorf("%s: got %s: %s", q.name, r.Status, r.text)
			continue
		}
		r.problem(t)
		if name, value, ok := strings.Cut(q.header, ": "); ok && r.Header.Get(name) != value {
			t.Errorf("%s: %s is %q", q.name, name, r.Header.Get(name))
		}
		if r.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: a page may not see it", q.name)
		}
	}
	if len(s.peers) != 0 {
		t.Errorf("%d peers were made", len(s.peers))
	}
}

// What goes wrong behind the door is told by the table of statuses, and leaves nothing.
func TestFaultsBehind(t *testing.T) {
	for _, q := range []struct {
		name, url string
		stage     *stage
		status    int
		retry     string
		stops     int // of the instance
	}{
		{"the peer cannot be made", "/cam/whip", &stage{peerErr: fault.New(fault.CodecNotAvailable, "", "no")}, 415, "", 0},
		{"no graph", "/cam/whip", &stage{raiseErr: fault.New(fault.NoRoute, "", "no")}, 404, "", 0},
		{"the name is taken", "/cam/whip", &stage{raiseErr: fault.New(fault.NameInUse, "", "no")}, 409, "", 0},
		{"nobody publishes", "/cam/whep", &stage{raiseErr: fault.New(fault.StreamNotFound, "", "no")}, 409, "2", 0},
		{"a graph that publishes another", "/cam/whip", &stage{raiseErr: fault.New(fault.StreamNotFound, "", "no")}, 404, "", 0},
		{"no room", "/cam/whip", &stage{raiseErr: fault.New(fault.Overloaded, "", "no")}, 503, "2", 0},
		{"too late", "/cam/whep", &stage{raiseErr: fault.New(fault.StartTimeout, "", "no")}, 504, "", 0},
		{"something unknown", "/cam/whip", &stage{raiseErr: errors.New("open /etc/shadow")}, 500, "", 0},
		{"the answer fails", "/cam/whep", &stage{answerErr: fault.New(fault.CodecNotAvailable, "", "no")}, 415, "", 1},
	} {
		d, c := open(t, Options{Engine: q.stage, Peers: q.stage})
		r := c.offer(q.url)
		if r.StatusCode != q.status || r.Header.Get("Retry-After") != q.retry {
			t.Errorf("%s: got %s, Retry-After %q: %s", q.name, r.Status, r.Header.Get("Retry-After"), r.text)
		}
		if p := r.problem(t); strings.Contains(r.text, "shadow") || p.Code == "" {
			t.Errorf("%s: the problem is %s", q.name, r.text)
		}
		for _, p := range q.stage.peers {
			enginetest.Await(t, "the end", p.Done())
		}
		for _, i := range q.stage.ran {
			if i.stops != q.stops {
				t.Errorf("%s: the instance was stopped %d times", q.name, i.stops)
			}
		}
		if d.sessions.taken != 0 || len(d.sessions.byID) != 0 {
			t.Errorf("%s: a session is left", q.name)
		}
	}
}

func TestOptions(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s, Auth: guard{}, ICEServers: func(string) []ICEServer { return []ICEServer{{URL: "stun:a"}} }})
	for _, q := range []struct {
		name, url  string
		headers    []string
		post, link string
		methods    bool
	}{
		{"a client that may", "/cam/whip", []string{"Authorization: Bearer good"}, typeSDP, `<stun:a>; rel="ice-server"`, false},
		{"a client that may not", "/cam/whip", nil, typeSDP, "", false},
		{"a browser", "/cam/whep", []string{"Origin: https://a.example", "Access-Control-Request-Method: POST"}, "", "", true},
		{"a browser that deletes what is gone", "/cam/whip/ABCDEFGHIJKLMNOPQRSTUVWXYZ", []string{"Access-Control-Request-Method: DELETE"}, "", "", true},
		{"a browser at nothing", "/x", []string{"Access-Control-Request-Method: DELETE"}, "", "", true},
	} {
		r := c.do(http.MethodOptions, q.url, "", q.headers...)
		if r.StatusCode != http.StatusOK || r.Header.Get("Accept-Post") != q.post || r.Header.Get("Link") != q.link || r.text != "" {
			t.Errorf("%s: got %s %v %s", q.name, r.Status, r.Header, r.text)
		}
		if got := r.Header.Get("Access-Control-Allow-Methods"); (got != "") != q.methods {
			t.Errorf("%s: methods %q", q.name, got)
		}
		if q.methods && (!strings.Contains(r.Header.Get("Access-Control-Allow-Methods"), "PATCH") ||
			!strings.Contains(r.Header.Get("Access-Control-Allow-Headers"), "If-Match")) {
			t.Errorf("%s: got %v", q.name, r.Header)
		}
		for _, name := range []string{"Location", "Link", "ETag"} {
			if !strings.Contains(r.Header.Get("Access-Control-Expose-Headers"), name) {
				t.Errorf("%s: a page may not see %s", q.name, name)
			}
		}
	}
}

// RFC 9725 4.1: to look at an endpoint succeeds and shows nothing.
func TestGet(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s, Auth: guard{}})
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, url := range []string{"/cam/whip", "/whep/cam"} {
			r := c.do(method, url, "")
			if r.StatusCode != http.StatusOK || r.text != "" || r.Header.Get("Content-Type") != typeSDP {
				t.Errorf("%s %s: %s %v %q", method, url, r.Status, r.Header, r.text)
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s, Origins: []string{"https://a.example", "https://b.example"}})
	for origin, want := range map[string]string{"https://b.example": "https://b.example", "https://c.example": "", "": ""} {
		r := c.do(http.MethodGet, "/cam/whip", "", "Origin: "+origin)
		if got := r.Header.Get("Access-Control-Allow-Origin"); got != want || r.Header.Get("Vary") != "Origin" {
			t.Errorf("%q: got %q, Vary %q", origin, got, r.Header.Get("Vary"))
		}
	}
}

func TestNext(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s, Next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	})})
	for url, want := range map[string]int{
		"/": 418, "/cam/index.m3u8": 418, "/cam": 418,
		"/cam/whip": 200, "/a/../whip/whep": 400, "/cam/whip/ABCDEFGHIJKLMNOPQRSTUVWXYZ": 404, "/whip/ABCDEFGHIJKLMNOPQRSTUVWXYZ": 200,
	} {
		if r := c.do(http.MethodGet, url, ""); r.StatusCode != want {
			t.Errorf("%s: got %s", url, r.Status)
		}
	}
}

func TestNewNeeds(t *testing.T) {
	if _, err := New(Options{Engine: &stage{}}); err == nil {
		t.Error("a door without peers")
	}
	if _, err := New(Options{Peers: &stage{}}); err == nil {
		t.Error("a door without an engine")
	}
}
