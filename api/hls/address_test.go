package hls

import (
	"net/url"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/hub"
)

func TestAddress(t *testing.T) {
	for path, want := range map[string]address{
		"/cam/cam.m3u8":                                         {"cam", "", ""},
		"/cam/index.m3u8":                                       {"cam", "", ""},
		"/cam/master.m3u8":                                      {"cam", "", ""},
		"/cam/other.m3u8":                                       {"cam", "", "other.m3u8"},
		"/cam/abc-12-3.m4s":                                     {"cam", "", "abc-12-3.m4s"},
		"/live/cam/cam.m3u8":                                    {"live/cam", "", ""},
		"/live/cam/live/cam.m3u8":                               {"live/cam", "", ""},
		"/live%2Fcam/live%2Fcam.m3u8":                           {"live/cam", "", ""},
		"/live%2Fcam/index.m3u8":                                {"live/cam", "", ""},
		"/live%2fcam/cam.m3u8":                                  {"live/cam", "", ""},
		"/live/cam/x.ts":                                        {"live/cam", "", "x.ts"},
		"/a/a/a.m3u8":                                           {"a/a", "", ""},
		"/%D0%BA%D0%B0%D0%BC/кам.m3u8":                          {"кам", "", ""},
		"/a%20b/a%20b.m3u8":                                     {"a b", "", ""},
		"/cam-HLS-ABR-STREAM/cam-HLS-ABR-STREAM.m3u8":           {"cam", "abr", ""},
		"/cam-HLS-ABR-STREAM/abc.m3u8":                          {"cam", "abr", "abc.m3u8"},
		"/live/cam-HLS-LOW-STREAM/index.m3u8":                   {"live/cam", "low", ""},
		"/-HLS-ABR-STREAM/index.m3u8":                           {"-HLS-ABR-STREAM", "", ""},
		"/cam-HLS--STREAM/index.m3u8":                           {"cam-HLS--STREAM", "", ""},
		"/cam-HLS-Low_1.5-b-STREAM/index.m3u8":                  {"cam", "low_1.5-b", ""},
		"/rtsp%3A%2F%2Fhost%2Fcam/rtsp%3A%2F%2Fhost%2Fcam.m3u8": {"rtsp://host/cam", "", ""},
	} {
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseAddress(u); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", path, got, err, want)
		}
	}
}

func TestAddressRefuses(t *testing.T) {
	for path, want := range map[string]fault.Code{
		"":                              fault.ResourceNotFound,
		"/":                             fault.ResourceNotFound,
		"/index.m3u8":                   fault.ResourceNotFound,
		"/cam/":                         fault.ResourceNotFound,
		"//index.m3u8":                  fault.ResourceNotFound,
		"/../index.m3u8":                fault.InvalidRequest,
		"/%2e%2e/index.m3u8":            fault.InvalidRequest,
		"/a/../b/index.m3u8":            fault.InvalidRequest,
		"/a%2F..%2F..%2Fetc/index.m3u8": fault.InvalidRequest,
		"/a%00b/index.m3u8":             fault.InvalidRequest,
		"/a//b/index.m3u8":              fault.InvalidRequest,
		"/" + strings.Repeat("a", hub.MaxName+1) + "/index.m3u8": fault.InvalidRequest,
		"/cam-HLS-a%20b-STREAM/index.m3u8":                       fault.ResourceNotFound,
		"/cam-HLS-%C3%A4-STREAM/index.m3u8":                      fault.ResourceNotFound,
		"/cam-HLS-a%2Fb-STREAM/x.ts":                             fault.ResourceNotFound,
		"/cam-HLS-" + strings.Repeat("a", 65) + "-STREAM/x.m3u8": fault.ResourceNotFound,
	} {
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseAddress(u); fault.CodeOf(err) != want {
			t.Errorf("%s: %+v, %v; want %s", path, got, err, want)
		}
	}
}

// FuzzAddress: whatever is asked for, a name that is let through is one that streams can have, and its own address leads to it.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"/cam/cam.m3u8", "/a/b/a/b.m3u8", "/a%2Fb/x.ts", "/../../etc/passwd", "/a-HLS-ABR-STREAM/index.m3u8", "/%", "/a/%2e%2e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, err := parseAddress(&url.URL{Path: path})
		if err != nil {
			return
		}
		if err := hub.CheckName(a.stream); err != nil {
			t.Fatalf("%q lets %v through", path, err)
		}
		again, err := parseAddress(&url.URL{Path: a.path() + "/index.m3u8"})
		if err != nil || again.path() != a.path() {
			t.Fatalf("%q is %+v; its index is %+v, %v", path, a, again, err)
		}
	})
}
