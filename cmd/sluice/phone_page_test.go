package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/rtcp"
	pion "github.com/pion/webrtc/v4"

	"sluice/api/sip/siptest"
)

// muLaw is the only codec of a page.
func muLaw() pion.RTPCodecCapability {
	return pion.RTPCodecCapability{MimeType: pion.MimeTypePCMU, ClockRate: 8000}
}

// echo is a page's connection that says, and shows, back what it gets, in the only codecs that it has.
func echo(t *testing.T, codecs ...pion.RTPCodecCapability) *pion.PeerConnection {
	t.Helper()
	pc := peer(t)
	tracks := map[pion.RTPCodecType]*pion.TrackLocalStaticRTP{}
	keys := make(chan struct{}, 1) // the one who sees what is shown back wants a key picture
	for i, codec := range codecs {
		track, err := pion.NewTrackLocalStaticRTP(codec, strings.ToLower(codec.MimeType[:len("audio")]), "page")
		if err != nil {
			t.Fatal(err)
		}
		sender, err := pc.AddTrack(track)
		if err != nil {
			t.Fatal(err)
		}
		tracks[track.Kind()] = track
		kind := pion.RTPCodecParameters{RTPCodecCapability: codec, PayloadType: payloads()[codec.MimeType]}
		if err := pc.GetTransceivers()[i].SetCodecPreferences([]pion.RTPCodecParameters{kind}); err != nil {
			t.Fatal(err)
		}
		go keysWanted(sender, keys)
	}
	pc.OnTrack(func(from *pion.TrackRemote, _ *pion.RTPReceiver) {
		if from.Kind() == pion.RTPCodecTypeVideo {
			go func() {
				for range keys {
					_ = pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(from.SSRC())}})
				}
			}()
		}
		for {
			p, _, err := from.ReadRTP()
			if err != nil || tracks[from.Kind()].WriteRTP(p) != nil {
				return
			}
		}
	})
	return pc
}

// payloads are the payload types that pion has of itself.
func payloads() map[string]pion.PayloadType {
	return map[string]pion.PayloadType{pion.MimeTypePCMU: 0, pion.MimeTypeOpus: 111, pion.MimeTypeVP8: 96, pion.MimeTypeH264: 102}
}

// keysWanted passes on that a key picture is wanted, until the connection ends.
func keysWanted(sender *pion.RTPSender, keys chan<- struct{}) {
	for {
		list, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range list {
			if _, is := p.(*rtcp.PictureLossIndication); is {
				select {
				case keys <- struct{}{}:
				default:
				}
			}
		}
	}
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

// telephonist starts a server and a page that is logged in as 1001.
func telephonist(t *testing.T, registrar *siptest.Registrar) (*server, *webPage) {
	t.Helper()
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
	return s, page
}

// calls has the page call somebody.
func (p *webPage) calls(whom string, pc *pion.PeerConnection) {
	p.t.Helper()
	p.say("call", J{
		"callId": "C", "callee": whom, "caller": "1001", "hasAudio": true, "hasVideo": len(pc.GetTransceivers()) > 1,
		"mediaProvider": "WebRTC", "status": "PENDING",
		"sdp": describe(p.t, pc, func() (pion.SessionDescription, error) { return pc.CreateOffer(nil) }),
	})
}

// talks waits until the call is answered.
func (p *webPage) talks(pc *pion.PeerConnection) {
	p.t.Helper()
	_, sdp := p.hearSDP()
	if err := pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: sdp}); err != nil {
		p.t.Fatalf("%v\n%s", err, sdp)
	}
	p.hear("talk", "ESTABLISHED")
}

// TestPageAndPhone: a page and a telephone talk in µ-law, which nobody converts.
func TestPageAndPhone(t *testing.T) {
	registrar := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	bob := siptest.StartBaresip(t, siptest.PhoneOptions{Account: registrar.Account("1002"), Voice: siptest.Voice{Hz: 440}, Manual: true})
	_, page := telephonist(t, registrar)

	pc := echo(t, muLaw())
	page.calls("1002", pc)
	page.hear("notifyTryingResponse", "TRYING")
	bob.AwaitRing()
	page.hear("ring", "RING")
	bob.Answer()
	page.talks(pc)
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
	pc = echo(t, muLaw())
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
	page.conn.Close()
	registrar.AwaitContacts("1001", 0)
}
