package trial_test

import (
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/trial"
)

// TestBroken: of a graph that fails and is not meant to, only that is told.
func TestBroken(t *testing.T) {
	broken := func() *lab {
		l := film()
		l.script.fails = fault.New(fault.ResourceNotFound, "enc", "there is no such thing")
		return l
	}
	for body, want := range map[string]string{
		"{enc: {frames: 1, keyframes: 2, caps: video/x-h264}, write: {bytes: 1, tracks: [aac]}}": "the rest was not looked at",
		"{drift: ..1ms}": "the rest was not looked at",
		"{end: eos}":     "",
		"{end: timeout}": "",
	} {
		r := expectOne(t, broken(), body)
		if len(r.Found) != 1 || r.Found[0].What != "end" || r.Found[0].Detail != want || r.Outcome != trial.Failed {
			t.Errorf("%s: %+v", body, r.Found)
		}
	}
	r := expectOne(t, broken(), "{error: {}, enc: {frames: 1}}") // it is meant to fail, after so much
	if got := failed(r); len(got) != 1 || !strings.HasPrefix(got[0], "enc.frames: ") {
		t.Errorf("%v", got)
	}
}
