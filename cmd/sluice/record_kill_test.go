package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine/enginetest/program"
)

// feeds has ffmpeg send pictures that move, and a tone, until ctx or the test is over.
func feeds(ctx context.Context, t *testing.T, coders, form, address string) {
	t.Helper()
	said := &strings.Builder{}
	send := exec.CommandContext(ctx, "ffmpeg", strings.Fields(fmt.Sprint("-v error -re -f lavfi -i testsrc2=size=320x180:rate=25 ",
		"-f lavfi -i sine=sample_rate=48000 -pix_fmt yuv420p -g 25 ", coders, " -f ", form, " ", address))...)
	send.Stderr = said
	if err := send.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = send.Process.Kill()
		_ = send.Wait()
		if t.Failed() {
			t.Logf("ffmpeg to %s: %.600s", address, said)
		}
	})
}

// TestRecordingsSurviveAKill: streams that ffmpeg publishes are recorded in each container. When the server is killed what was written
// plays from end to end; the next server completes it, hands it out, and tells of it.
func TestRecordingsSurviveAKill(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	folder, before := t.TempDir(), map[string]string{}
	back, address := toldBy(t)
	env := []string{
		"SLUICE_RECORDS_FOLDER=" + folder, "SLUICE_RECORDS_STREAMS=cam,pad", "SLUICE_RECORDS_NAME={streamName}", "SLUICE_RECORDS_FREE=0",
		"SLUICE_RECORDS_HOOK=" + address,
	}
	first := serveREST(t, t.TempDir(), env...)
	at := func(scheme string) string {
		return first.out.await(t, scheme+` +(`+strings.ToLower(scheme)+`://localhost:\d+)`)[1]
	}
	h264 := "-c:v libx264 -preset ultrafast -c:a aac"
	feeds(t.Context(), t, h264, "flv", at("RTMP")+"/live/cam")
	feeds(t.Context(), t, h264, "flv", at("RTMP")+"/live/film")
	feeds(t.Context(), t, "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus", "rtsp", "-rtsp_transport tcp "+at("RTSP")+"/pad")
	first.until("the film", func() bool { return first.Call(t, "GET /v1/streams/film", nil).StatusCode == http.StatusOK })
	first.want(http.StatusCreated, "POST /v1/pipelines?wait=30s", J{"graph": "live/record", "params": J{"stream": "film", "format": "ts"}})
	left := first.grown(folder, 3, 60_000)
	first.signal(t, syscall.SIGKILL)
	first.exit(t)
	for _, file := range left {
		recordtest.Decode(t, file, "0")
		codecs := recordtest.Probe(t, file).Codecs()
		before[words(codecs)] += codecs
	}

	second := serveREST(t, t.TempDir(), env...)
	for _, c := range []struct{ stream, file, codecs string }{{"cam", "cam.mp4", "h264 aac"}, {"pad", "pad.webm", "vp8 opus"}, {"film", "film.ts", "h264 aac"}} {
		told := back.of(c.stream)
		if len(told) != 1 || told[0].Name != c.file || told[0].Reason != shelf.Interrupted {
			t.Errorf("of %s it tells %+v", c.stream, told)
		}
		whole := second.page + "/client/records/" + c.file
		recordtest.Decode(t, whole, "0")
		found := recordtest.Probe(t, whole)
		if off := float64(told[0].Millis)/1000 - found.Seconds(); off < -0.3 || off > 0.3 {
			t.Errorf("%s lasts %gs; it tells %dms", c.file, found.Seconds(), told[0].Millis)
		}
		if words(found.Codecs()) != c.codecs || !strings.Contains(before[c.codecs], found.Codecs()) {
			t.Errorf("%s: %s for %gs; before the server began: %v", c.file, found.Codecs(), found.Seconds(), before)
		}
	}
	second.signal(t, syscall.SIGTERM)
	if code := second.exit(t); code != 0 {
		t.Errorf("it exits with %d", code)
	}
}

// words are the codecs of what recordtest.Found says, in order, and without their counts: pictures come first, and before sound.
func words(codecs string) string {
	var list []string
	for one := range strings.SplitSeq(codecs, ", ") {
		list = append(list, strings.Fields(one)[0])
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(b, a) })
	return strings.Join(list, " ")
}
