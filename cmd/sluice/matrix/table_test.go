package matrix

import (
	"fmt"
	"slices"
	"strings"
)

// words is a codec's name in sentences.
func words(codec string) string {
	return map[string]string{"h264": "H.264", "hevc": "H.265", "vp8": "VP8", "aac": "AAC", "opus": "Opus"}[codec]
}

// text is docs/matrix.md.
func text(rows []*row) string {
	var out strings.Builder
	out.WriteString(`# Who is seen by whom

Written by ` + "`make matrix UPDATE=1`" + `, which has real clients do it: ffmpeg publishes and records over RTMP and RTSP, pion over WHIP and WHEP,
and gortmplib publishes over RTMP what only Enhanced RTMP has. Every recording has pictures of the right size and colour that move, a tone of
the right height, and sound and pictures that are at most 40 ms apart, as ffprobe sees them. *Passes* means that what is published is played as
it is; *converted*, that one conversion is made for all who want the same.

| published over | codecs |`)
	for _, p := range players() {
		fmt.Fprintf(&out, " %s |", p.name)
	}
	out.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", len(players())) + "\n")
	var notes []string
	for _, r := range rows {
		fmt.Fprintf(&out, "| %s | %s, %s |", r.publisher, words(r.video), words(r.audio))
		for i := range players() {
			cell := r.cells[i]
			if r.because != "" {
				if !slices.Contains(notes, r.because) {
					notes = append(notes, r.because)
				}
				cell = fmt.Sprintf("— (%d)", 1+slices.Index(notes, r.because))
			}
			fmt.Fprintf(&out, " %s |", cell)
		}
		out.WriteString("\n")
	}
	out.WriteString("\n")
	for i, note := range notes {
		fmt.Fprintf(&out, "%d. %s.\n", i+1, note)
	}
	out.WriteString("\nThe Web SDK in Chromium meets RTMP both ways in the scenarios of `make browser`.\n")
	return out.String()
}
