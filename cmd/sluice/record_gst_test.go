//go:build cgo && !nogst

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/api/records/recordtest"
	"sluice/engine/enginetest/program"
)

// session is the mediaSessionId of what is published under a name.
func (s *restServer) session(name string) (id string, recorded bool) {
	s.t.Helper()
	a := s.Call(s.t, "POST /rest-api/stream/find", J{"name": name, "published": true})
	var list []struct {
		MediaSessionID string
		Record         bool
	}
	if err := json.Unmarshal([]byte(a.Text), &list); err != nil || len(list) != 1 {
		s.t.Fatalf("%s: %s %s %v", name, a.Status, a.Text, err)
	}
	return list[0].MediaSessionID, list[0].Record
}

// TestRecordingByREST: what comes by RTMP, by RTSP, and from mixers is recorded when somebody asks for it, each once, into files that play.
func TestRecordingByREST(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg", "ffprobe")
	folder := t.TempDir()
	s, rtmp, rtsp := serveOld(t, "SLUICE_RECORDS_FOLDER="+folder, "SLUICE_RECORDS_NAME={streamName}", "SLUICE_RECORDS_FREE=0")
	encoder(t, "red", "rtmp://"+rtmp+"/live/encoder", "-f", "flv")
	sends(t, "libvpx -deadline realtime -cpu-used 8 -g 25", "rtsp://"+rtsp+"/camera")
	s.published("encoder")
	s.published("camera")
	s.old("/mixer/startup", J{"uri": "mixer://m1", "localStreamName": "mixed", "record": true})
	s.old("/mixer/add", J{"uri": "mixer://m1", "remoteStreamName": "encoder"})
	s.published("mixed")
	for _, name := range []string{"encoder", "camera"} {
		id, _ := s.session(name)
		if a := s.Call(t, "POST /rest-api/stream/startRecording", J{"mediaSessionId": id}); a.StatusCode != http.StatusOK {
			t.Fatal(a.Status, a.Text)
		}
		if a := s.Call(t, "POST /rest-api/stream/startRecording", J{"mediaSessionId": id}); a.StatusCode != http.StatusConflict {
			t.Error(a.Status, a.Text)
		}
	}
	s.until("files that grow", func() bool {
		parts, err := filepath.Glob(filepath.Join(folder, ".part-*[A-Z0-9]"))
		for _, p := range parts {
			info, wrong := os.Stat(p)
			if wrong != nil || info.Size() < 5_000 {
				return false
			}
		}
		return err == nil && len(parts) == 3
	})
	s.old("/mixer/startup", J{"uri": "mixer://m2", "localStreamName": "unrecorded"})
	var mixers []struct {
		URI    string `json:"uri"`
		Record bool   `json:"record"`
	}
	a := s.Call(t, "POST /rest-api/mixer/find_all", J{})
	if err := json.Unmarshal([]byte(a.Text), &mixers); err != nil || len(mixers) != 2 || !mixers[0].Record || mixers[1].Record {
		t.Error(err, a.Text)
	}
	for name, want := range map[string]string{"encoder": "h264 aac", "camera": "vp8", "mixed": "h264 opus"} {
		id, recorded := s.session(name)
		if !recorded {
			t.Errorf("%s is said not to be recorded", name)
		}
		s.old("/stream/stopRecording", J{"mediaSessionId": id})
		files, err := filepath.Glob(filepath.Join(folder, name+".[mw]*[4m]"))
		if err != nil || len(files) != 1 {
			t.Errorf("%s: %v %v", name, files, err)
			continue
		}
		got := recordtest.Probe(t, files[0]).Codecs()
		for _, codec := range strings.Fields(want) {
			if !strings.Contains(got, codec+" ") && !strings.HasSuffix(got, codec) {
				t.Errorf("%s has %q, not %s", files[0], got, want)
			}
		}
		recordtest.Decode(t, files[0], "0")
	}
	if id, recorded := s.session("encoder"); recorded || s.Call(t, "POST /rest-api/stream/stopRecording", J{"mediaSessionId": id}).StatusCode != http.StatusNotFound {
		t.Error("it is recorded still")
	}
}
