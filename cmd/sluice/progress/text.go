package progress

import (
	"fmt"
	"strings"
	"time"
)

const (
	leastBar = 8 // columns between the brackets
	mostBar  = 40
)

// bar is the line for a terminal, at most width columns: share and bar, and as many of the words as fit, the most wanted first.
func (r reading) bar(width int) string {
	words := r.words()
	share, known := r.done()
	head := ""
	if known {
		head = fmt.Sprintf("%3d%% ", int(share*100))
	}
	rest := strings.Join(words, "  ")
	room := func() int { return width - len(head) - len(rest) - len("[]  ") }
	for known && room() < leastBar && len(words) > 1 {
		words = words[:len(words)-1]
		rest = strings.Join(words, "  ")
	}
	if known && room() >= leastBar {
		head += "[" + filled(share, min(room(), mostBar)) + "]  "
	}
	return cut(head+rest, width)
}

// filled is a bar of so many columns.
func filled(share float64, columns int) string {
	n := int(share * float64(columns))
	switch {
	case n >= columns:
		return strings.Repeat("=", columns)
	case n == 0:
		return strings.Repeat(" ", columns)
	}
	return strings.Repeat("=", n-1) + ">" + strings.Repeat(" ", columns-n)
}

func cut(line string, width int) string {
	if width > 0 && len(line) > width {
		return line[:width]
	}
	return line
}

// sentence is the line for a log.
func (r reading) sentence() string {
	text := strings.Join(r.words(), ", ")
	if share, known := r.done(); known {
		text = fmt.Sprintf("%d%%, %s", int(share*100), text)
	}
	return text
}

// words are position, what is being done, speed, time left, frames and bit rate, as far as they are known, in the order in which
// they are wanted.
func (r reading) words() []string {
	at := Span(r.Position)
	if r.Length > 0 {
		at += "/" + Span(r.Length)
	}
	out := []string{at}
	if r.Word != "" {
		out = append(out, r.Word)
	}
	if r.speed > 0 {
		out = append(out, Speed(r.speed))
	}
	if r.left >= 0 && r.Word == "" {
		out = append(out, "ETA "+Span(r.left.Round(time.Second)))
	}
	if r.Frames > 0 {
		out = append(out, fmt.Sprintf("%d frames", r.Frames))
	}
	if r.bitrate > 0 {
		out = append(out, Bitrate(r.bitrate))
	}
	return out
}

// Span is a time as players show it: "0:05.2", "1:02:03". Tenths are shown below a minute.
func Span(d time.Duration) string {
	d = max(0, d)
	if d < time.Minute {
		tenths := int64(d / (100 * time.Millisecond))
		if tenths%10 == 0 {
			return fmt.Sprintf("0:%02d", tenths/10)
		}
		return fmt.Sprintf("0:%02d.%d", tenths/10, tenths%10)
	}
	seconds := int64(d / time.Second)
	if seconds < 3600 {
		return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}

// Speed is times real time: "0.93x", "12.4x", "310x".
func Speed(x float64) string {
	switch {
	case x < 10:
		return fmt.Sprintf("%.2fx", x)
	case x < 100:
		return fmt.Sprintf("%.1fx", x)
	}
	return fmt.Sprintf("%.0fx", x)
}

// Bitrate is a rate in bits a second as people write it: "64 kbit/s", "1.25 Mbit/s".
func Bitrate(bits float64) string {
	switch {
	case bits < 1000:
		return fmt.Sprintf("%.0f bit/s", bits)
	case bits < 1e6:
		return fmt.Sprintf("%.0f kbit/s", bits/1e3)
	}
	return fmt.Sprintf("%.2f Mbit/s", bits/1e6)
}

// Size is bytes as people write them: "812 B", "14.2 kB", "2.1 MB".
func Size(bytes uint64) string {
	n := float64(bytes)
	switch {
	case n < 1e3:
		return fmt.Sprintf("%d B", bytes)
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", n/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", n/1e6)
	}
	return fmt.Sprintf("%.2f GB", n/1e9)
}
