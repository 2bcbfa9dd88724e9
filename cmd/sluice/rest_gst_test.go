//go:build cgo && !nogst

package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
	if begun == 0 || begun == 20 { // what the server itself uses counts, too
		t.Fatalf("%d rooms fit", begun)
	}
	if streams := s.Call(t, "GET /v1/streams", nil).Text; strings.Contains(streams, "{stream}") {
		t.Error(streams)
	}
	s.want(http.StatusAccepted, "DELETE /v1/pipelines/0?drain=0s", nil)
	s.until("one has ended", func() bool { return s.running() == begun-1 })
	s.seldom("there is room for another", func() bool { // what the rooms cost is measured meanwhile, and may be a little more
		return s.Call(t, starts, room(begun)).StatusCode == http.StatusCreated
	})
}

// thirsty takes all the CPUs that it can get, and is said to cost next to nothing; modest takes none, and is said to cost as much.
const (
	thirsty = "graph: v1\nabout: Takes what there is.\nroute:\n  - rest.start\nnodes:\n  in: videotestsrc pattern=snow\n  enc: x264enc\n  out: fakesink\n" +
		"links:\n  - in -> [video/x-raw,format=I420,width=640,height=360] -> enc -> out\npolicy:\n  cost: 0.05\n"
	modest = "graph: v1\nabout: Takes nothing.\nroute:\n  - rest.start\nnodes:\n  in: audiotestsrc is-live=true\n  out: fakesink\n" +
		"links:\n  - in -> out\npolicy:\n  cost: 0.05\n"
)

// TestMeasuredCostLeavesNoRoom: where something takes more than was estimated, what would have fit beside it is refused, and what runs
// goes on. When it has ended there is room again. Nothing runs beside it, since it takes all the CPUs.
func TestMeasuredCostLeavesNoRoom(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"thirsty": thirsty, "modest": modest} { // written by hand: callers may not say that
		if err := errors.Join(
			os.MkdirAll(filepath.Join(folder, "graphs"), 0o700), os.WriteFile(filepath.Join(folder, "graphs", name+".yaml"), []byte(text), 0o600),
		); err != nil {
			t.Fatal(err)
		}
	}
	s := serveREST(t, folder, "SLUICE_CPUS=0.8") // of which the server itself, and the test in it, take some
	const starts = "POST /v1/pipelines?wait=10s"
	s.want(http.StatusCreated, starts, J{"graph": "thirsty", "id": "thirsty"})
	s.want(http.StatusCreated, starts, J{"graph": "modest", "id": "first"}) // by their estimates, both fit
	s.seldom("no room for a second", func() bool {
		a := s.Call(t, starts, J{"graph": "modest", "id": "second"})
		if a.StatusCode == http.StatusCreated {
			s.want(http.StatusAccepted, "DELETE /v1/pipelines/second?drain=0s", nil)
			s.until("it has ended", func() bool { return s.running() == 2 })
			return false
		}
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || !strings.Contains(a.Text, "of 0.80 are free") {
			t.Fatal(a.Status, a.Text)
		}
		return true
	})
	for _, id := range []string{"thirsty", "first"} {
		if p := s.want(http.StatusOK, "GET /v1/pipelines/"+id, nil); p["state"] != "live" || p["restarts"] != nil {
			t.Errorf("what runs: %v", p)
		}
	}
	if busy, _ := s.want(http.StatusOK, "GET /v1/pipelines/thirsty", nil)["busy"].(float64); busy < 0.06 {
		t.Errorf("it keeps %.2f CPUs busy", busy)
	}
	s.want(http.StatusAccepted, "DELETE /v1/pipelines/thirsty?drain=0s", nil)
	s.seldom("room for a second", func() bool {
		return s.Call(t, starts, J{"graph": "modest", "id": "second"}).StatusCode == http.StatusCreated
	})
}

// TestCostIsMeasured: what a pipeline really costs is told when it has run for a while, and its worker is busy with nothing else.
func TestCostIsMeasured(t *testing.T) {
	t.Parallel()
	s := serveREST(t, t.TempDir())
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=10s", J{
		"graph": "rooms/mixer", "id": "busy", "params": J{"room": "busy", "width": 640, "height": 360},
	})
	busy := 0.0
	s.seldom("its cost is measured", func() bool {
		busy, _ = s.want(http.StatusOK, "GET /v1/pipelines/busy", nil)["busy"].(float64)
		return busy > 0
	})
	if busy > 1.5 { // a room of black pictures takes a few hundredths on a machine that has nothing else to do
		t.Errorf("an empty room keeps %.2f CPUs busy", busy)
	}
}

// seldom is until for what the asking itself would change: how busy the server is.
func (s *restServer) seldom(what string, good func() bool) {
	s.t.Helper()
	s.asks(time.Second/2, what, good)
}
