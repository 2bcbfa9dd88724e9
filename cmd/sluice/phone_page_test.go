package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	pion "github.com/pion/webrtc/v4"

	"sluice/api/sip/siptest"
)

// echo is a page's connection that says back what it hears.
func echo(t *testing.T) *pion.PeerConnection {
	t.Helper()
	pc := peer(t)
	track, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: pion.MimeTypePCMU, ClockRate: 8000}, "audio", "page")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(track); err != nil {
		t.Fatal(err)
	}
	pc.OnTrack(func(from *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			p, _, err := from.ReadRTP()
			if err != nil || track.WriteRTP(p) != nil {
				return
			}
		}
	})
	return pc
}

// hearSDP waits for a description, and gives the id that it is for.
func (p *webPage) hearSDP() (id, sdp string) {
	p.t.Helper()
	for {
		_ = p.conn.SetReadDeadline(time.Now().Add(patience))
		var m struct {
			Message string
			Data    []json.RawMessage
		}
		if err := p.conn.ReadJSON(&m); err != nil {
			p.t.Fatalf("no setRemoteSDP: %v", err)
		}
		if m.Message != "setRemoteSDP" {
			continue
		}
		if json.Unmarshal(m.Data[0], &id) != nil || json.Unmarshal(m.Data[1], &sdp) != nil {
			p.t.Fatalf("%s", m.Data)
		}
		return id, sdp
	}
}

// describe sets a description of the page's own and gives it, when its candidates are known.
func describe(t *testing.T, pc *pion.PeerConnection, begin func() (pion.SessionDescription, error)) string {
	t.Helper()
	d, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(d); err != nil {
		t.Fatal(err)
	}
	<-gathered
	return pc.LocalDescription().SDP
}

// TestPageAndPhone: a page and a telephone talk in µ-law, which nobody converts: this server has no GStreamer to do it with.
func TestPageAndPhone(t *testing.T) {
	registrar := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	bob := siptest.StartBaresip(t, siptest.PhoneOptions{Account: registrar.Account("1002"), Voice: siptest.Voice{Hz: 440}, Manual: true})
	s := startServer(t, t.TempDir(), []string{
		"SLUICE_SIP_DOMAINS=127.0.0.1", "SLUICE_SIP_ADDRESS=127.0.0.1", "SLUICE_WEBRTC_LOOPBACK=true", "SLUICE_LOG_LEVEL=debug",
	})
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.errs.all())
		}
	})
	address := "ws" + strings.TrimPrefix(s.out.await(t, `page +(http://localhost:\d+)/`)[1], "http")
	conn, answer, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	t.Cleanup(func() { conn.Close() })
	page := &webPage{t: t, conn: conn}
	host, port, _ := strings.Cut(registrar.Address, ":")
	page.say("connection", J{
		"sipLogin": "1001", "sipAuthenticationName": "1001", "sipPassword": "secret1001", "sipDomain": host, "sipPort": port,
		"sipRegisterRequired": true, "mediaProviders": []string{"WebRTC"},
	})
	page.hear("registered", "REGISTERED")

	pc := echo(t)
	page.say("call", J{
		"callId": "C", "callee": "1002", "caller": "1001", "hasAudio": true, "mediaProvider": "WebRTC", "status": "PENDING",
		"sdp": describe(t, pc, func() (pion.SessionDescription, error) { return pc.CreateOffer(nil) }),
	})
	page.hear("notifyTryingResponse", "TRYING")
	bob.AwaitRing()
	page.hear("ring", "RING")
	bob.Answer()
	_, sdp := page.hearSDP()
	if err := pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: sdp}); err != nil {
		t.Fatalf("%v\n%s", err, sdp)
	}
	page.hear("talk", "ESTABLISHED")
	siptest.AwaitTone(t, bob, 440)
	page.say("sendDtmf", J{"callId": "C", "type": "RFC2833", "dtmf": "5"})
	if keys := bob.AwaitKeys(1); keys != "5" {
		t.Errorf("keys %q", keys)
	}
	page.say("hold", J{"callId": "C"})
	page.hear("hold", "HOLD")
	page.say("unhold", J{"callId": "C"})
	page.hear("talk", "ESTABLISHED")
	page.say("hangup", J{"callId": "C"})
	page.hear("finish", "FINISH")
	bob.AwaitEnd()

	bob.Dial("sip:1001@" + registrar.Address)
	id, sdp := page.hearSDP()
	pc = echo(t)
	if err := pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeOffer, SDP: sdp}); err != nil {
		t.Fatalf("%v\n%s", err, sdp)
	}
	if got := page.hear("notifyIncomingCall", "RING"); got["callId"] != id || got["caller"] != "1002" {
		t.Errorf("called: %v", got)
	}
	page.hear("ring", "RING")
	page.say("answer", J{
		"callId": id, "sdp": describe(t, pc, func() (pion.SessionDescription, error) { return pc.CreateAnswer(nil) }),
	})
	page.hear("talk", "ESTABLISHED")
	bob.AwaitCall()
	siptest.AwaitTone(t, bob, 440)
	bob.Hangup()
	page.hear("finish", "FINISH")
	// Who is not there cannot be called: a page that leaves takes its contact with it (RFC 3261 10.2.2).
	registrar.AwaitContacts("1001", 1)
	conn.Close()
	registrar.AwaitContacts("1001", 0)
}
