package serve

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"
)

// TestLoginsAreNotLogged: the address of a camera may be the name of a stream, with its password.
func TestLoginsAreNotLogged(t *testing.T) {
	const secret = "rtsp://me:ge@heim@cam.example/main"
	u, err := url.Parse("rtsp://me:geheim@cam.example/main")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []bool{true, false} {
		var b bytes.Buffer
		log, _ := NewLog(&b, "debug", format)
		log.With("stream", secret).Info("here", "none", (*url.URL)(nil), "path", "/"+secret, "err", errors.New(`no "`+secret+`"`), "url", u,
			"all", []string{"cam", secret}, "mail", "me@example.org", "other", "rtsp://cam.example/a@b")
		got := b.String()
		if strings.Contains(got, "heim") || strings.Count(got, "rtsp://(hidden)@cam.example/main") != 5 {
			t.Errorf("text %t: %s", format, got)
		}
		if !strings.Contains(got, "me@example.org") || !strings.Contains(got, "rtsp://cam.example/a@b") {
			t.Errorf("text %t: what is no login is hidden: %s", format, got)
		}
	}
}
