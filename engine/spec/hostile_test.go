//go:build !race

package spec

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostile feeds files that are made to be slow. The limit is generous: most take milliseconds, and what it is for is to
// catch work that grows with the square of the size, which takes minutes. One goroutine does it all, in which the race detector would find
// nothing for the better part of a minute: make unit runs it.
func TestHostile(t *testing.T) {
	const n = maxBytes
	fill := func(s string) string { return strings.Repeat(s, n/len(s)-64) }
	laughs := "a0: &a0 [x, x]\n"
	for i := 1; i < 30; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1)
	}
	files := map[string]string{
		"billion laughs": head + laughs,
		"brackets":       head + "a: " + fill("["),
		"braces":         head + "a: " + fill("{a: "),
		"dashes":         head + "a:\n " + fill("- "),
		"question marks": head + fill("?\n"),
		"comments":       head + fill("#\n"),
		"indented":       head + "a:\n" + fill("  #\n"),
		"items":          head + "labels: [" + strings.Repeat("é,", maxValues-100) + "]\n",
		"silencers":      head + fill("# lint:ignore x\n"),
		"links":          head + "links: [" + strings.Repeat("é->b,", maxValues-100) + "]\n",
		"one long link":  head + "links:\n  - a" + fill(" -> a"),
		"one long node":  head + "nodes:\n  a: b" + fill(" a=b"),
		"long nodes":     head + "nodes:\n" + strings.Repeat("  a: b"+strings.Repeat(" é=b", maxShort/5-2)+"\n", 100),
		"long links":     head + "links:\n" + strings.Repeat("  - a"+strings.Repeat("->a", maxShort/3-2)+"\n", 100) + "X:\n",
		"long word":      head + fill("a") + ": b\n",
		"unknown keys":   head + keys(maxValues/2-100),
		"equal keys":     head + strings.Repeat("a: b\n", maxValues/2-100),
		"documents":      strings.Repeat("---\n", maxValues),
		"tags":           head + "a: [" + strings.Repeat("!a b,", maxValues-100) + "]\n",
		"not closed":     head + "a: \"" + fill("x"),
		"late error":     head + fill("# comment\n") + "a: b: c\n",
		"binary":         fill("\x7fELF\x00\x01"),
	}
	for name, text := range files {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			begin := time.Now()
			_, diags := Parse("f", "live/f", []byte(text))
			if len(diags) == 0 && name != "comments" {
				t.Error("no diagnostics")
			}
			if len(diags) > maxErrors+1 {
				t.Errorf("%d diagnostics", len(diags))
			}
			Format([]byte(text))
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else {
				t.Log(name, took, len(diags))
			}
		})
	}
}

// keys gives lines with different unknown keys.
func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: x\n", i)
	}
	return b.String()
}

// TestFormatLarge formats a sound file near the limits.
func TestFormatLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + "params: {")
	for i := range 2000 {
		fmt.Fprintf(&b, "p%d: {type: string, about: \"é # %d\"}, ", i, i)
	}
	b.WriteString("} # end\n")
	checkFormat(t, []byte(b.String()))
}

func BenchmarkParse(b *testing.B) {
	data := examples(b)["transcode.yaml"]
	// The example has a little fewer than sixty lines.
	for i := range 8 {
		data = fmt.Appendf(data, "  - name: another test, %d\n    expect: {end: eos, venc: {frames: 1..}}\n", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := Parse("f.yaml", "jobs/transcode", data); len(diags) > 0 {
			b.Fatal(diags)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	data := examples(b)["transcode.yaml"]
	for b.Loop() {
		if _, diags := Format(data); len(diags) > 0 {
			b.Fatal(diags)
		}
	}
}
