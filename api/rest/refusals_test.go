package rest_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"sluice/engine/fault"
)

// lines are what a log says.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestRefusalsAreLogged: the log tells of who tries what he may not, and does not let him fill it.
func TestRefusalsAreLogged(t *testing.T) {
	var log lines
	k := start(t, options{change: func(o *restOptions) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) }})
	for range 1000 {
		k.refused(http.StatusForbidden, fault.Forbidden, "POST /v1/pipelines", J{"graph": "jobs/copy", "params": J{"source": "/etc/passwd", "target": "/x"}})
	}
	k.refused(http.StatusNotFound, fault.GraphNotFound, "GET /v1/graphs/none", nil)
	n := strings.Count(log.String(), "request refused")
	if n == 0 || n > 500 || !strings.Contains(log.String(), "user=tester") || !strings.Contains(log.String(), "path=/v1/pipelines") ||
		strings.Contains(log.String(), "none") {
		t.Errorf("%d lines: %.2000s", n, log.String())
	}
}
