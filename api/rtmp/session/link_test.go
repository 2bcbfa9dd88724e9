package session

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib/pkg/handshake"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/fault"
)

// elsewhere is another server, which answers a command as the test says; nil ends the connection.
func elsewhere(t *testing.T, answer func(c *command) [][]any) Target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			converse(conn, answer)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return Target{Host: l.Addr().String(), App: "live", Name: "cam", User: "me", Pass: "secret"}
}

func converse(conn net.Conn, answer func(c *command) [][]any) {
	defer conn.Close()
	if _, _, err := handshake.DoServer(conn, false); err != nil {
		return
	}
	in := chunk.NewReader(conn, chunk.Usual())
	for {
		m, err := in.Next()
		if err != nil {
			return
		}
		if m.Type == chunk.SetChunkSize {
			_ = in.SetSize(ChunkSize)
		}
		if m.Type != chunk.CommandAMF0 {
			continue
		}
		c, err := parseCommand(&m)
		if err != nil {
			return
		}
		answers := answer(c)
		if answers == nil {
			return
		}
		for _, values := range answers {
			m := chunk.Message{Type: chunk.CommandAMF0, Stream: c.stream, Body: amf.Append(nil, values...)}
			if _, err := conn.Write(chunk.Append(nil, onCommand, &m, 128)); err != nil {
				return
			}
		}
	}
}

// agrees answers as a server that has nothing against it, but says code of the stream.
func agrees(code string) func(c *command) [][]any {
	return func(c *command) [][]any {
		switch c.name {
		case "connect", "createStream":
			return [][]any{{"_result", c.tx, nil, 1}}
		case "publish", "play":
			return [][]any{{"onStatus", 0, nil, status("status", "NetStream.Play.Reset", "")}, {"onStatus", 0, nil, status("status", code, "")}}
		}
		return [][]any{}
	}
}

func TestDial(t *testing.T) {
	for _, row := range []struct {
		name    string
		answer  func(c *command) [][]any
		publish bool
		want    fault.Code
	}{
		{"publish", agrees("NetStream.Publish.Start"), true, ""},
		{"play", agrees("NetStream.Play.Start"), false, ""},
		{"a name that is taken", agrees("NetStream.Publish.BadName"), true, fault.NameInUse},
		{"a name that is not there", agrees("NetStream.Play.StreamNotFound"), false, fault.StreamNotFound},
		{"a failure", agrees("NetStream.Play.Failed"), false, fault.Forbidden},
		{"an end at once", agrees("NetStream.Play.Stop"), false, fault.Closed},
		{"a refusal", func(c *command) [][]any {
			return [][]any{{"_error", c.tx, nil, status("error", "NetConnection.Connect.InvalidApp", "no such application")}}
		}, true, fault.Forbidden},
		{"a command to go", func(*command) [][]any { return [][]any{{"close", 0, nil}} }, true, fault.Closed},
		{"an end without a word", func(*command) [][]any { return nil }, true, fault.Lost},
	} {
		l, err := Dial(t.Context(), elsewhere(t, row.answer), row.publish, patience)
		if row.want == "" && err != nil || row.want != "" && fault.CodeOf(err) != row.want {
			t.Errorf("%s: %v", row.name, err)
		}
		if err == nil {
			if p := l.LocalPort(); p < firstPort || p > lastPort {
				t.Errorf("%s: from port %d", row.name, p)
			}
			l.End()
			l.Close()
		}
	}
	if _, err := Dial(t.Context(), Target{Host: "127.0.0.1:1", App: "live", Name: "cam"}, true, patience); fault.CodeOf(err) != fault.Unreachable {
		t.Errorf("nobody there: %v", err)
	}
}

// TestDialsOnlyWhereItMay: what counts is the address that a name leads to, and nothing is opened to one that is refused.
func TestDialsOnlyWhereItMay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var asked []netip.AddrPort
	target := Target{Host: net.JoinHostPort("localhost", port), App: "live", Name: "cam", Reach: func(to netip.AddrPort) error {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, to)
		return fault.New(fault.Forbidden, "", "inside").Advise("name it")
	}}
	_, err = Dial(t.Context(), target, true, patience)
	if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Code != fault.Forbidden || !strings.Contains(f.Msg, "inside") || f.Hint != "name it" {
		t.Errorf("%v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, to := range asked {
		if !to.Addr().IsLoopback() {
			t.Errorf("asked of %s", to)
		}
	}
	if len(asked) == 0 {
		t.Error("nobody was asked")
	}
	if tcp, ok := l.(*net.TCPListener); ok {
		_ = tcp.SetDeadline(time.Now()) // whoever has connected is in the queue
	}
	if c, err := l.Accept(); err == nil {
		_ = c.Close()
		t.Error("it was connected to")
	}
}

// TestLogin answers Adobe's two questions, and is refused by a server that knows another password.
func TestLogin(t *testing.T) {
	for pass, want := range map[string]fault.Code{"secret": "", "other": fault.Unauthorized} {
		proof := "response=" + sum(sum("mesalt"+pass)+"opaque"+"c2x1aWNl")
		agree := agrees("NetStream.Publish.Start")
		target := elsewhere(t, func(c *command) [][]any {
			app := amf.Members(c.object).Text("app")
			about := "code=403 need auth; authmod=adobe"
			switch {
			case c.name != "connect" || strings.Contains(app, proof) && strings.Contains(app, "&opaque=opaque"):
				return agree(c)
			case strings.Contains(app, "response="):
				about = "authmod=adobe : ?reason=authfailed&opaque=opaque"
			case strings.HasSuffix(app, "?authmod=adobe&user=me"):
				about = "authmod=adobe : ?reason=needauth&user=me&salt=salt&challenge=challenge&opaque=opaque"
			}
			return [][]any{{"_error", c.tx, nil, status("error", "NetConnection.Connect.Rejected", about)}}
		})
		l, err := Dial(t.Context(), target, true, patience)
		if want == "" && err != nil || want != "" && fault.CodeOf(err) != want {
			t.Errorf("the password %q: %v", pass, err)
		}
		if err == nil {
			l.Close()
		}
		target.User = ""
		if _, err := Dial(t.Context(), target, true, patience); fault.CodeOf(err) != fault.Unauthorized {
			t.Errorf("nobody: %v", err)
		}
	}
}
