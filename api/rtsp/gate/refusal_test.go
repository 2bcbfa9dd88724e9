package gate

import (
	"strings"
	"testing"
)

func TestRefusal(t *testing.T) {
	long := "DESCRIBE rtsp://h/" + strings.Repeat("x", 3000) + " RTSP/1.0\r\nCSeq: 7\r\n\r\n"
	for said, want := range map[string]string{
		"FOO rtsp://h/x RTSP/1.0\r\nCSeq: 12\r\n\r\n": "501 Not Implemented\r\nCSeq: 12",
		"foo\r\n\r\n":                           "400 Bad Request",
		"\x16\x03\x01":                          "400 Bad Request",
		long:                                    "414 Request-URI Too Long\r\nCSeq: 7",
		long[:2500]:                             "414 Request-URI Too Long",
		"OPTIONS * RTSP/2.0\r\ncseq: 3\r\n\r\n": "505 RTSP Version Not Supported\r\nCSeq: 3",
		"OPTIONS rtsp://h/x HTTP/1.1\r\n\r\n":   "400 Bad Request",
		"PLAY http://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n":        "400 Bad Request\r\nCSeq: 1",
		"PLAY rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\nX\r\n\r\n":   "400 Bad Request\r\nCSeq: 1",
		"DESCRIBE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n":   "", // it is being worked on
		"OPTIONS * RTSP/1.0\r\n\r\n":                        "",
		"DESCRIBE rtsp://h/x":                               "", // more may come
		"DESCRIBE rtsp://h/x RTSP/1.0\r\nCSe":               "",
		"RTSP/1.0 200 OK\r\n\r\n":                           "",
		"GET / HTTP/1.1\r\nAccept: x\r\n\r\nFOO x RTSP/1.0": "",
		"$\x00\x00\x04abcd":                                 "",
		"":                                                  "",
	} {
		var r request
		for _, p := range []string{said[:len(said)/2], said[len(said)/2:]} {
			if p != "" {
				r.hear([]byte(p))
			}
		}
		got := string(r.refusal())
		if want != "" {
			want = "RTSP/1.0 " + want + "\r\nServer: sluice\r\n\r\n"
		}
		if got != want {
			t.Errorf("%.60q: %q, not %q", said, got, want)
		}
	}
}

// What was answered is no question any more, and frames are none.
func TestWhatWasAnswered(t *testing.T) {
	var r request
	r.hear([]byte("FOO x RTSP/1.0\r\n"))
	r.answered([]byte("RTSP/1.0 501"))
	if r.refusal() != nil {
		t.Error("it is answered twice")
	}
	r.answered([]byte("$\x00"))
	r.hear([]byte("FOO x RTSP/1.0\r\n"))
	if r.refusal() != nil {
		t.Error("words stand between frames")
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add([]byte("FOO rtsp://h/x RTSP/1.0\r\nCSeq: 12\r\n\r\n"), 3)
	f.Add([]byte("$"), 0)
	f.Fuzz(func(t *testing.T, said []byte, cut int) {
		var r request
		for _, p := range [][]byte{said[:min(max(cut, 0), len(said))], said[min(max(cut, 0), len(said)):]} {
			if len(p) > 0 {
				r.hear(p)
			}
		}
		if got := string(r.refusal()); len(r.said) > maxKept || got != "" && strings.Count(got, "\r\n\r\n") != 1 {
			t.Errorf("%q", got)
		}
	})
}
