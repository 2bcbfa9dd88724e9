package dialog

import (
	"mime"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
)

// informed takes INFO: of the older kind, whose type says what it is for. Packages of information (RFC 6086) are none that we ask for.
func (d *Dialog) informed(in stack.Incoming) {
	r := in.Request()
	kind, types := word(r, "Content-Type"), d.table.opt.Informs
	media, _, err := mime.ParseMediaType(kind)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case len(r.GetHeaders("Info-Package")) > 0:
		d.table.answer(in, badInfoPackage, "Bad Info Package", sip.NewHeader("Recv-Info", ""))
	case len(r.Body()) == 0: // it says no more than that the call lasts
		d.table.answer(in, sip.StatusOK, "OK")
	case len(types) > 0 && (err != nil || !slices.Contains(types, media)):
		if spare(r) {
			d.table.answer(in, sip.StatusOK, "OK")
			return
		}
		d.table.answer(in, sip.StatusUnsupportedMediaType, "Unsupported Media Type", sip.NewHeader("Accept", strings.Join(types, ", ")))
	case d.crowded():
		d.table.answer(in, sip.StatusServiceUnavailable, "Service Unavailable")
	default:
		d.table.answer(in, sip.StatusOK, "OK")
		d.tell(func() { d.owner.Info(kind, r.Body()) })
	}
}

// spare tells whether who does not understand a body may do without it (RFC 3261 8.2.3).
func spare(m sip.Message) bool {
	_, params, err := mime.ParseMediaType(word(m, "Content-Disposition"))
	return err == nil && strings.EqualFold(params["handling"], "optional")
}

// word is the value of a header; "" if there is none.
func word(m sip.Message, name string) string {
	if hs := m.GetHeaders(name); len(hs) > 0 {
		return hs[0].Value()
	}
	return ""
}
