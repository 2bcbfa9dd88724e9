package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sluice/api/records/recordtest"
	"sluice/api/records/storage/storagetest"
	"sluice/engine/enginetest/program"
)

// TestRecordingIsUploaded: a recording stays here while the storage is gone, also over a start of the server, and is there, and no longer
// here, when the storage is back. With a wrong secret it stays.
func TestRecordingIsUploaded(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	depot, folder := storagetest.Open(t), t.TempDir()
	env := []string{
		"SLUICE_RECORDS_FOLDER=" + folder, "SLUICE_RECORDS_STREAMS=cam", "SLUICE_RECORDS_NAME={streamName}", "SLUICE_RECORDS_FREE=0",
		"SLUICE_RECORDS_S3_ENDPOINT=" + depot.Endpoint, "SLUICE_RECORDS_S3_REGION=us-east-1", "SLUICE_RECORDS_S3_BUCKET=" + storagetest.Bucket,
		"SLUICE_RECORDS_S3_PREFIX=studio", "SLUICE_RECORDS_S3_ACCESS_KEY=" + storagetest.Key, "SLUICE_RECORDS_S3_DELETE=true",
	}
	right, wrong := append(env, "SLUICE_RECORDS_S3_SECRET_KEY="+storagetest.Key), append(env[:len(env):len(env)], "SLUICE_RECORDS_S3_SECRET_KEY=hush-hush")
	depot.Leave()
	s := serveREST(t, t.TempDir(), wrong...)
	ctx, leave := context.WithCancel(t.Context())
	feeds(ctx, t, "-c:v libx264 -preset ultrafast -c:a aac", "flv", s.out.await(t, `RTMP +(rtmp://localhost:\d+)`)[1]+"/live/cam")
	s.grown(folder, 1, 60_000)
	leave()
	const kept = `could not be uploaded, and is kept here; it is tried again" .*recording=cam.mp4 .*`
	s.errs.await(t, kept)
	depot.Back()
	s.errs.await(t, kept+"signature")
	if s.errs.mu.Lock(); strings.Contains(s.errs.text.String(), "hush-hush") {
		t.Error("the log has the secret")
	}
	s.errs.mu.Unlock()
	if a, err := http.Get(s.page + "/client/records/cam.mp4"); err != nil || a.StatusCode != http.StatusOK || a.Body.Close() != nil {
		t.Error(a, err)
	}
	s.signal(t, syscall.SIGTERM)
	s.exit(t)

	s = serveREST(t, t.TempDir(), right...)
	s.errs.await(t, `"recording uploaded" .*recording=cam.mp4 to=s3://films/studio/cam.mp4`)
	s.until("nothing is here any more", func() bool {
		left, err := filepath.Glob(filepath.Join(folder, "cam*"))
		return err == nil && len(left) == 0
	})
	film, info := storagetest.Get(t, depot.Client(), "studio/cam.mp4")
	file := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(file, film, 0o600); err != nil || info.ContentType != "video/mp4" {
		t.Fatal(info.ContentType, err)
	}
	recordtest.Decode(t, file, "0")
	if got := words(recordtest.Probe(t, file).Codecs()); got != "h264 aac" {
		t.Error(got)
	}
}
