package matrix

import (
	"cmp"
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

Written by ` + "`make matrix UPDATE=1`" + `, which has real clients do it: the Web SDK publishes and plays in Chromium, where hls.js plays, too; ffmpeg
publishes and records over RTMP, RTSP and SRT, and records HLS; pion publishes over WHIP and plays over WHEP, and gortmplib publishes over RTMP
what only Enhanced RTMP has. Everybody gets pictures of the right size and colour that move, and a tone of the right height; and in every
recording, sound and pictures are at most 40 ms apart, as ffprobe sees them, those that a browser has sent as well. *Passes* means that what is
published is played as it is; *converted*, that one conversion is made for all who want the same.

| published over | codecs |`)
	for _, p := range players() {
		fmt.Fprintf(&out, " %s |", p.name)
	}
	out.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", len(players())) + "\n")
	var notes []string
	for _, r := range rows {
		fmt.Fprintf(&out, "| %s | %s, %s |", r.publisher, words(r.video), words(r.audio))
		for i := range players() {
			if because := cmp.Or(r.because, r.cells[i].because); because == "" {
				fmt.Fprintf(&out, " %s |", r.cells[i].text)
			} else {
				if !slices.Contains(notes, because) {
					notes = append(notes, because)
				}
				fmt.Fprintf(&out, " — (%d) |", 1+slices.Index(notes, because))
			}
		}
		out.WriteString("\n")
	}
	out.WriteString("\n")
	for i, note := range notes {
		fmt.Fprintf(&out, "%d. %s.\n", i+1, note)
	}
	for _, p := range players() {
		if p.note != "" {
			fmt.Fprintf(&out, "\n%s.\n", p.note)
		}
	}
	return out.String()
}
