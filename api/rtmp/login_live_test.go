package rtmp_test

import (
	"crypto/md5"
	"encoding/base64"
	"strings"
	"testing"

	"sluice/api/auth"
	"sluice/api/rtmp"
	"sluice/api/rtmp/chunk"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
)

// guarded starts a server that "me" may publish and play at, and who shows the token "good", and that asks clients of the application
// "studio" to log in. The passwords are kept as hashes.
func guarded(t *testing.T) *server {
	t.Helper()
	sum := md5.Sum([]byte("me" + auth.Realm + "secret"))
	all := []string{"**"}
	a, err := auth.New(auth.Config{
		Users: []auth.UserConfig{
			{Name: "me", Password: auth.Hash("secret"), Adobe: base64.StdEncoding.EncodeToString(sum[:]), Publish: all, Play: all},
			{Name: "you", Password: auth.Hash("secret"), Publish: all, Play: all},
		},
		Tokens: []auth.TokenConfig{{Name: "gate", Token: "good", Publish: all, Play: all}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, func(o *rtmp.Options) { o.Auth, o.Login = a, []string{"studio"} })
}

// TestFFmpegLogsIn has ffmpeg answer the challenge, and play so, too.
func TestFFmpegLogsIn(t *testing.T) {
	program.Need(t, "ffmpeg")
	s := guarded(t)
	for name, address := range map[string]string{
		"login": "rtmp://me:secret@" + s.host + "/studio/login",
		"key":   "rtmp://" + s.host + "/live/key?user=you&pass=secret",
		"token": "rtmp://" + s.host + "/live/token?token=good",
		"app":   "rtmp://" + s.host + "/studio?token=good/app",
	} {
		t.Run(name, func(t *testing.T) {
			published := s.await("stream.published", name)
			more := []string{}
			if name == "app" { // ffmpeg takes no such address apart
				address = "rtmp://" + s.host
				more = []string{"-rtmp_app", "studio?token=good", "-rtmp_playpath", "app"}
			}
			program.Start(t, "ffmpeg", publishing(address, more...)...)
			published()
			if name != "login" {
				return
			}
			file, said := play(t, address)
			if p := probe(t, file); p.codecs() != "h264 aac" {
				t.Errorf("%+v\n%s", p, said)
			}
		})
	}
}

// TestFFmpegIsRefused holds what ffmpeg says of it, so that whoever reads that knows what is wrong.
func TestFFmpegIsRefused(t *testing.T) {
	program.Need(t, "ffmpeg")
	s := guarded(t)
	for address, want := range map[string]string{
		"rtmp://me:wrong@" + s.host + "/studio/cam":   "Incorrect username/password",
		"rtmp://you:secret@" + s.host + "/studio/cam": "Incorrect username/password", // of whom the server keeps no MD5
		"rtmp://no:secret@" + s.host + "/studio/cam":  "Incorrect username/password",
		"rtmp://" + s.host + "/studio/cam":            "No credentials set",
		"rtmp://" + s.host + "/live/cam?token=bad":    "the token is wrong",
	} {
		out, err := program.Try(t, "ffmpeg", publishing(address)...)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v\n%s", address, err, out)
		}
	}
	if s.engine.Streams().Has("cam") {
		t.Error("it is published")
	}
}

// TestWeLogIn has our own client, with which graphs push and pull, log in. Others that could cannot: gortmplib (1.0.0) always gives
// "myuser" as its name, and librtmp (2.4, as Debian builds it) writes beyond its memory where it makes the answer.
func TestWeLogIn(t *testing.T) {
	s := guarded(t)
	published := s.await("stream.published", "ours")
	from := dial(t, "rtmp://me:secret@"+s.host+"/studio/ours", true)
	from.send(h264(t), 0, picture(true, 0))
	from.send(h264(t), 1200, picture(true, 1))
	published()
	dial(t, "rtmp://me:secret@"+s.host+"/studio/ours", false).next(chunk.Video)
	if _, err := tryDial(t, "rtmp://me:wrong@"+s.host+"/studio/ours", false); fault.CodeOf(err) != fault.Unauthorized {
		t.Errorf("with another password: %v", err)
	}
}

// TestChallengesAreGoodOnce: what one client answered is of no use to who overheard it.
func TestChallengesAreGoodOnce(t *testing.T) {
	s := guarded(t)
	ask := func(more string) string {
		r := rawClient(t, s.host)
		r.call(0, "connect", 1, app("studio"+more))
		return r.refusal()
	}
	if about := ask(""); !strings.Contains(about, "code=403 need auth; authmod=adobe") {
		t.Fatal(about)
	}
	about := ask("?authmod=adobe&user=me")
	_, opaque, _ := strings.Cut(about, "&opaque=")
	salted := md5.Sum([]byte("me" + auth.Realm + "secret"))
	response := md5.Sum([]byte(base64.StdEncoding.EncodeToString(salted[:]) + opaque + "ours"))
	answer := "?authmod=adobe&user=me&challenge=ours&response=" + base64.StdEncoding.EncodeToString(response[:]) + "&opaque=" + opaque
	if about := ask(answer); about != "" {
		t.Fatalf("refused: %s", about)
	}
	if about := ask(answer); !strings.Contains(about, "reason=authfailed") {
		t.Errorf("the same once more: %q", about)
	}
	if about := ask(strings.Replace(answer, "user=me", "user=you", 1)); !strings.Contains(about, "reason=authfailed") {
		t.Errorf("of another user: %q", about)
	}
}
