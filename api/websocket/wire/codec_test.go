package wire

import "testing"

// TestCodecs holds the names of codecs in statuses.
func TestCodecs(t *testing.T) {
	for name, want := range map[string]string{
		"opus": "opus", "aac": "mpeg4-generic", "pcmu": "PCMU", "pcma": "PCMA", "g722": "G722",
		"vp8": "VP8", "vp9": "VP9", "h264": "H264", "h265": "H265", "av1": "AV1", "": "",
	} {
		if got := Codec(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
