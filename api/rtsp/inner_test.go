package rtsp

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"

	"sluice/api/rtsp/login"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

func TestParseAddress(t *testing.T) {
	for _, row := range []struct{ path, query, full, name, app, token string }{
		{"/cam", "", "cam", "cam", "", ""},
		{"/live/cam/", "", "live/cam", "cam", "live", ""},
		{"/a/b/cam", "x=1&token=secret&password=no&x=2", "a/b/cam", "cam", "a/b", "secret"},
		{"/rtsp://camera:554/main/1", "", "rtsp://camera:554/main/1", "rtsp://camera:554/main/1", "", ""},
	} {
		a, err := parseAddress(row.path, row.query)
		if err != nil || a.full != row.full || a.name != row.name || a.app != row.app || a.shown.Token != row.token {
			t.Errorf("%s: %+v %v", row.path, a, err)
		}
		if row.query != "" && (len(a.query) != 1 || a.query["x"] != "1") {
			t.Errorf("%s: %v", row.query, a.query)
		}
	}
	a, err := parseAddress("/cam", "jwt=t&key=k&x=1")
	if want := (login.Shown{Token: "t", Key: "k", Query: "jwt=t&key=k&x=1"}); err != nil || a.shown != want || len(a.query) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	for _, bad := range []string{"", "/", "//", "/a//b", "/a/../b", "/.", "/a\x00", "/" + strings.Repeat("x", 5000), "/\xff"} {
		if _, err := parseAddress(bad, ""); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
	if _, err := parseAddress("/x", "%zz"); !errors.Is(err, fault.InvalidRequest) {
		t.Error(err)
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("/live/cam", "token=x&a=b")
	f.Add("/rtsp://camera/x", "")
	f.Add("//a/..", "%")
	f.Fuzz(func(t *testing.T, path, query string) {
		a, err := parseAddress(path, query)
		if err != nil {
			return
		}
		if err := hub.CheckName(a.full); err != nil {
			t.Errorf("%q: %v", a.full, err)
		}
		if err := hub.CheckName(a.name); err != nil {
			t.Errorf("%q: %v", a.name, err)
		}
		if a.app != "" && a.full != a.app+"/"+a.name {
			t.Errorf("%+v", a)
		}
		for key := range a.query {
			switch strings.ToLower(key) {
			case "token", "password", "pass":
				t.Errorf("graphs are told of %q", key)
			}
		}
	})
}

func TestStatus(t *testing.T) {
	for _, i := range fault.Codes() {
		if s := status(i.Code); s < 400 || s > 599 {
			t.Errorf("%s is %d", i.Code, s)
		}
	}
	r := refusal(fault.New(fault.StreamNotFound, "", "nobody\r\npublishes %q", "ä"))
	if r.StatusCode != base.StatusNotFound || r.StatusMessage != `nobody??publishes "?"` {
		t.Errorf("%d %q", r.StatusCode, r.StatusMessage)
	}
	inner := fault.New(fault.Forbidden, "", "inside").Advise("add it to hub.hosts")
	if r := refusal(fault.New(fault.Forbidden, "", "not from there").Because(inner)); r.StatusMessage != "not from there (add it to hub.hosts)" {
		t.Errorf("%q does not say what to do", r.StatusMessage)
	}
	if r := refusal(io.EOF); r.StatusCode != base.StatusInternalServerError || r.StatusMessage != "" {
		t.Errorf("%+v", r)
	}
}

// A player whose queue stays full is ended, and one that loses a packet now and then is not.
func TestLost(t *testing.T) {
	var reason error
	w := &datagrams{end: func(err error) { reason = err }}
	full := liberrors.ErrServerWriteQueueFull{}
	w.lost(io.ErrShortBuffer)
	if !w.last.IsZero() {
		t.Error("a packet that is too large counts")
	}
	w.lost(full)
	w.full = w.full.Add(-writing)
	w.last = w.last.Add(-2 * time.Second) // it went well meanwhile
	w.lost(full)
	if reason != nil {
		t.Error(reason)
	}
	w.full = w.full.Add(-writing)
	w.lost(full)
	if !errors.Is(reason, fault.SlowReader) {
		t.Error(reason)
	}
}
