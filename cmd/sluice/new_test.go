package main

import (
	"bytes"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/spec"
)

// TestNewLints writes a skeleton for every event, alone and with every element of ours, and lints it. What is refused must be
// so because the event does not bring the element's session.
func TestNewLints(t *testing.T) {
	a := &app{registry: "snapshot"}
	reg, err := a.elements()
	if err != nil {
		t.Fatal(err)
	}
	written, refused := map[string]int{}, 0
	for _, trigger := range reg.Triggers() {
		for _, name := range append([]string{""}, reg.OwnNames()...) {
			line := strings.TrimSuffix(trigger.Event+"/"+name, "/")
			s, err := newSkeleton(reg, strings.Split(line, "/"))
			if err != nil {
				if !strings.Contains(err.Error(), "does not bring") {
					t.Errorf("%s: %v", line, err)
				}
				refused++
				continue
			}
			written[name]++
			var b bytes.Buffer
			if err := s.write(&b); err != nil {
				t.Fatal(err)
			}
			graphs, found := spec.Parse("a.yaml", "a", b.Bytes())
			for _, d := range append(found, lint.Check(graphs, reg, lint.Options{})...) {
				t.Errorf("%s: %s\n%s", line, d, uncommented(b.String()))
			}
			if again, _ := spec.Format(b.Bytes()); !bytes.Equal(again, b.Bytes()) {
				t.Errorf("%s: fmt makes something else of it:\n%s", line, uncommented(string(again)))
			}
		}
	}
	for _, name := range reg.OwnNames() {
		if written[name] == 0 {
			t.Errorf("no event has a skeleton with %s", name)
		}
	}
	if written[""] != len(reg.Triggers()) || refused == 0 {
		t.Errorf("%d of %d events, %d refused", written[""], len(reg.Triggers()), refused)
	}
}

// TestNewChains looks at what is put around the elements that are named: as little as possible.
func TestNewChains(t *testing.T) {
	a := &app{registry: "snapshot"}
	reg, err := a.elements()
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"rtmp.publish":                    "rtmp.in, stream.out",
		"rtmp.publish/convert":            "rtmp.in, convert, stream.out",
		"rtmp.publish/convert/stream.out": "rtmp.in, convert, stream.out",
		"rtmp.publish/video.mix":          "rtmp.in, decode, video.mix, convert, stream.out",
		"ws.publish":                      "webrtc.in, stream.out",
		"ws.publish/hls.out":              "webrtc.in, convert, hls.out",
		"ws.play":                         "stream.in, webrtc.out",
		"sip.invite":                      "sip.in, stream.out",
		"hls.play":                        "stream.in, hls.out",
		"stream.convert":                  "stream.in, convert, stream.out",
		"stream.wanted":                   "rtsp.pull, stream.out",
		"stream.wanted/rtmp.pull":         "rtmp.pull, stream.out",
		"rest.start/file.in/file.out":     "file.in, file.out",
		"boot":                            "stream.in, stream.out",
	} {
		s, err := newSkeleton(reg, strings.Split(line, "/"))
		if err != nil {
			t.Errorf("%s: %v", line, err)
		} else if got := s.through(); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// uncommented leaves the comments out.
func uncommented(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
