package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func sick() []Finding {
	return []Finding{
		{Check: "gstreamer", Level: OK, Says: "GStreamer 1.22.0 (this machine), 1527 elements"},
		{Check: "elements", Level: Fail, Says: "missing: vp8enc (for jobs/transcode)", Do: "apt-get install x"},
		{Check: "gpu", Level: Skip, Says: "none"},
		{Check: "ports", Level: Warn, Says: "554/tcp of RTSP is only for privileged users", Do: "set rtsp.port"},
	}
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, sick(), false); err != nil {
		t.Fatal(err)
	}
	const want = `ok    gstreamer  GStreamer 1.22.0 (this machine), 1527 elements
fail  elements   missing: vp8enc (for jobs/transcode)
                 apt-get install x
skip  gpu        none
warn  ports      554/tcp of RTSP is only for privileged users
                 set rtsp.port

1 failure, 1 warning: sluice does not run everything here
`
	if b.String() != want {
		t.Errorf("got\n%s", &b)
	}
	b.Reset()
	if err := Text(&b, sick(), true); err != nil || !strings.Contains(b.String(), "\x1b[31mfail\x1b[0m  elements") {
		t.Errorf("%v, %q", err, &b)
	}
}

func TestSummary(t *testing.T) {
	for want, list := range map[string][]Finding{
		"all is well": sick()[:1],
		"no failures, 1 warning: sluice runs here":  sick()[2:],
		"no failures, 2 warnings: sluice runs here": append(sick()[3:], sick()[3:]...),
	} {
		if got := summary(list); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sick()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		OK                 bool
		Failures, Warnings int
		Findings           []Finding
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.OK || got.Failures != 1 || got.Warnings != 1 || len(got.Findings) != 4 || got.Findings[1] != sick()[1] {
		t.Errorf("%+v", got)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestOutputThatFails(t *testing.T) {
	if Text(full{}, sick(), false) == nil || JSON(full{}, sick()) == nil {
		t.Error("a failed write is not told")
	}
}
