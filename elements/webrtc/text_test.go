package webrtc_test

import (
	"strconv"
	"strings"
	"testing"
)

// only removes all payload types from an offer but those of a codec, as the Web SDK's stripCodecs does: retransmissions for
// what is gone stay behind.
func only(t testing.TB, offer, mime string) string {
	t.Helper()
	_, name, _ := strings.Cut(mime, "/")
	gone := map[string]bool{}
	for line := range strings.Lines(offer) {
		if rest, ok := strings.CutPrefix(line, "a=rtpmap:"); ok {
			pt, codec, _ := strings.Cut(rest, " ")
			codec, _, _ = strings.Cut(codec, "/")
			if !strings.EqualFold(codec, name) && !strings.EqualFold(codec, "rtx") {
				gone[pt] = true
			}
		}
	}
	var out strings.Builder
	for line := range strings.Lines(offer) {
		switch {
		case strings.HasPrefix(line, "m="):
			words := strings.Fields(line)
			kept := words[:3:3]
			for _, pt := range words[3:] {
				if !gone[pt] {
					kept = append(kept, pt)
				}
			}
			out.WriteString(strings.Join(kept, " ") + "\r\n")
		case about(line) != "" && gone[about(line)]:
		default:
			out.WriteString(line)
		}
	}
	return out.String()
}

// about is the payload type that a line is about.
func about(line string) string {
	for _, attribute := range []string{"a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"} {
		if rest, ok := strings.CutPrefix(line, attribute); ok {
			pt, _, _ := strings.Cut(rest, " ")
			if _, err := strconv.Atoi(pt); err == nil {
				return pt
			}
		}
	}
	return ""
}
