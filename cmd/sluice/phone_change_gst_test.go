//go:build cgo && !nogst

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	pion "github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"sluice/api/sip/siptest"
	"sluice/engine/enginetest/program"
)

// TestPhoneChangesCodec: a telephone that sends back what it hears goes over from µ-law to A-law within a call. The page, which has µ-law
// only, goes on to hear its own sound, which is converted from then on.
func TestPhoneChangesCodec(t *testing.T) {
	program.Need(t, "sipp", "kamailio")
	s, page := telephonist(t, siptest.StartRegistrar(t, siptest.RegistrarOptions{}))
	phone := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "change"), Echo: true})
	pc := peer(t)
	track, err := pion.NewTrackLocalStaticSample(muLaw(), "audio", "page")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(track); err != nil {
		t.Fatal(err)
	}
	kinds := []pion.RTPCodecParameters{{RTPCodecCapability: muLaw()}}
	if err := pc.GetTransceivers()[0].SetCodecPreferences(kinds); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { // a square of 400 Hz, of which nothing but its two values comes back
		defer close(done)
		sound := bytes.Repeat(append(bytes.Repeat([]byte{0x90}, 10), bytes.Repeat([]byte{0x10}, 10)...), 8)
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for pc.ConnectionState() != pion.PeerConnectionStateClosed {
			_ = track.WriteSample(media.Sample{Data: sound, Duration: 20 * time.Millisecond}) // it may not be connected yet
			select {
			case <-ticker.C:
			case <-t.Context().Done():
				return
			}
		}
	}()
	t.Cleanup(func() { <-done })
	var loud atomic.Int64
	pc.OnTrack(func(from *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			p, _, err := from.ReadRTP()
			if err != nil {
				return
			}
			if p.PayloadType == 0 && bytes.ContainsAny(p.Payload, "\x0f\x10\x11") {
				loud.Add(1)
			}
		}
	})
	page.calls(fmt.Sprintf("sip:1002@%s", phone.Address), pc)
	page.talks(pc)
	comesTrue(t, "the page hears itself", func() bool { return loud.Load() > 10 })
	s.errs.await(t, `stream published.*(pcma)`)
	before := loud.Load()
	comesTrue(t, "the page hears itself again", func() bool { return loud.Load() > before+5 })
	page.hear("finish", "FINISH")
	phone.Wait()
}

// TestCalledPhoneChangesCodec: the same telephone, called over REST. What it sends back of a stream that was put in is published with one codec
// and then with the other: what it says is taken anew, and what it hears goes on.
func TestCalledPhoneChangesCodec(t *testing.T) {
	program.Need(t, "sipp", "ffmpeg")
	s := serveSwitchboard(t, anybody("trunk"), "SLUICE_LOG_LEVEL=debug")
	p := &party{restServer: s.restServer, rtmp: "rtmp://127.0.0.1:" + s.out.await(t, `RTMP +rtmp://localhost:(\d+)`)[1] + "/live/"}
	p.guest("RTMP", "music", "red", 1000)
	p.there("music")
	phone := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "change"), Echo: true, Words: map[string]string{"pause": "6000"}})
	host, port, _ := strings.Cut(phone.Address, ":")
	s.want(http.StatusOK, "POST /rest-api/call/startup", J{
		"callId": "one", "callee": "1002", "hasAudio": true, "sipLogin": "100", "sipDomain": host, "sipPort": port, "sipRegisterRequired": false,
		"toStream": "said",
	})
	comesTrue(t, "a stream is put in", func() bool {
		return s.Call(t, "POST /rest-api/call/inject_stream/startup", J{"callId": "one", "streamName": "music"}).StatusCode == http.StatusOK
	})
	s.errs.await(t, `stream published.*said.*(pcmu)`)
	s.errs.await(t, `stream published.*said.*(pcma)`)
	phone.Wait()
}
