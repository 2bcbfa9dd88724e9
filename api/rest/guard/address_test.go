package guard

import (
	"errors"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestAddress(t *testing.T) {
	g, err := New(Rules{Hosts: []string{"cam.example.org:554", "*.studio.example", "10.1.0.0/16", "[2001:db8::1]:8554"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]fault.Code{
		"rtsp://cam.example.org/main":              "",
		"rtsp://CAM.example.org.:554/main":         "",
		"rtsp://user:secret@cam.example.org/main":  "",
		"rtsps://cam.example.org/main":             fault.Forbidden, // another port
		"rtsp://cam.example.org:8554/main":         fault.Forbidden,
		"rtsp://cam.example.org@evil.example/main": fault.Forbidden,
		"rtmp://a.studio.example/live/x":           "",
		"rtmp://studio.example/live/x":             fault.Forbidden,
		"rtsp://10.1.2.3:7000/x":                   "",
		"rtsp://10.2.2.3/x":                        fault.Forbidden,
		"rtsp://169.254.169.254/latest":            fault.Forbidden,
		"rtsp://localhost/x":                       fault.Forbidden,
		"rtsp://0x0a010203/x":                      fault.Forbidden, // 10.1.2.3 to some resolvers
		"rtsp://[2001:db8::1]:8554/x":              "",
		"rtsp://[2001:db8::2]:8554/x":              fault.Forbidden,
		"rtsp:main":                                fault.InvalidRequest,
		"rtsp://%zz/":                              fault.InvalidRequest,
		"":                                         fault.InvalidRequest,
	} {
		if err := g.Address(text); (err != nil || want != "") && fault.CodeOf(err) != want {
			t.Errorf("%s: %v, not %q", text, err, want)
		}
		var f *fault.Fault
		if want == fault.Forbidden && errors.As(err, &f) && !strings.Contains(f.Hint, "hub.hosts") {
			t.Errorf("%s: %q does not say where hosts are allowed", text, f.Hint)
		}
	}
}
