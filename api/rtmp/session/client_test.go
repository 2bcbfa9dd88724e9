package session

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sluice/api/amf"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestNames(t *testing.T) {
	for _, row := range []struct{ app, tcURL, name, want, params string }{
		{"live", "rtmp://h/live", "cam", "cam", ""},
		{"app/inst", "rtmp://h/app/inst", "cam", "cam", ""},
		{"live", "", "studio/cam", "studio/cam", ""},
		{"live", "", "cam?key=a&x=1", "cam", "key=a&x=1"},
		{"live", "", "cam&key=a", "cam", "key=a"},
		{"live?key=b&app=c", "", "cam?key=a", "cam", "app=c&key=a"},
		{"live", "rtmp://h/live?appKey=k", "cam", "cam", "appKey=k"},
		{"live", "", "mp4:cam", "cam", ""},
		{"live", "", "rtmp:cam", "cam", ""},
		{"live", "", "rtmp://other.example/live/cam", "rtmp://other.example/live/cam", ""},
		{"live", "", "rtsp://cam/x?a=b&c=%26d", "rtsp://cam/x?a=b&c=%26d", ""},
		{"live", "", "rtsp%3A%2F%2Fcam/x?a=b", "rtsp://cam/x?a=b", ""},
		{"live", "", "rtsp%3A%2F%2Fcam/x%3Fa=b", "rtsp://cam/x?a=b", ""},
		{"live", "", "rtsp://cam/x&user=admin", "rtsp://cam/x&user=admin", ""},
		{"live?key=k", "", "rtsp://cam/x?user=me&a=b&token=good&", "rtsp://cam/x?a=b", "key=k&token=good&user=me"},
		{"live", "", "rtsp://cam/x?token=good", "rtsp://cam/x", "token=good"},
		{"live", "", "my%20cam", "my cam", ""},
		{"live", "", "100%", "100%", ""},
		{"cam", "", "", "cam", ""},
		{"app/cam/", "", "", "cam", ""},
		{"", "rtmp://h/live/cam", "", "cam", ""},
	} {
		o := amf.Object{{Key: "app", Value: row.app}, {Key: "tcUrl", Value: row.tcURL}}
		r := newRequest(newClient(o, nil, netip.AddrPort{}, false), row.name, true)
		if r.Name != row.want || r.Params.Encode() != row.params {
			t.Errorf("%q in %q: %q %q", row.name, row.app, r.Name, r.Params.Encode())
		}
	}
}

func TestCustomParameters(t *testing.T) {
	c := newClient(amf.Object{
		{Key: "app", Value: "live?appKey=mine"}, {Key: "flashVer", Value: "x"}, {Key: "appKey", Value: "other"}, {Key: "room", Value: "7"},
		{Key: "level", Value: 1.5}, {Key: "guest", Value: true}, {Key: "more", Value: amf.Object{}},
	}, []any{amf.Object{{Key: "login", Value: "me"}, {Key: "room", Value: "8"}}, "text", nil}, netip.AddrPort{}, false)
	if got := c.Query.Encode(); got != "appKey=mine&guest=true&level=1.5&login=me&room=7" {
		t.Error(got)
	}
}

// TestLogins reads what ffmpeg and librtmp add to the application and the address, which graphs do not get to see.
func TestLogins(t *testing.T) {
	const answer = "?authmod=adobe&user=m%20e+&challenge=cc&response=a+/b==&opaque=oo"
	c := newClient(amf.Object{
		{Key: "app", Value: "live?x=1" + answer}, {Key: "tcUrl", Value: "rtmp://h/live?x=1" + answer},
	}, nil, netip.AddrPort{}, false)
	if c.Login == nil || *c.Login != (Login{User: "m e+", Challenge: "cc", Response: "a+/b==", Opaque: "oo"}) {
		t.Errorf("%+v", c.Login)
	}
	if c.App != "live" || c.Query.Encode() != "x=1" {
		t.Errorf("%q %q", c.App, c.Query.Encode())
	}
	l := Login{Challenge: "cc", Response: sum("keptoocc"), Opaque: "oo"}
	if !l.Follows("kept") || l.Follows("other") || (&Login{}).Follows("kept") {
		t.Error("what follows does not, or the other way round")
	}
	for _, text := range []string{"live", "authmod=adobe", "live?xauthmod=adobe"} {
		if rest, l := cutLogin(text); rest != text || l != nil {
			t.Errorf("%q: %q, %+v", text, rest, l)
		}
	}
}

