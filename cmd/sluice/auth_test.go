package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/golang-jwt/jwt/v5"
)

const jwtSecret = "0123456789abcdef0123456789abcdef"

// signed is a token with permissions.
func signed(t *testing.T, may map[string]any) string {
	t.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": "ann", "exp": time.Now().Add(time.Hour).Unix(), "sluice": may,
	}).SignedString([]byte(jwtSecret))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// guarded is a server whose streams are published and played by who may.
type guarded struct {
	*server
	t          *testing.T
	web, rest  string // "http://localhost:8080"
	rtmp, rtsp string // "localhost:1935"
	file       string // its configuration
}

func startGuarded(t *testing.T, config string) *guarded {
	t.Helper()
	folder := t.TempDir()
	g := &guarded{t: t, file: filepath.Join(folder, "sluice.yaml")}
	g.configure(config)
	g.server = startServer(t, folder, []string{"SLUICE_LOG_LEVEL=debug", "SLUICE_DRAIN=0s"}, "--config", g.file)
	g.web = g.out.await(t, `page +(http://localhost:\d+)/`)[1]
	g.rest = g.out.await(t, `REST +(http://localhost:\d+)/v1/server`)[1]
	g.rtmp = g.out.await(t, `RTMP +rtmp://(localhost:\d+)`)[1]
	g.rtsp = g.out.await(t, `RTSP +rtsp://(localhost:\d+)`)[1]
	return g
}

