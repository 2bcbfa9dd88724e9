//go:build cgo && !nogst

package main

import (
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine/enginetest/program"
)

// process is the worker that a pipeline runs in; 0 while there is none.
func (s *restServer) process(pipeline string) int {
	s.t.Helper()
	p, _ := s.want(http.StatusOK, "GET /v1/pipelines/"+pipeline, nil)["process"].(J)
	pid, _ := p["pid"].(float64)
	return int(pid)
}

// TestMixerIsRecordedThroughACrash kills the worker of a mixer that is recorded. The room goes on, and so does its recording: what was
// written plays from end to end, with what was before and what came after, and somebody is told of it.
func TestMixerIsRecordedThroughACrash(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	folder := t.TempDir()
	back, address := toldBy(t)
	p := serveParty(t, "SLUICE_RECORDS_FOLDER="+folder, "SLUICE_RECORDS_STREAMS=hall", "SLUICE_RECORDS_NAME={streamName}", "SLUICE_RECORDS_FREE=0",
		"SLUICE_RECORDS_HOOK="+address)
	p.guest("RTMP", "ann#hall", "red", 440)
	p.guest("RTSP", "ben#hall", "green", 1000)
	p.there("ann%23hall")
	p.there("ben%23hall")
	p.there("hall")
	both := []string{"3,4 red", "12,4 green"}
	shown, room := p.at("hall"), p.of("hall")
	shown.shows(p.restServer, "both", both...)
	room.until(p.restServer, 440, 1000)
	p.grown(folder, 1, 30_000)

	pid, killed := p.process("mixer-hall"), time.Now()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(pid, err)
	}
	p.until("another worker", func() bool { now := p.process("mixer-hall"); return now != 0 && now != pid })
	p.at("hall").shows(p.restServer, "both again", both...)
	p.of("hall").until(p.restServer, 440, 1000)
	shown.shows(p.restServer, "both, to who was there before", both...)
	if _, recorded := p.session("hall"); !recorded {
		t.Error("it is said not to be recorded any more")
	}
	p.old("/mixer/terminate", J{"uri": "mixer://hall"})
	told := back.of("hall")
	r, whole := told[0], p.page+"/client/records/hall.mp4"
	if len(told) != 1 || r.Name != "hall.mp4" || r.Reason != shelf.Ended || !r.Started.Add(time.Duration(r.Millis)*time.Millisecond).After(killed) {
		t.Errorf("killed at %v; it is told %+v", killed, told)
	}
	recordtest.Decode(t, whole, "0")
	if last := final(t, whole); named(last.of(last.latest, 3, 4)) != "red" || named(last.of(last.latest, 12, 4)) != "green" {
		t.Errorf("the last picture is %v", last.latest)
	}
}

// final is the last picture of a film.
func final(t *testing.T, film string) *screen {
	t.Helper()
	w := &screen{width: 16, height: 9}
	out, err := exec.CommandContext(t.Context(), "ffmpeg", strings.Fields("-v error -sseof -1 -i "+film+
		" -map 0:v -vf format=rgb24,scale=16:9:flags=area -f rawvideo pipe:1")...).Output()
	size := 3 * w.width * w.height
	if err != nil || len(out) < size {
		t.Fatalf("%s has no last picture: %d bytes, %v", film, len(out), err)
	}
	w.latest = out[len(out)-size:]
	return w
}
