package rtmp_test

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"

	"sluice/api"
	"sluice/api/auth"
	"sluice/api/doortest"
	"sluice/api/rtmp"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/api/rtmp/session"
	"sluice/api/visitor"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// knows lets in who shows a token, and notes who asked.
type knows struct{ asked chan auth.Request }

// Authorise implements visitor.Authoriser.
func (k knows) Authorise(_ context.Context, q auth.Request) (string, error) {
	k.asked <- q
	if q.Token == "good" || q.User == "me" && q.Password == "secret" {
		return "me", nil
	}
	return "", fault.New(fault.Unauthorized, "", "who are you?")
}

func TestAuthorisation(t *testing.T) {
	k := knows{make(chan auth.Request, 10)}
	s := serve(t, func(o *rtmp.Options) { o.Auth = k })
	for _, row := range []struct {
		app, name string
		publish   bool
		want      fault.Code
	}{
		{"live", "cam", true, fault.Forbidden},
		{"live", "cam?token=bad", false, fault.Forbidden},
		{"live", "cam?token=good", false, fault.StreamNotFound},
		{"live?token=good", "cam", false, fault.StreamNotFound},
		{"live", "cam?user=me&pass=secret", false, fault.StreamNotFound},
	} {
		target := session.Target{Host: s.host, App: row.app, Name: row.name}
		_, err := session.Dial(t.Context(), target, row.publish, patience)
		if fault.CodeOf(err) != row.want {
			t.Errorf("%s of %s: %v", row.name, row.app, err)
		}
		q := enginetest.Await(t, "what is asked", k.asked)
		if q.Stream != "cam" || q.Protocol != "rtmp" || !q.Remote.IsLoopback() || (q.Action == auth.Publish) != row.publish {
			t.Errorf("%+v", q)
		}
	}
}

// TestApplicationInTheName: where a graph's route names the application, it is part of the name that is asked for, published and played,
// and nobody publishes there with the right to something else.
func TestApplicationInTheName(t *testing.T) {
	rights, err := auth.New(auth.Config{Anonymous: &auth.AnonymousConfig{Publish: []string{"cam", "steady/mine"}, Play: []string{"**"}}})
	if err != nil {
		t.Fatal(err)
	}
	below := strings.NewReplacer("name: publish", "name: own", "name: play", "name: theirs", "/{stream...}", "/steady/{stream...}",
		"name=$stream", "name=steady/$(stream)").Replace(doortest.Graphs("rtmp"))
	s := serveGraphs(t, doortest.Graphs("rtmp")+"---\n"+below, func(o *rtmp.Options) { o.Auth = rights })
	dial := func(app, name string, publish bool, want fault.Code) {
		t.Helper()
		l, err := session.Dial(t.Context(), session.Target{Host: s.host, App: app, Name: name}, publish, patience)
		if fault.CodeOf(err) != want {
			t.Errorf("%s in %s: %v", name, app, err)
		}
		if err == nil {
			t.Cleanup(l.Close)
		}
	}
	dial("steady", "cam", true, fault.Forbidden)
	dial("live", "steady/cam", true, fault.Forbidden)
	dial("steady", "mine", true, "")
	dial("live", "cam", true, "")
}

func TestRTMPS(t *testing.T) {
	certs, err := api.NewCertificates(api.CertificateOptions{SelfSigned: true})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *rtmp.Options) {
		o.TLSListen = []string{"127.0.0.1:0"}
		o.TLS = &tls.Config{GetCertificate: certs.Get, MinVersion: tls.VersionTLS12}
	})
	s.both("cam")
	at := s.door.Addresses()[1].String()
	if _, err := tryDial(t, "rtmps://"+at+"/live/cam", false); fault.CodeOf(err) != fault.Unreachable || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
	program.Need(t, "ffmpeg")
	published := s.await("stream.published", "secured")
	program.Start(t, "ffmpeg", publishing("rtmps://"+at+"/live/secured", "-tls_verify", "0")...)
	published()
	file, said := play(t, "rtmps://"+at+"/live/secured")
	if p := probe(t, file); p.codecs() != "h264 aac" {
		t.Errorf("%+v\n%s", p, said)
	}
}

// TestEnhanced publishes what only Enhanced RTMP has, and who speaks it gets it as it is.
func TestEnhanced(t *testing.T) {
	s := serve(t)
	for _, row := range []struct {
		video, audio media.Codec
	}{{media.VP9, media.Opus}, {media.VP8, media.Opus}} {
		name := string(row.video)
		published := s.await("stream.published", name)
		from := dial(t, "rtmp://"+s.host+"/live/"+name, true)
		picture, sound := media.NewTrack(row.video), media.NewTrack(row.audio)
		sound.Channels = 2
		key := media.Unit{Key: true, AU: [][]byte{{1, 2, 3}}}
		for i := range uint32(40) { // which is long enough to see what comes
			from.send(picture, 40*i, key)
			from.send(sound, 40*i, key)
		}
		published()
		to := dial(t, "rtmp://"+s.host+"/live/"+name, false)
		for _, kind := range []uint8{chunk.Video, chunk.Audio} {
			first, second := to.next(kind), to.next(kind)
			for i, m := range []chunk.Message{first, second} {
				parse := flv.ParseVideo
				if kind == chunk.Audio {
					parse = flv.ParseAudio
				}
				tags, err := parse(m.Body)
				if err != nil || len(tags) != 1 || tags[0].Config() != (i == 0) || tags[0].Codec != row.video && tags[0].Codec != row.audio {
					t.Errorf("%s: message %d: %+v, %v", name, i, tags, err)
				}
			}
		}
	}
}

func TestOptions(t *testing.T) {
	if _, err := rtmp.New(rtmp.Options{}); fault.CodeOf(err) != fault.Internal {
		t.Errorf("without an engine: %v", err)
	}
	if _, err := rtmp.New(rtmp.Options{Engine: visitor.UseEngine(nil), TLSListen: []string{":0"}}); fault.CodeOf(err) != fault.InvalidParams {
		t.Errorf("without a certificate: %v", err)
	}
	d, err := rtmp.New(rtmp.Options{Engine: visitor.UseEngine(nil), Listen: []string{"nonsense"}})
	if err != nil || d.Name() != "rtmp" {
		t.Fatal(err)
	}
	if err := d.Listen(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "rtmp.listen: ") {
		t.Errorf("nonsense: %v", err)
	}
	for range 2 {
		if err := d.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := d.Serve(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTooManyOfOneAddress(t *testing.T) {
	s := serve(t, func(o *rtmp.Options) { o.PerAddress = 1 })
	from := s.both("cam")
	if _, err := tryDial(t, "rtmp://"+s.host+"/live/cam", false); fault.CodeOf(err) != fault.Lost {
		t.Errorf("a second connection: %v", err)
	}
	from.send(h264(t), 40, picture(false, 1)) // who was first stays
}
