package gate

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
)

const (
	maxKept = 4 << 10 // of what a client asks; it is enough for the first line, which gortsplib reads up to 2 KiB of
	maxURL  = 2 << 10
)

// request is what a client has said since it was answered, as far as it is needed to say what is wrong with it: gortsplib (5.6.4) hangs
// up without a word on what it cannot read.
type request struct {
	said  []byte
	media bool // this is a tunnel, or frames go back and forth: what is said is no request any more, or need not be
}

// hear takes what the client said.
func (r *request) hear(p []byte) {
	if len(r.said) == 0 && (p[0] == '$' || bytes.HasPrefix(p, []byte("GET ")) || bytes.HasPrefix(p, []byte("POST"))) {
		r.media = true
	}
	if !r.media {
		r.said = append(r.said, p[:min(len(p), maxKept-len(r.said))]...)
	}
}

// answered notes what the server said.
func (r *request) answered(p []byte) {
	r.said = nil
	r.media = r.media || len(p) > 0 && p[0] == '$'
}

// refusal is the answer to a request that nobody answered, because it cannot be understood; nil if it can, or is not whole.
func (r *request) refusal() []byte {
	if len(r.said) == 0 || r.media {
		return nil
	}
	said := string(r.said)
	status := wrong(said)
	if status == "" {
		return nil
	}
	out := "RTSP/1.0 " + status + "\r\n"
	if found := regexp.MustCompile(`(?i)\r\nCSeq: *([0-9]{1,10})\r\n`).FindStringSubmatch(said); found != nil {
		out += "CSeq: " + found[1] + "\r\n"
	}
	return []byte(out + "Server: sluice\r\n\r\n")
}

// wrong is the status of a request that cannot be understood (RFC 2326 7.1.1); "" if it can, or may yet.
func wrong(said string) string {
	line, rest, whole := strings.Cut(said, "\r\n")
	method, after, _ := strings.Cut(line, " ")
	url, version, _ := strings.Cut(after, " ")
	switch {
	case strings.HasPrefix(said, "RTSP/"): // an answer
		return ""
	case !token(method):
		return "400 Bad Request"
	case len(url) > maxURL:
		return "414 Request-URI Too Long"
	case !whole:
		return ""
	case !strings.HasPrefix(version, "RTSP/"):
		return "400 Bad Request"
	case version != "RTSP/1.0":
		return "505 RTSP Version Not Supported"
	case !slices.Contains([]base.Method{
		base.Announce, base.Describe, base.GetParameter, base.Options, base.Pause, base.Play, base.Record, base.Setup,
		base.SetParameter, base.Teardown,
	}, base.Method(method)):
		return "501 Not Implemented"
	}
	if _, err := base.ParseURL(url); err != nil && url != "*" {
		return "400 Bad Request"
	}
	head, _, _ := strings.Cut(rest, "\r\n\r\n")
	for one := range strings.SplitSeq(head, "\r\n") {
		if !strings.Contains(one, ":") && strings.Contains(rest, one+"\r\n") && one != "" {
			return "400 Bad Request"
		}
	}
	return ""
}

// token tells whether a word may be a method: those that there are have capitals and "_".
func token(word string) bool {
	const longest = 64
	return word != "" && len(word) <= longest && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}
