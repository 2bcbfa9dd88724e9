//go:build cgo && !nogst

package main

import (
	"encoding/json"
	"net/http"
	"testing"
)

// TestPush pushes a stream from the server to itself, and listens to what arrives while its sound is taken away and others are put in
// its place.
func TestPush(t *testing.T) {
	t.Parallel()
	s, rtmp, rtsp := transcoders(t)
	films(t, s)
	there := rtmp + "there"
	a := s.Call(t, "POST /rest-api/push/startup", J{"streamName": "cam", "rtmpUrl": there})
	var push J
	if err := json.Unmarshal([]byte(a.Text), &push); err != nil || a.StatusCode != http.StatusOK || push["streamName"] != "rtmp_cam" || push["muted"] != false {
		t.Fatalf("%s %s %v", a.Status, a.Text, err)
	}
	if a := s.Call(t, "POST /rest-api/push/startup", J{"streamName": "cam", "rtmpUrl": there + "/"}); a.StatusCode != http.StatusConflict {
		t.Errorf("once more: %s %s", a.Status, a.Text)
	}
	if a := s.Call(t, "POST /rest-api/push/startup", J{"streamName": "cam", "rtmpUrl": "rtmp://192.0.2.1/live"}); a.StatusCode != http.StatusForbidden {
		t.Errorf("elsewhere: %s %s", a.Status, a.Text)
	}
	s.published("rtmp_cam")
	e := listen(t, "the push", rtsp+"rtmp_cam")
	id := J{"mediaSessionId": push["mediaSessionId"]}
	with := func(more J) J {
		more["mediaSessionId"] = push["mediaSessionId"]
		return more
	}
	e.until(s, 440) // the stream's own sound
	s.old("/push/mute", id)
	e.until(s) // silence
	s.old("/push/unmute", id)
	e.until(s, 440) // its own sound again
	s.old("/push/sound_on", with(J{"soundFile": "ping.wav", "loop": "true"}))
	e.until(s, 880) // the file
	if list := s.found("/push/find", J{"streamName": "cam"}); len(list) != 1 || list[0]["soundEnabled"] != true {
		t.Errorf("%v", list)
	}
	s.old("/push/sound_off", id)
	e.until(s, 440) // its own sound after the file
	s.old("/push/sound_on", with(J{"soundFile": "ping.wav"}))
	e.until(s, 880) // the file once
	e.until(s, 440) // its own sound after the file's end
	for _, name := range []string{"none.wav", "../sluice.yaml", "%2e%2e/x.wav"} {
		if a := s.Call(t, "POST /rest-api/push/sound_on", with(J{"soundFile": name})); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s %s", name, a.Status, a.Text)
		}
	}
	s.old("/push/terminate", id)
	s.until("the end", func() bool { return s.Call(t, "GET /v1/streams/rtmp_cam", nil).StatusCode == http.StatusNotFound })
	if list := s.found("/push/find_all", nil); len(list) != 0 {
		t.Errorf("%v", list)
	}

	// Muted from the beginning, and with another name.
	a = s.Call(t, "POST /rest-api/push/startup", J{"streamName": "cam", "rtmpUrl": there + "/again", "rtmpTransponderFullUrl": true, "options": J{"action": "mute"}})
	if err := json.Unmarshal([]byte(a.Text), &push); err != nil || push["streamName"] != "again" || push["muted"] != true {
		t.Fatalf("%s %s %v", a.Status, a.Text, err)
	}
	s.published("again")
	e = listen(t, "the second push", rtsp+"again")
	e.until(s) // silence from the beginning
	s.old("/push/unmute", J{"mediaSessionId": push["mediaSessionId"]})
	e.until(s, 440) // the sound of the second push
}

