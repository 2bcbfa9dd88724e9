package transcoder_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wcs"
	"sluice/api/rest/wcs/call"
	"sluice/api/rest/wcs/picture"
	"sluice/api/rest/wcs/transcoder"
	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media/still"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const (
	idle     = time.Minute
	patience = 30 * time.Second
)

// J is JSON.
type J = map[string]any

// house is a server's transcoders, with the shipped graph and a fake in GStreamer's place: sound passes, and pictures do not come.
type house struct {
	*clienttest.Server
	t       *testing.T
	all     *transcoder.Transcoders
	clock   *enginetest.Clock
	handler http.Handler
	media   string // the folder of pictures
}

func open(t *testing.T, change func(*transcoder.Options)) *house {
	t.Helper()
	shipped := map[string]string{}
	for _, name := range []string{"wcs/transcoder", "fragments/slate"} {
		text, err := os.ReadFile(filepath.Join("../../../../graphs", filepath.FromSlash(name)+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		shipped[name] = string(text)
	}
	h := &house{
		Server: clienttest.Open(t, clienttest.Options{Graphs: shipped}), t: t, clock: enginetest.NewClock(), media: t.TempDir(),
	}
	for _, name := range []string{"logo.png", "other.png"} {
		var out bytes.Buffer
		if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(h.media, name), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := transcoder.Options{
		Engine: h.Engine, Graph: "wcs/transcoder", Pictures: picture.New(h.media, still.Check), Idle: idle, Clock: h.clock,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	if change != nil {
		change(&o)
	}
	h.all = transcoder.New(o)
	t.Cleanup(h.all.Close)
	var err error
	h.handler, err = wcs.New(wcs.Options{
		Admit: func(*http.Request) (string, error) { return "tester", nil }, Routes: transcoder.Routes(h.all),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// call makes a call, and reads the answer.
func (h *house) call(path string, body any) (status int, answer string) {
	h.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/rest-api"+path, bytes.NewReader(text)))
	return w.Code, w.Body.String()
}

// good makes a call that has no answer but that it is done.
func (h *house) good(path string, body any) {
	h.t.Helper()
	if status, answer := h.call(path, body); status != http.StatusOK || answer != "" {
		h.t.Fatalf("%s %v: %d %s", path, body, status, answer)
	}
}

// refused makes a call that is refused, with words in the message.
func (h *house) refused(path string, body any, status int, words string) {
	h.t.Helper()
	got, answer := h.call(path, body)
	var p call.Problem
	if err := json.Unmarshal([]byte(answer), &p); err != nil || got != status || p.Status != status || !strings.Contains(p.Message, words) {
		h.t.Errorf("%s %v: %d %s, want %d %q", path, body, got, answer, status, words)
	}
}

// lists are the transcoders that a call answers with.
func (h *house) lists(path string, body any) []transcoder.Info {
	h.t.Helper()
	status, answer := h.call(path, body)
	if status == http.StatusNotFound {
		return nil
	}
	var out []transcoder.Info
	if err := json.Unmarshal([]byte(answer), &out); err != nil || status != http.StatusOK {
		h.t.Fatalf("%s: %d %s", path, status, answer)
	}
	return out
}

// startup is a request for a transcoder of "cam", which may be changed.
func startup(name string, more ...any) J {
	out := J{"uri": "transcoder://" + name, "remoteStreamName": "cam", "localStreamName": name}
	for i := 0; i < len(more); i += 2 {
		member, _ := more[i].(string)
		out[member] = more[i+1]
	}
	return out
}

// has waits for a stream to be there, or not.
func (h *house) has(stream string, there bool) {
	h.t.Helper()
	h.until(stream, func() bool { return h.Engine.Streams().Has(stream) == there })
}

// until waits for something to be so.
func (h *house) until(what string, good func() bool) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			h.t.Fatalf("%s: not in time", what)
		}
	}
}

// ends ends a publication.
func ends(p *hub.Publication) { p.Close(nil) }
