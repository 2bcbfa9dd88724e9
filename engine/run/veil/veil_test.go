package veil

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/run"
)

func TestVeil(t *testing.T) {
	var v Veil
	if v.Hide("hunter2") != "hunter2" {
		t.Error("it knows nothing yet")
	}
	v.Add([]string{"abc", ""})
	if v.Hide("abcdef") != "abcdef" {
		t.Error("too short to be hidden")
	}
	v.Add([]string{"hunter2", "rtmp://x:hunter2@h"})
	v.Add([]string{"swordfish", "hunter2"})
	if got := v.Hide("a hunter2 and swordfishes"); got != "a *** and ***es" {
		t.Errorf("%q", got)
	}
	if got := v.Hide("to rtmp://x:hunter2@h now"); strings.Contains(got, "hunter2") {
		t.Errorf("%q", got)
	}
}

func TestErrorsTellNoSecrets(t *testing.T) {
	var v Veil
	v.Add([]string{"nodir/hunter2.bin"})
	const path = "nodir/hunter2.bin"
	open := fault.New(fault.GstElement, "room/write", "cannot open %s", path).Advise("make room for %s", path).Because(errors.New("no " + path))
	for name, c := range map[string]struct {
		err  error
		text string
	}{
		"a fault":   {open, "room/write: cannot open ***: no *** (make room for ***)"},
		"its cause": {fault.New(fault.Stalled, "x", "late").Because(open), "x: late: " + "room/write: cannot open ***: no *** (make room for ***)"},
		"a wrapper": {fmt.Errorf("at last: %w", open), "at last: room/write: cannot open ***: no *** (make room for ***)"},
		"several":   {errors.Join(errors.New(path), open), "***\nroom/write: cannot open ***: no *** (make room for ***)"},
		"words":     {errors.New("no " + path), "no ***"},
	} {
		got := v.Err(c.err)
		if got.Error() != c.text || fault.CodeOf(got) != fault.CodeOf(c.err) {
			t.Errorf("%s: %v (%s)", name, got, fault.CodeOf(got))
		}
		for e := got; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(fmt.Sprintf("%+v", e), "hunter2") {
				t.Errorf("%s: %+v gives it away", name, e)
			}
		}
		var f *fault.Fault
		if errors.As(c.err, &f) != errors.As(got, &f) {
			t.Errorf("%s: the fault is gone", name)
		}
	}
	if open.Msg != "cannot open "+path {
		t.Error("the error given was changed")
	}
}

func TestErrorsWithoutSecretsStayTheSame(t *testing.T) {
	var v Veil
	v.Add([]string{"hunter2"})
	for _, err := range []error{nil, errors.New("plain"), fault.New(fault.Stalled, "a", "b"), fault.Closed} {
		if got := v.Err(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
	if got := v.Err(fmt.Errorf("for hunter2: %w", context.Canceled)); got.Error() != "for ***: context canceled" || !errors.Is(got, context.Canceled) {
		t.Errorf("%v", got)
	}
}

func TestNoticesTellNoSecrets(t *testing.T) {
	var v Veil
	v.Add([]string{"hunter2"})
	given := run.Notice{Kind: run.Said, Node: "n", Err: errors.New("hunter2"), Vars: map[string]string{"a": "to hunter2", "b": "c"}}
	got := v.Notice(given)
	if got.Kind != run.Said || got.Node != "n" || got.Err.Error() != "***" || got.Vars["a"] != "to ***" || got.Vars["b"] != "c" {
		t.Errorf("%+v", got)
	}
	if given.Vars["a"] != "to hunter2" {
		t.Error("the notice given was changed")
	}
	if n := v.Notice(run.Notice{Kind: run.NodeEnded}); n.Err != nil || n.Vars != nil {
		t.Errorf("%+v", n)
	}
}
