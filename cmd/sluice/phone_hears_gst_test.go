//go:build cgo && !nogst

package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"sluice/api/sip/siptest"
	"sluice/engine/enginetest/program"
)

// TestPhoneHearsWhatIsPutIn: a telephone that was called over REST hears a file once, a stream, both mixed, another stream in its place,
// and silence at last. What is not there is told, and what is heard goes on.
func TestPhoneHearsWhatIsPutIn(t *testing.T) {
	s := serveSwitchboard(t, anybody("trunk"))
	p := &party{restServer: s.restServer, rtmp: "rtmp://127.0.0.1:" + s.out.await(t, `RTMP +rtmp://localhost:(\d+)`)[1] + "/live/"}
	program.Output(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "aevalsrc=0.3*sin(2*PI*2500*t):d=4:s=48000", "-ac", "2",
		filepath.Join(s.folder, "media", "ping.wav"))
	phone := s.telephone("1002", 440)
	s.want(http.StatusNotFound, "POST /rest-api/call/inject_sound", J{"callId": "one", "fileName": "ping.wav"})
	startup := s.call("one", phone, "1002")
	startup["toStream"] = "said"
	s.want(http.StatusOK, "POST /rest-api/call/startup", startup)
	phone.AwaitCall()
	s.until("the stream of what it says", func() bool {
		return s.Call(t, "POST /rest-api/stream/find", J{"name": "said"}).StatusCode == http.StatusOK
	})
	p.guest("RTMP", "music", "red", 1000)
	p.guest("RTMP", "other", "red", 1700)
	p.there("music")
	p.there("other")
	const stream, sound = "POST /rest-api/call/inject_stream/startup", "POST /rest-api/call/inject_sound"
	s.want(http.StatusOK, stream, J{"callId": "one", "streamName": "music"})
	s.chord("the stream", phone, 1000)
	s.want(http.StatusOK, sound, J{"callId": "one", "fileName": "ping.wav"})
	s.chord("the stream and the file", phone, 1000, 2500)
	s.chord("the stream when the file has ended", phone, 1000)
	s.want(http.StatusNotFound, stream, J{"callId": "one", "streamName": "nobody"})
	for name, status := range map[string]int{"none.wav": http.StatusNotFound, "../sluice.yaml": http.StatusForbidden} {
		if a := s.Call(t, sound, J{"callId": "one", "fileName": name}); a.StatusCode != status {
			t.Errorf("%s: %s %s", name, a.Status, a.Text)
		}
	}
	s.want(http.StatusOK, "POST /rest-api/call/inject_stream", J{"callId": "one", "streamName": "other"})
	s.chord("another stream in its place", phone, 1700)
	s.stop("phone/inject") // as an operator does
	s.chord("silence, as nothing is put in", phone)
	s.want(http.StatusOK, stream, J{"callId": "one", "streamName": "music"})
	s.chord("a stream after that", phone, 1000)
	s.want(http.StatusOK, "POST /rest-api/call/inject_stream/terminate", J{"callId": "one"})
	s.chord("silence", phone)
	s.want(http.StatusOK, "POST /rest-api/call/terminate", J{"callId": "one"})
	phone.AwaitEnd()
	s.want(http.StatusNotFound, stream, J{"callId": "one", "streamName": "music"})
}

// stop ends the pipeline of a graph.
func (s *restServer) stop(graph string) {
	s.t.Helper()
	list, _ := s.want(http.StatusOK, "GET /v1/pipelines", nil)["items"].([]any)
	for _, item := range list {
		if p, _ := item.(J); p["graph"] == graph {
			id, _ := p["id"].(string)
			s.want(http.StatusAccepted, "DELETE /v1/pipelines/"+id+"?drain=0s", nil)
			s.until("its end", func() bool { return s.Call(s.t, "GET /v1/pipelines/"+id, nil).StatusCode == http.StatusNotFound })
			return
		}
	}
	s.t.Fatalf("nothing runs %s: %v", graph, list)
}

// chord waits until a telephone hears some tones, in steps of 20 Hz, and no others; none is silence.
func (s *switchboard) chord(what string, ear interface{ Heard() siptest.Sound }, want ...int) {
	s.t.Helper()
	const window = 600_000_000 // nanoseconds
	var heard []int
	defer func() {
		if s.t.Failed() {
			s.t.Logf("%s heard %v", what, heard)
		}
	}()
	s.seldom(what, func() bool {
		sound := ear.Heard()
		if sound.Length() < window {
			return false
		}
		tones, level := sound.Last(window).Tones()
		heard = nil
		for _, tone := range tones {
			const silence = -50
			if tone.Share > 0.1 && level > silence {
				heard = append(heard, int(tone.Hz+10)/20*20)
			}
		}
		slices.Sort(heard)
		return slices.Equal(heard, want)
	})
}
