package mixer_test

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
	"testing"
	"time"

	mixers "sluice/api/mixer"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wcs"
	"sluice/api/rest/wcs/call"
	"sluice/api/rest/wcs/mixer"
	"sluice/api/rest/wcs/picture"
	"sluice/engine/enginetest"
	"sluice/engine/media"
	"sluice/engine/media/still"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const patience = 30 * time.Second

// J is JSON.
type J = map[string]any

// house is a server's mixers behind their calls, with the shipped graphs and a fake in GStreamer's place.
type house struct {
	*clienttest.Server
	t       *testing.T
	handler http.Handler
}

// open makes a house in which "ann" and "bob" are published, and which has a picture called logo.png.
func open(t *testing.T) *house {
	t.Helper()
	shipped := map[string]string{}
	for _, name := range []string{"wcs/mixer", "fragments/member", "fragments/participant", "fragments/speech"} {
		text, err := os.ReadFile(filepath.Join("../../../../graphs", filepath.FromSlash(name)+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		shipped[name] = string(text)
	}
	h := &house{Server: clienttest.Open(t, clienttest.Options{Graphs: shipped}), t: t}
	folder := t.TempDir()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "logo.png"), logo.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	all := mixers.New(mixers.Options{
		Engine: h.Engine, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Usual: mixers.Settings{
			Width: 640, Height: 360, FPS: 30, Bitrate: 1_000_000, Layout: "grid", MCUAudio: true, MCUVideo: true,
		},
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := all.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	var err error
	h.handler, err = wcs.New(wcs.Options{
		Admit: func(*http.Request) (string, error) { return "tester", nil }, Routes: mixer.Routes(all, picture.New(folder, still.Check)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ann", "bob"} {
		h.Publish(name, media.Opus, media.VP8)
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

// refused makes a call that is refused, and gives what it says.
func (h *house) refused(path string, body any) call.Problem {
	h.t.Helper()
	got, answer := h.call(path, body)
	var p call.Problem
	if err := json.Unmarshal([]byte(answer), &p); err != nil || got != p.Status || p.Path != "/rest-api"+path || p.Timestamp == 0 {
		h.t.Errorf("%s %v: %d %s", path, body, got, answer)
	}
	return p
}

// list are the mixers there are.
func (h *house) list() []mixer.Info {
	h.t.Helper()
	status, answer := h.call("/mixer/find_all", J{})
	if status == http.StatusNotFound {
		return nil
	}
	var out []mixer.Info
	if err := json.Unmarshal([]byte(answer), &out); err != nil || status != http.StatusOK {
		h.t.Fatalf("%d %s", status, answer)
	}
	return out
}

// fields are those of the picture of the mixer, as text.
func (h *house) fields(node string) J {
	h.t.Helper()
	out := J{}
	for _, i := range h.Engine.Instances().Instances() {
		for _, n := range i.Plan().Nodes {
			if n.Name == node {
				for _, s := range n.Settings {
					out[s.Name] = s.Text
				}
			}
		}
	}
	return out
}
