package client

import (
	"bytes"
	"testing"
)

// What is as it should be stays as it is, and what is not comes near.
func TestMend(t *testing.T) {
	const good = "v=0\r\ns=x\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=control:trackID=1\r\n"
	for _, text := range []string{
		good, good + "\x00", "\ufeff" + good, "\r\n" + good + "\r\n\r\n",
		"v=0\ns=x \na=control:*\n\nm=video 0 RTP/AVP 96\t\na=control:trackID=1",
		"v=0\r\na=control:/main\r\ns=x\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=control:trackID=1\r\n",
	} {
		if got := string(mend([]byte(text))); got != good {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	const absolute = "v=0\r\na=control:rtsp://h/x\r\n"
	if got := string(mend([]byte(absolute))); got != absolute {
		t.Errorf("%q", got)
	}
}

// FuzzMend: what was mended needs no more mending, and nothing is added to a line.
func FuzzMend(f *testing.F) {
	f.Add([]byte("v=0\r\na=control:/x\r\n\x00"))
	f.Add([]byte("\n\nm=\r\na=control:\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		once := mend(text)
		if again := mend(once); !bytes.Equal(once, again) {
			t.Errorf("%q becomes %q", once, again)
		}
		for line := range bytes.SplitSeq(once, []byte("\r\n")) {
			if !bytes.Contains(text, line) {
				t.Errorf("%q is new", line)
			}
		}
	})
}