// TestPullByREST has a server fetch its own stream, over RTSP by its address and over RTMP by a name.
func TestPullByREST(t *testing.T) {
	t.Parallel()
	s, rtmp, rtsp := transcoders(t)
	from, other := rtsp+"cam", rtmp+"live/cam"
	s.old("/rtsp/startup", J{"uri": from})
	s.old("/pull/rtmp/pull", J{"uri": other, "localStreamName": "copy"})
	for path, uri := range map[string]string{"/rtsp/startup": from, "/pull/rtmp/pull": other} {
		if a := s.Call(t, "POST /rest-api"+path, J{"uri": uri}); a.StatusCode != http.StatusConflict {
			t.Errorf("%s once more: %s %s", path, a.Status, a.Text)
		}
	}
	for path, uri := range map[string]string{"/rtsp/startup": "rtsp://192.168.0.1/x", "/pull/rtmp/pull": "rtmp://10.0.0.1/live/x"} {
		if a := s.Call(t, "POST /rest-api"+path, J{"uri": uri}); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s elsewhere: %s %s", path, a.Status, a.Text)
		}
	}
	for path, of := range map[string]struct{ uri, provider string }{"/rtsp": {from, "RTSP"}, "/pull/rtmp": {other, "RTMP"}} {
		var agent J
		s.until(path, func() bool {
			list := s.found(path+"/find", J{"uri": of.uri, "status": "PROCESSED_REMOTE"})
			if len(list) != 1 {
				return false
			}
			agent = list[0]
			return agent["hasVideo"] == true && agent["hasAudio"] == true
		})
		list := s.found("/stream/find", J{"name": agent["localStreamName"], "published": true})
		if len(list) != 1 || list[0]["mediaSessionId"] != agent["localMediaSessionId"] || list[0]["mediaProvider"] != of.provider {
			t.Errorf("%v is not listed as the stream of %v", list, agent)
		}
	}
	for _, name := range []string{"copy", from} {
		if p := probe(t, 1, rtsp+name); p.tracks() != "h264 320x180, aac 44100/1" {
			t.Errorf("%s: %s", name, p.tracks())
		}
	}
	s.old("/rtsp/startup", J{"uri": rtsp + "none"})
	s.until("a failure", func() bool { return len(s.found("/rtsp/find", J{"uri": rtsp + "none", "status": "FAILED"})) == 1 })
	s.old("/rtsp/terminate", J{"uri": from})
	s.old("/pull/rtmp/terminate", J{"uri": other})
	if list := s.found("/rtsp/find", J{"uri": from}); len(list) != 1 || list[0]["status"] != "STOPPED" {
		t.Errorf("%v", list)
	}
	s.until("their ends", func() bool { return s.Call(t, "GET /v1/streams/copy", nil).StatusCode == http.StatusNotFound })
}

// TestHLSByREST has a stream cut for HLS before anybody watches, and ends it.
func TestHLSByREST(t *testing.T) {
	t.Parallel()
	s, _, _ := transcoders(t)
	s.old("/hls/startup", J{"name": "cam"})
	if a := s.Call(t, "POST /rest-api/hls/startup", J{"name": "cam"}); a.StatusCode != http.StatusConflict {
		t.Errorf("once more: %s %s", a.Status, a.Text)
	}
	var listed J
	s.until("segments", func() bool {
		list := s.found("/hls/find_all", nil)
		if len(list) == 1 {
			listed = list[0]
		}
		return listed["status"] == "PROCESSED_LOCAL"
	})
	if listed["streamName"] != "cam" || listed["subscribers"] != 0.0 || listed["playlist"] != "/cam/cam.m3u8" || listed["createdDate"] == 0.0 {
		t.Errorf("%v", listed)
	}
	a := s.Call(t, "POST /rest-api/hls/profiles", J{"hlsId": "cam", "profileName": "cam"})
	var profile J
	if err := json.Unmarshal([]byte(a.Text), &profile); err != nil || profile["width"] != 320.0 || profile["height"] != 180.0 {
		t.Errorf("%s %s %v", a.Status, a.Text, err)
	}
	s.old("/hls/terminate", J{"name": "cam"})
	s.until("its end", func() bool { return len(s.found("/hls/find_all", nil)) == 0 })
	if a := s.Call(t, "POST /rest-api/hls/terminate", J{"name": "cam"}); a.StatusCode != http.StatusNotFound {
		t.Errorf("once more: %s %s", a.Status, a.Text)
	}
	s.old("/hls/startup", J{"name": "cam"}) // and again
}
