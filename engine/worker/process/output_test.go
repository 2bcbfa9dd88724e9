package process

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestLinesAreCutAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		o := &output{emit: func(s string) { got = append(got, s) }}
		fmt.Fprint(o, strings.Repeat("x", 5*maxLine), "\n")
		fmt.Fprint(o, "bad \xff\n")
		if len(got) != 2 || len(got[0]) != maxLine || got[1] != "bad ?" {
			t.Fatalf("got %d lines, %q", len(got), got)
		}
		for i := range 10 * lineBurst {
			fmt.Fprintln(o, i)
		}
		if len(got) != lineBurst {
			t.Errorf("%d lines at once", len(got))
		}
		<-time.After(time.Second)
		got = nil
		for i := range 10 * lineBurst {
			fmt.Fprintln(o, i)
		}
		if len(got) != lineRate || got[0] != fmt.Sprintf("0 (after %d lines left out)", 9*lineBurst+2) {
			t.Errorf("%d lines a second later, the first %q", len(got), got[0])
		}
	})
}

// However it is cut, what comes out is the same, and no more is held than one line.
func TestOutputHoweverCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab \n"))).Draw(t, "text")
		var whole, cut []string
		a := &output{emit: func(s string) { whole = append(whole, s) }}
		b := &output{emit: func(s string) { cut = append(cut, s) }}
		fmt.Fprint(a, text)
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			fmt.Fprint(b, rest[:n])
			rest = rest[n:]
		}
		if fmt.Sprint(whole) != fmt.Sprint(cut) || a.word() != b.word() || len(b.line) > maxLine {
			t.Fatalf("%q against %q", whole, cut)
		}
	})
}

func TestWord(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "",
		"a\nb\n":                                 "b",
		"a\nb":                                   "b",
		"panic: x\ntrace\n":                      "panic: x",
		"** (sluice:1): ERROR **: 12: boom\nx\n": "** (sluice:1): ERROR **: 12: boom",
		"SIGSEGV: segmentation violation\nPC=0\n": "SIGSEGV: segmentation violation",
	} {
		o := &output{}
		fmt.Fprint(o, text)
		if got := o.word(); got != want {
			t.Errorf("of %q the word is %q", text, got)
		}
	}
}