func TestTakes(t *testing.T) {
	for name, row := range map[string]struct {
		object amf.Object
		want   string
	}{
		"a client that says nothing": {nil, "video: h264; audio: aac or mp3"},
		"ffmpeg": {amf.Object{{Key: "audioCodecs", Value: 4071.0}, {Key: "videoCodecs", Value: 252.0}},
			"video: h264 or sorenson or vp6 or flashsv; audio: aac or mp3 or speex or nellymoser or pcma or pcmu"},
		"one with sound of another time": {amf.Object{{Key: "audioCodecs", Value: 2.0}}, "video: h264; audio: aac or mp3"},
		"Enhanced RTMP":                  {amf.Object{{Key: "fourCcList", Value: amf.List{"hvc1", "av01", "xxxx", "avc1"}}}, "video: h264 or h265 or av1; audio: aac or mp3"},
		"Enhanced RTMP v2": {amf.Object{
			{Key: "videoFourCcInfoMap", Value: amf.Object{{Key: "hvc1", Value: 1.0}, {Key: "vp09", Value: 4.0}}},
			{Key: "audioFourCcInfoMap", Value: amf.Object{{Key: "Opus", Value: 7.0}}},
		}, "video: h264 or h265; audio: aac or mp3 or opus"},
		"everything": {amf.Object{{Key: "fourCcList", Value: amf.List{"*"}}},
			"video: h264 or av1 or vp9 or vp8 or h265; audio: aac or mp3 or opus"},
	} {
		c := newClient(row.object, nil, netip.AddrPort{}, false)
		if got := c.Takes().String(); got != row.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if !slices.Equal(with([]media.Codec{media.AAC}, media.AAC), []media.Codec{media.AAC}) {
		t.Error("twice the same codec")
	}
}

func TestTargets(t *testing.T) {
	for _, row := range []struct {
		url, key string
		want     Target
	}{
		{"rtmp://h/live/cam", "", Target{Host: "h:1935", App: "live", Name: "cam"}},
		{"rtmps://u:p@h/a/b/cam?x=1", "", Target{Secure: true, Host: "h:443", App: "a/b", Name: "cam?x=1", User: "u", Pass: "p"}},
		{"rtmp://[::1]:99/live?x=1", "key", Target{Host: "[::1]:99", App: "live?x=1", Name: "key"}},
		{"rtmp://h/cam", "", Target{Host: "h:1935", Name: "cam"}},
	} {
		if got, err := ParseTarget(row.url, row.key); err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %+v, %v", row.url, got, err)
		}
	}
	for _, text := range []string{"", "http://h/live/cam", "rtmp://h", "rtmp:///live/cam", "rtmp://h/live/", "::"} {
		if got, err := ParseTarget(text, ""); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// TestChallenge follows Adobe's login. The digests are those that ffmpeg's and librtmp's formula gives.
func TestChallenge(t *testing.T) {
	if parseChallenge("no such application") != nil {
		t.Error("a challenge of nothing")
	}
	first := parseChallenge("[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ")
	if got, err := first.answer("me", "secret"); err != nil || got != "?authmod=adobe&user=me" {
		t.Errorf("%q, %v", got, err)
	}
	second := parseChallenge("[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=me&salt=ab+=&challenge=cd==&opaque=ef")
	got, err := second.answer("me", "secret")
	want := sum(sum("meab+=secret") + "ef" + "c2x1aWNl")
	if err != nil || !strings.Contains(got, "&response="+want+"&opaque=ef") {
		t.Errorf("%q, %v", got, err)
	}
	if sum("") != "1B2M2Y8AsgTpgAmY7PhCfg==" { // RFC 1321 A.5
		t.Errorf("no MD5 in base64: %s", sum(""))
	}
	third := parseChallenge("authmod=adobe : ?reason=authfailed&opaque=ef")
	if _, err := third.answer("me", "secret"); fault.CodeOf(err) != fault.Unauthorized {
		t.Error(err)
	}
}
