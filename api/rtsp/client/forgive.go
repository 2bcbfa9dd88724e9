package client

import (
	"bytes"
	"slices"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
)

// forgive has gortsplib (5.6.4) bear with answers that it refuses and players do not. Its hooks are called from one goroutine at a time.
func forgive(o *gortsplib.Client) {
	var options, describe base.HeaderValue // numbers of the last ones
	o.OnRequest = func(q *base.Request) {
		switch q.Method {
		case base.Options:
			options = q.Header["CSeq"]
		case base.Describe:
			describe = q.Header["CSeq"]
		}
	}
	o.OnResponse = func(a *base.Response) {
		number := a.Header["CSeq"]
		switch a.StatusCode {
		case base.StatusNotFound, base.StatusMethodNotAllowed, base.StatusNotImplemented:
			// Of OPTIONS it bears the first only, and then it asks again before each request, and before PLAY refuses itself.
			if options != nil && slices.Equal(options, number) {
				a.StatusCode = base.StatusOK
			}
		case base.StatusOK:
			if len(a.Body) > 0 && describe != nil && slices.Equal(describe, number) {
				a.Body = mend(a.Body)
				if bytes.HasPrefix(a.Body, []byte("v=0")) {
					a.Header["Content-Type"] = base.HeaderValue{"application/sdp"}
				}
			}
		}
	}
}

// mend takes out of a description what is not meant: what stands before and after it, such as the zero that ends a text in C, empty
// lines, and an address of the whole that is none.
func mend(text []byte) []byte {
	text = bytes.Trim(text, "\x00\r\n\t \ufeff")
	var out []byte
	whole := true
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		line = bytes.TrimRight(line, "\r\x00\t ")
		whole = whole && !bytes.HasPrefix(line, []byte("m="))
		control, is := bytes.CutPrefix(line, []byte("a=control:"))
		if len(line) == 0 || whole && is && !bytes.Equal(control, []byte("*")) && !bytes.Contains(control, []byte("://")) {
			continue
		}
		out = append(append(out, line...), "\r\n"...)
	}
	return out
}
