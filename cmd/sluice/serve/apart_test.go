package serve

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"sluice/api"
	"sluice/cmd/sluice/config"
)

// lodge has the server of a test serve a door of its own under the keys of the REST API.
func (b *bench) lodge(o *Options, h http.Handler) {
	o.Doors = append(o.Doors, func(p *Parts) (api.Door, error) {
		c := p.Config.REST
		return Apart(p, Own{
			Door: &room{}, Handler: h, Listen: c.Listen, TLSListen: c.TLSListen, Key: "rest", MaxBody: 10, Title: "own", Path: "/here",
		})
	})
}

// lodged is where the door is, of what was said of it.
func (b *bench) lodged(t *testing.T) string {
	t.Helper()
	_, after, found := strings.Cut(b.said.String(), "own            ")
	if !found {
		t.Fatalf("nothing is said of it:\n%s", b.said)
	}
	at, _, _ := strings.Cut(after, "/here")
	return at
}

func fetch(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

// TestApart: a door with addresses of its own answers there, tells how the server is, and is not on the others.
func TestApart(t *testing.T) {
	o, b := options(t, "", nil)
	b.lodge(&o, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %d %t", r.URL.Path, len(text), err != nil)
	}))
	begin(t, o, b)
	at := b.lodged(t)
	for _, row := range []struct {
		method, path, body string
		want               string
	}{
		{"GET", "/here", "", "/here 0 false"}, {"POST", "/any", "1234567890", "/any 10 false"}, {"POST", "/", "12345678901", "/ 10 true"},
		{"GET", "/healthz", "", "ok\n"}, {"POST", "/healthz", "", "/healthz 0 false"},
	} {
		if status, text := fetch(t, row.method, at+row.path, row.body); status != http.StatusOK || text != row.want {
			t.Errorf("%s %s: %d %q", row.method, row.path, status, text)
		}
	}
	if _, text := fetch(t, "GET", at+"/readyz", ""); !strings.Contains(text, `"ready":true`) {
		t.Error(text)
	}
	if status := b.get(t, "/here"); status != http.StatusNotFound {
		t.Errorf("on the web port it is %d", status)
	}
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}

// TestApartEndsAnswersWithoutEnd: the server does not wait for who never has enough.
func TestApartEndsAnswersWithoutEnd(t *testing.T) {
	o, b := options(t, "", nil)
	b.lodge(&o, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	begin(t, o, b)
	r, err := http.Get(b.lodged(t))
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer r.Body.Close()
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}

// TestApartWhereNobodyAsked: an address that is taken is only an error if somebody wants just that one.
func TestApartWhereNobodyAsked(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	on := func(usual bool) (Options, *bench) {
		o, b := options(t, "", nil)
		o.Config.REST.Listen = []string{taken.Addr().String()}
		for i, s := range o.Config.Settings {
			if usual && slices.Contains([]string{"rest.listen", "rest.tls_listen"}, s.Key.Name) {
				o.Config.Settings[i].Origin = config.Default
			}
		}
		b.lodge(&o, http.NotFoundHandler())
		return o, b
	}
	o, b := on(true)
	begin(t, o, b)
	if !strings.Contains(b.log.String(), "goes on without this door") || strings.Contains(b.said.String(), "own  ") {
		t.Errorf("%s\n%s", b.log, b.said)
	}
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
	o, _ = on(false)
	if _, err := New(t.Context(), o); err == nil || !strings.Contains(err.Error(), "rest.listen: port ") {
		t.Errorf("somebody asked for it: %v", err)
	}
}

// TestApartSwitchedOff: without addresses there is no door.
func TestApartSwitchedOff(t *testing.T) {
	o, b := options(t, "", nil)
	o.Config.REST.Listen = nil // and no certificate for the others
	b.lodge(&o, http.NotFoundHandler())
	begin(t, o, b)
	if strings.Contains(b.said.String(), "own  ") {
		t.Error(b.said)
	}
	b.signals <- syscall.SIGTERM
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}
