package lines

import (
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
)

// mostText is how long a text may be, in bytes.
const mostText = 64 << 10

// texts are the types of messages that are taken: what people write, and what their programs say of that (RFC 3862, RFC 5438, RFC 3994).
func texts() []string {
	return []string{"text/plain", "text/html", "message/cpim", "message/imdn+xml", "application/im-iscomposing+xml"}
}

// text takes a message that came for a line (RFC 3428).
func (l *Line) text(in stack.Incoming) {
	r := in.Request()
	kind := "text/plain"
	if h := r.ContentType(); h != nil {
		kind = h.Value()
	}
	media, _, err := mime.ParseMediaType(kind)
	switch {
	case len(r.Body()) > mostText:
		l.lines.answer(in, tooLarge)
		return
	case err != nil || !slices.Contains(texts(), media) || !utf8.Valid(r.Body()):
		l.lines.answer(in, unsupported, sip.NewHeader("Accept", strings.Join(texts(), ", ")))
		return
	}
	if l.name != "" { // a server's own lines have nobody who reads
		l.lines.answer(in, unavailable)
		return
	}
	from := caller(r, l.account.Asserted)
	l.lines.answer(in, ok)
	body := string(r.Body())
	l.tell(func(o owner) { o.Message(from.name, media, body) })
}
