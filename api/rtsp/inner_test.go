package rtsp

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"

	"sluice/engine/fault"
	"sluice/engine/hub"
)

func TestParseAddress(t *testing.T) {
	for _, row := range []struct{ path, query, full, name, app, token string }{
		{"/cam", "", "cam", "cam", "", ""},
		{"/live/cam/", "", "live/cam", "cam", "live", ""},
		{"/a/b/cam", "x=1&token=secret&password=no&x=2", "a/b/cam", "cam", "a/b", "secret"},
		{"/rtsp://camera:554/main/1", "", "rtsp://camera:554/main/1", "rtsp://camera:554/main/1", "", ""},
	} {
		a, err := parseAddress(row.path, row.query)
		if err != nil || a.full != row.full || a.name != row.name || a.app != row.app || a.token != row.token {
			t.Errorf("%s: %+v %v", row.path, a, err)
		}
		if row.query != "" && (len(a.query) != 1 || a.query["x"] != "1") {
			t.Errorf("%s: %v", row.query, a.query)
		}
	}
	for _, bad := range []string{"", "/", "//", "/a//b", "/a/../b", "/.", "/a\x00", "/" + strings.Repeat("x", 5000), "/\xff"} {
		if _, err := parseAddress(bad, ""); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
	if _, err := parseAddress("/x", "%zz"); !errors.Is(err, fault.InvalidRequest) {
		t.Error(err)
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("/live/cam", "token=x&a=b")
	f.Add("/rtsp://camera/x", "")
	f.Add("//a/..", "%")
	f.Fuzz(func(t *testing.T, path, query string) {
		a, err := parseAddress(path, query)
		if err != nil {
			return
		}
		if err := hub.CheckName(a.full); err != nil {
			t.Errorf("%q: %v", a.full, err)
		}
		if err := hub.CheckName(a.name); err != nil {
			t.Errorf("%q: %v", a.name, err)
		}
		if a.app != "" && a.full != a.app+"/"+a.name {
			t.Errorf("%+v", a)
		}
		for key := range a.query {
			switch strings.ToLower(key) {
			case "token", "password", "pass":
				t.Errorf("graphs are told of %q", key)
			}
		}
	})
}

// RFC 2069 2.4 has an example, but for another realm, so this is computed: MD5 of "cam:sluice:secret" and so on.
func TestProves(t *testing.T) {
	const ha1 = "7fa13cb0cd6d5e0e3c5b3b7b0e1d1d7a"
	u, err := base.ParseURL("rtsp://h/live/cam/trackID=0?x=1")
	if err != nil {
		t.Fatal(err)
	}
	sha := headers.AuthAlgorithmSHA256
	good := func(uri string) headers.Authorization {
		return headers.Authorization{
			Realm: "sluice", Nonce: "n", URI: uri, Response: sum5(ha1 + ":n:" + sum5("DESCRIBE:"+uri)),
		}
	}
	for _, uri := range []string{"rtsp://h/live/cam/trackID=0?x=1", "rtsp://h/live/cam", "rtsp://h/live/cam/", "/live/cam/trackID=0?x=1"} {
		if h := good(uri); !proves(&h, ha1, "DESCRIBE", u) {
			t.Errorf("%s is not taken", uri)
		}
	}
	for name, change := range map[string]func(h *headers.Authorization){
		"another stream":    func(h *headers.Authorization) { *h = good("rtsp://h/other") },
		"another realm":     func(h *headers.Authorization) { h.Realm = "ipcam" },
		"another algorithm": func(h *headers.Authorization) { h.Algorithm = &sha },
		"another answer":    func(h *headers.Authorization) { h.Response = strings.Repeat("0", 32) },
		"no answer":         func(h *headers.Authorization) { h.Response = "" },
	} {
		h := good("rtsp://h/live/cam")
		change(&h)
		if proves(&h, ha1, "DESCRIBE", u) {
			t.Errorf("%s is taken", name)
		}
	}
	h := good("rtsp://h/live/cam")
	if proves(&h, ha1, "ANNOUNCE", u) || proves(&h, ha1, "DESCRIBE", nil) || proves(&h, "other", "DESCRIBE", u) {
		t.Error("what is of another request is taken")
	}
}

func TestNonces(t *testing.T) {
	n, other := newNonces(), newNonces()
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	text := n.make(a)
	if !n.good(text, a) {
		t.Error("it is not known again")
	}
	old := "5f000000-" + n.sum("5f000000", a)
	for _, bad := range []string{"", "-", "x-y", text + "0", old} {
		if n.good(bad, a) {
			t.Errorf("%q is taken", bad)
		}
	}
	if n.good(text, b) || other.good(text, a) {
		t.Error("it is taken elsewhere")
	}
}

func TestStatus(t *testing.T) {
	for _, i := range fault.Codes() {
		if s := status(i.Code); s < 400 || s > 599 {
			t.Errorf("%s is %d", i.Code, s)
		}
	}
	r := refusal(fault.New(fault.StreamNotFound, "", "nobody\r\npublishes %q", "ä"))
	if r.StatusCode != base.StatusNotFound || r.StatusMessage != `nobody??publishes "?"` {
		t.Errorf("%d %q", r.StatusCode, r.StatusMessage)
	}
	if r := refusal(io.EOF); r.StatusCode != base.StatusInternalServerError || r.StatusMessage != "" {
		t.Errorf("%+v", r)
	}
}

func TestBackoff(t *testing.T) {
	var b backoff
	for _, most := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		if d := b.next(); d < most*time.Second/2 || d > most*time.Second {
			t.Errorf("%s, where %d s is the most", d, most)
		}
	}
}

func TestRefusedByCamera(t *testing.T) {
	u, err := base.ParseURL("rtsp://camera/main")
	if err != nil {
		t.Fatal(err)
	}
	c := call{url: u}
	for code, want := range map[base.StatusCode]fault.Code{401: fault.Unauthorized, 403: fault.Forbidden, 404: fault.StreamNotFound, 500: fault.Unreachable} {
		if err := c.failed(liberrors.ErrClientBadStatusCode{Code: code, Message: "x"}); !errors.Is(err, want) {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := c.failed(io.EOF); !errors.Is(err, fault.Unreachable) {
		t.Error(err)
	}
}

// A camera that sends to another host is not followed, nor one that does so without end.
func TestConnect(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := base.ParseURL("rtsp://" + l.Addr().String() + "/x")
	if err != nil {
		t.Fatal(err)
	}
	dial := call{url: u}.connect()
	if _, err := dial(t.Context(), "tcp", "localhost:1"); !errors.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	for range maxDials {
		c, err := dial(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if port := c.LocalAddr().(*net.TCPAddr).Port; port < firstLocal || port > lastLocal { //nolint:forcetypeassert // of TCP it is one
			t.Errorf("called from port %d", port)
		}
		_ = c.Close()
	}
	if _, err := dial(t.Context(), "tcp", l.Addr().String()); !errors.Is(err, fault.ProtocolViolation) {
		t.Error(err)
	}
}

// conn gives what is to be read piece by piece.
type conn struct {
	net.Conn
	pieces []string
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, c.pieces[0])
	if c.pieces[0] = c.pieces[0][n:]; c.pieces[0] == "" {
		c.pieces = c.pieces[1:]
	}
	return n, nil
}

// Only the head of the first request is bounded, wherever it is cut into pieces.
func TestHead(t *testing.T) {
	long := strings.Repeat("x", maxHead)
	for _, row := range []struct {
		pieces []string
		ok     bool
	}{
		{[]string{"GET / HTTP/1.1\r\n\r\n", long, long}, true},
		{[]string{"GET / HTTP/1.1\r", "\n", "\r", "\n", long, long}, true},
		{[]string{"GET / HTTP/1.1\r\n", long, long}, false},
		{[]string{"GET / HTTP/1.1\r\n", "\r", "x\n", long, long}, false},
	} {
		l := &line{Conn: &conn{pieces: row.pieces}}
		_, err := io.Copy(io.Discard, struct{ io.Reader }{l})
		if ok := err == nil; ok != row.ok {
			t.Errorf("%.40q: %v", row.pieces, err)
		}
	}
}

// A player whose queue stays full is ended, and one that loses a packet now and then is not.
func TestLost(t *testing.T) {
	var reason error
	w := &datagrams{end: func(err error) { reason = err }}
	full := liberrors.ErrServerWriteQueueFull{}
	w.lost(io.ErrShortBuffer)
	if !w.last.IsZero() {
		t.Error("a packet that is too large counts")
	}
	w.lost(full)
	w.full = w.full.Add(-writing)
	w.last = w.last.Add(-2 * time.Second) // it went well meanwhile
	w.lost(full)
	if reason != nil {
		t.Error(reason)
	}
	w.full = w.full.Add(-writing)
	w.lost(full)
	if !errors.Is(reason, fault.SlowReader) {
		t.Error(reason)
	}
}