func (g *guarded) configure(text string) {
	g.t.Helper()
	if err := os.WriteFile(g.file, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// get makes a request and gives its status. One of WHIP has no offer: who may publish is told that.
func (g *guarded) get(method, address, token string) int {
	g.t.Helper()
	r, err := http.NewRequestWithContext(g.t.Context(), method, address, strings.NewReader("none"))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/sdp")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		g.t.Error(err)
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// announce asks to publish over RTSP, and gives the status.
func (g *guarded) announce(name string) int {
	g.t.Helper()
	const sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\na=control:track1\r\n"
	conn, err := net.Dial("tcp", g.rtsp)
	if err != nil {
		g.t.Error(err)
		return 0
	}
	defer conn.Close()
	fmt.Fprintf(conn, "ANNOUNCE rtsp://%s/%s RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", g.rtsp, name, len(sdp), sdp)
	line, err := bufio.NewReader(conn).ReadString('\n')
	status := 0
	if _, scanned := fmt.Sscanf(line, "RTSP/1.0 %d", &status); err != nil || scanned != nil {
		g.t.Errorf("%q, %v", line, err)
	}
	return status
}

// push asks to publish over RTMP.
func (g *guarded) push(name string) error {
	u, err := url.Parse("rtmp://" + g.rtmp + "/" + name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(g.t.Context(), patience)
	defer cancel()
	c := &gortmplib.Client{URL: u, Publish: true}
	if err := c.Initialize(ctx); err != nil {
		return err
	}
	c.Close()
	return nil
}

// TestWaysIn has keys and tokens open doors of several protocols, and nothing else.
func TestWaysIn(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if b, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(b), "opensesame") || !strings.Contains(string(b), `"ip":"127.0.0.1"`) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer back.Close()
	config := "auth:\n  keys: [{name: obs, key: 0123456789abcdef, publish: [keyed]}]\n  jwt: {secret: " + jwtSecret + "}\n  http: {url: '" + back.URL + "', timeout: 30s}\n"
	g := startGuarded(t, config)
	good := signed(t, map[string]any{"publish": []string{"mine"}, "play": []string{"**"}})
	for _, c := range []struct {
		stream, query, token string
		may                  bool
	}{
		{"keyed", "key=0123456789abcdef", "", true},
		{"keyed", "key=0123456789abcdee", "", false},
		{"keyed", "", "", false},
		{"mine", "key=0123456789abcdef", "", false},
		{"mine", "token=" + good, "", true},
		{"other", "token=" + good, "", false},
		{"other", "pin=opensesame", "", true},
		{"other", "pin=x", "", false},
	} {
		name := c.stream + "?" + c.query
		if err := g.push("live/" + name); (err == nil) != c.may {
			t.Errorf("RTMP, %s: %v", name, err)
		}
		if status := g.announce(name); (status == http.StatusOK) != c.may {
			t.Errorf("RTSP, %s: %d", name, status)
		}
		if status := g.get(http.MethodPost, g.web+"/whip/"+name, c.token); (status == http.StatusBadRequest) != c.may {
			t.Errorf("WHIP, %s: %d", name, status)
		}
	}
	for name, token := range map[string]string{"keyed": "0123456789abcdef", "mine": good} {
		if status := g.get(http.MethodPost, g.web+"/whip/"+name, token); status != http.StatusBadRequest {
			t.Errorf("WHIP with a token, %s: %d", name, status)
		}
	}
	if asked.Load() == 0 {
		t.Error("the back end was not asked")
	}
	for _, row := range []struct {
		token  string
		status int
	}{{signed(t, map[string]any{"admin": true}), 200}, {good, 403}, {"", 401}, {"0123456789abcdef", 401}} {
		if status := g.get(http.MethodGet, g.rest+"/v1/server", row.token); status != row.status {
			t.Errorf("REST with %.10s…: %d, want %d", row.token, status, row.status)
		}
	}
	for _, line := range []string{
		`msg="access allowed" room=auth action=publish stream=keyed user=obs remote=127.0.0.1 protocol=rtmp rule=key reason=granted`,
		`msg="access refused" room=auth action=publish stream=keyed user="" remote=127.0.0.1 protocol=rtsp rule=key reason=wrong_key`,
		`msg="access refused" room=auth action=publish stream=other user=ann remote=127.0.0.1 protocol=whip rule=jwt reason=not_granted`,
		`msg="access allowed" room=auth action=admin stream="" user=ann remote=127.0.0.1 protocol=rest rule=jwt reason=granted`,
	} {
		g.errs.await(t, line)
	}
	g.reload(config, good)
	g.errs.mu.Lock()
	defer g.errs.mu.Unlock()
	for _, secret := range []string{"0123456789abcdef", good, "opensesame"} {
		if strings.Contains(g.errs.text.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}

// reload takes the key away while the server runs.
func (g *guarded) reload(config, good string) {
	g.t.Helper()
	g.configure(strings.Replace(config, "key: 0123456789abcdef", "key: fedcba9876543210", 1))
	g.signal(g.t, syscall.SIGHUP)
	g.errs.await(g.t, `msg="configuration changed" keys=auth.keys`)
	for query, may := range map[string]bool{"key=0123456789abcdef": false, "key=fedcba9876543210": true} {
		if err := g.push("live/keyed?" + query); (err == nil) != may {
			g.t.Errorf("after the change, %s: %v", query, err)
		}
	}
	if status := g.announce("mine?token=" + good); status != http.StatusOK {
		g.t.Errorf("after the change: %d", status)
	}
}

// TestGuessing has an address guess keys over RTSP and tokens over HTTP: it is refused unseen before long, whatever it shows.
func TestGuessing(t *testing.T) {
	t.Parallel()
	g := startGuarded(t, "auth:\n  keys: [{name: obs, key: 0123456789abcdef, publish: [keyed]}]\n  jwt: {secret: "+jwtSecret+"}\n")
	for what, guess := range map[string]func(int) int{
		"RTSP": func(i int) int { return g.announce(fmt.Sprintf("keyed?key=%d", i)) },
		"HTTP": func(i int) int { return g.get(http.MethodPost, fmt.Sprintf("%s/whip/keyed?token=a%d", g.web, i), "") },
	} {
		var turned, told atomic.Int32
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				switch status := guess(i); status {
				case http.StatusServiceUnavailable:
					turned.Add(1)
				case http.StatusUnauthorized:
					told.Add(1)
				default:
					t.Errorf("%s: %d", what, status)
				}
			})
		}
		wg.Wait()
		if turned.Load() == 0 || told.Load() == 0 {
			t.Errorf("%s: %d were told and %d turned away", what, told.Load(), turned.Load())
		}
	}
	g.errs.await(t, `rule=brake reason=too_many_attempts|err=.*too many attempts`)
	if err := g.push("live/keyed?key=0123456789abcdef"); err != nil {
		t.Errorf("who knows it: %v", err)
	}
}
