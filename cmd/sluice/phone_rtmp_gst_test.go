//go:build cgo && !nogst

package main

import (
	"net/http"
	"testing"

	"sluice/engine/enginetest"
)

// TestPhoneToRTMP: what a telephone says that was called over REST arrives at a foreign RTMP server, which is ffmpeg, as AAC.
func TestPhoneToRTMP(t *testing.T) {
	s := serveSwitchboard(t, anybody("trunk"), "SLUICE_HUB_HOSTS=127.0.0.1", "SLUICE_REST_HOSTS=127.0.0.1")
	at := enginetest.FreeAddress(t)
	e := listenAs(t, "the server", "-listen", "1", "-i", "rtmp://"+at+"/live/rtmp_call")
	phone := s.telephone("1002", 440)
	startup := s.call("one", phone, "1002")
	startup["rtmpUrl"], startup["rtmpStream"] = "rtmp://192.0.2.1/live", "call"
	s.want(http.StatusForbidden, "POST /rest-api/call/startup", startup)
	startup["rtmpUrl"] = "rtmp://" + at + "/live"
	if a := s.Call(t, "POST /rest-api/call/startup", startup); a.StatusCode != http.StatusOK {
		t.Fatal(a.Status, a.Text)
	}
	phone.AwaitCall()
	e.until(s.restServer, 440)
	is := s.list("/rest-api/call/find", J{"rtmpUrl": startup["rtmpUrl"]})
	if len(is) != 1 || is[0]["rtmpStream"] != "call" || is[0]["rtmpStreamStatus"] != "PUBLISHING" {
		t.Errorf("%v", is)
	}
	s.want(http.StatusOK, "POST /rest-api/call/terminate", J{"callId": "one"})
	phone.AwaitEnd()
}
