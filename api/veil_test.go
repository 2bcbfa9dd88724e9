package api

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestVeil(t *testing.T) {
	secret := rand.Text()
	for path, want := range map[string]string{
		"":                              "",
		"/cam/whip":                     "/cam/whip",
		"/cam/whip/" + secret:           "/cam/whip/(hidden)",
		"/cam/whip/" + secret + "/":     "/cam/whip/(hidden)/",
		"/a-very-long-name-of-a-stream": "/a-very-long-name-of-a-stream",
	} {
		if got := Veil(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// Who reads the log cannot end the sessions in it.
func TestSessionsAreNotLogged(t *testing.T) {
	var text bytes.Buffer
	w := &Web{opt: WebOptions{Log: slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))}}
	secret := rand.Text()
	w.log(httptest.NewRequest(http.MethodPatch, "/cam/whip/"+secret, nil), &answer{status: http.StatusOK}, time.Now())
	if log := text.String(); !strings.Contains(log, "/cam/whip/") || strings.Contains(log, secret) {
		t.Errorf("the log: %s", log)
	}
}
