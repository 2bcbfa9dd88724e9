package whip

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/hub"
)

func TestAddress(t *testing.T) {
	for _, c := range []struct{ url, proto, stream, path string }{
		{"/cam/whip", "whip", "cam", "/cam/whip"},
		{"/cam/whip/", "whip", "cam", "/cam/whip"},
		{"/cam/whep", "whep", "cam", "/cam/whep"},
		{"/live/cam/hd/whip", "whip", "live/cam/hd", "/live/cam/hd/whip"},
		{"/cam/whip?token=x", "whip", "cam", "/cam/whip"},
		{"/caf%C3%A9%20%23room/whip", "whip", "café #room", "/caf%C3%A9%20%23room/whip"},
		{"/live%2Fcam/whip", "whip", "live/cam", "/live%2Fcam/whip"},

		{"/whip/cam", "whip", "cam", "/whip/cam"},
		{"/whip/live/cam/", "whip", "live/cam", "/whip/live/cam"},
		{"/whep/cam", "whep", "cam", "/whep/cam"},
		{"/whip/whip", "whip", "whip", "/whip/whip"},

		{"/rtc/v1/whip/?app=live&stream=cam", "whip", "live/cam", "/rtc/v1/whip"},
		{"/rtc/v1/whip?app=live&stream=cam", "whip", "live/cam", "/rtc/v1/whip"},
		{"/rtc/v1/whep/?app=live&stream=cam&eip=1.2.3.4", "whep", "live/cam", "/rtc/v1/whep"},
		{"/rtc/v1/whip/?stream=cam", "whip", "cam", "/rtc/v1/whip"},
		{"/rtc/v1/whip/?app=live", "whip", "rtc/v1", "/rtc/v1/whip"}, // a stream of ours that is called so

		{"/app/stream?direction=whip", "whip", "app/stream", "/app/stream"},
		{"/app/stream?direction=whep&transport=tcp", "whep", "app/stream", "/app/stream"},
		{"/cam?direction=whip", "whip", "cam", "/cam"},

		// Of two forms the first counts.
		{"/cam/whip?direction=whep", "whip", "cam", "/cam/whip"},
		{"/whip/cam/whep", "whep", "whip/cam", "/whip/cam/whep"},
		{"/rtc/v1/whip/?app=a&stream=b&direction=whep", "whip", "a/b", "/rtc/v1/whip"},

		{"/", "", "", ""},
		{"/whip", "", "", ""},
		{"/whip/", "", "", ""},
		{"/cam", "", "", ""},
		{"/cam/whipx", "", "", ""},
		{"/cam/WHIP", "", "", ""},
		{"/?direction=whip", "", "", ""},
		{"/cam?direction=send", "", "", ""},
		{"/streams.json", "", "", ""},
		{"", "", "", ""},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		a, ok, err := parseAddress(u)
		if ok != (c.proto != "") || err != nil || string(a.proto) != c.proto || a.stream != c.stream || (ok && a.path != c.path) {
			t.Errorf("%s: got %+v, %v, %v", c.url, a, ok, err)
		}
	}
}

func TestBadStream(t *testing.T) {
	for _, bad := range []string{
		"/../whip", "/a/../b/whip", "/./whip", "/a//b/whip", "/whip//a", "/%2e%2e/etc/whip", "/a%00b/whip", "/a%0Ab/whip",
		"/%ff/whip", "/a%2F%2Fb/whip", "//a/whip", "/rtc/v1/whip/?app=..&stream=x", "/rtc/v1/whip/?app=a&stream=b/",
		"/..?direction=whip", "/" + strings.Repeat("a", hub.MaxName+1) + "/whip",
	} {
		u, err := url.Parse("http://h" + bad)
		if err != nil {
			t.Fatal(err)
		}
		if a, ok, err := parseAddress(u); fault.CodeOf(err) != fault.InvalidRequest {
			t.Errorf("%.30s: got %+v, %v, %v", bad, a, ok, err)
		}
	}
}

func TestSessionID(t *testing.T) {
	const id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for path, want := range map[string]string{
		"/cam/whip/" + id:         id,
		"/whip/cam/" + id + "/":   id,
		"/" + id:                  id,
		"/cam/whip/" + id + "234": id + "234", // crypto/rand may give longer ones some day
		"/cam/whip/" + id[1:]:     "",
		"/cam/whip/" + id + "1":   "",
		"/cam/whip/a" + id:        "",
		"/" + id + "/whip":        "",
		"":                        "",
	} {
		if got := sessionID(path); got != want {
			t.Errorf("%q: got %q", path, got)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"/cam/whip", "/whip/cam", "/rtc/v1/whip/?app=a&stream=b", "/a/b?direction=whep", "/%2e%2e/whip", "/a//b/whip", "/é/whep/", "//h/whip",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := url.ParseRequestURI(text)
		if err != nil {
			return
		}
		a, ok, err := parseAddress(u)
		if !ok || err != nil {
			return
		}
		if a.stream == "" || a.stream != strings.TrimPrefix(path.Clean("/"+a.stream), "/") || strings.ContainsAny(a.stream, "\x00\r\n") {
			t.Errorf("%q is taken for the stream %q", text, a.stream)
		}
		if a.proto != whip && a.proto != whep {
			t.Errorf("%q is of the protocol %q", text, a.proto)
		}
		// The address of a session has to lead back to it.
		const id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		back, err := url.ParseRequestURI(a.path + "/" + id)
		if err != nil || sessionID(back.Path) != id {
			t.Errorf("%q: a session at %q is not found: %v", text, a.path+"/"+id, err)
		}
	})
}
