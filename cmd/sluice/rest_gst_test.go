//go:build cgo && !nogst

package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestRESTStartsWhatFits starts rooms, which code, until the machine's CPUs are taken: the one that does not fit is told so, and
// does when another has ended. What a room would do for each guest does not begin before there is one.
func TestRESTStartsWhatFits(t *testing.T) {
	s := serveREST(t, t.TempDir(), "SLUICE_CPUS=1")
	const starts = "POST /v1/pipelines?wait=10s"
	room := func(n int) J {
		return J{"graph": "rooms/mixer", "id": fmt.Sprint(n), "params": J{"room": fmt.Sprint("r", n), "width": 320, "height": 180}}
	}
	begun := 0
	for ; begun < 20; begun++ {
		a := s.Call(t, starts, room(begun))
		if a.StatusCode == http.StatusServiceUnavailable && a.Header.Get("Retry-After") != "" && strings.Contains(a.Text, `"code":"overloaded"`) {
			break
		}
		if a.StatusCode != http.StatusCreated || !strings.Contains(a.Text, `"state":"live"`) {
			t.Fatal(a.Status, a.Text)
		}
	}
	if begun < 2 || begun == 20 {
		t.Fatalf("%d rooms fit", begun)
	}
	if streams := s.Call(t, "GET /v1/streams", nil).Text; strings.Contains(streams, "{stream}") {
		t.Error(streams)
	}
	s.want(http.StatusAccepted, "DELETE /v1/pipelines/0?drain=0s", nil)
	s.until("one has ended", func() bool { return s.running() == begun-1 })
	s.want(http.StatusCreated, starts, room(begun))
}
