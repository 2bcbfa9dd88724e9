// Package show puts what a server tells into tables and pages: for people on a terminal, plain elsewhere. Names come from strangers, so
// nothing is shown that a terminal would act on. It asks nobody for anything.
package show

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Safe is a text with everything escaped that would not be seen: what moves the cursor, changes colours, or turns the direction.
func Safe(text string) string {
	if !strings.ContainsFunc(text, unseen) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unseen(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unseen(r rune) bool {
	return r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
}

// Span is a time as people say it, in its two largest units: "5s", "3m12s", "2h05m", "4d03h".
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	d = max(0, d)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	case d < day:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd%02dh", d/day, d%day/time.Hour)
}

// Seconds is a number of seconds as Span has it.
func Seconds(s float64) string { return Span(time.Duration(s * float64(time.Second))) }

// Rate is bits a second in four letters or so: "812", "64k", "1.25M".
func Rate(bits float64) string { return scaled(bits, 1000, "", "k", "M", "G", "T") }

// Size is a number of bytes: "812", "14.2K", "2.1M", in powers of 1024.
func Size(bytes float64) string { return scaled(bytes, 1024, "", "K", "M", "G", "T") }

// Count is a number, short if it is long: "1234", "12.3k".
func Count(n float64) string {
	const long = 10_000
	if n < long {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return scaled(n, 1000, "", "k", "M", "G", "T")
}

// scaled writes a number with three digits and a letter.
func scaled(n, step float64, letters ...string) string {
	const tens, hundreds = 9.995, 99.95
	i := 0
	for ; n >= step && i < len(letters)-1; i++ {
		n /= step
	}
	digits := 0
	switch {
	case i == 0:
	case n < tens:
		digits = 2
	case n < hundreds:
		digits = 1
	}
	text := strconv.FormatFloat(n, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + letters[i]
}

// Or is a text, or a dash for none.
func Or(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// Several puts words in a row.
func Several(words []string) string { return strings.Join(words, ", ") }
