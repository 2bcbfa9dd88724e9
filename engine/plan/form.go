package plan

import (
	"slices"
	"strings"

	"sluice/engine/caps"
)

// formBehind is the form in which media goes into a tee, as caps; "" where it settles by itself. A parser or an encoder to which nobody
// is linked yet takes the first form that it knows, which for H.264 is that of files (avc), and those who come later are refused, for a
// tee does not negotiate anew (GStreamer 1.22). So where all bridges behind a tee come later, what they want is fixed before it, if
// the source can give it and everybody else can take it.
func formBehind(links []*link) string {
	var wanted []string
	for _, l := range links {
		if l.to.bridge == nil {
			continue
		}
		form := crossingCaps(l.format)
		if !leavesLater(l) || l.format.Codec == "" || !strings.Contains(form, ",") {
			return "" // it says itself what it wants, from the start, or there is but one form
		}
		wanted = append(wanted, form, l.caps)
	}
	if len(wanted) == 0 {
		return ""
	}
	form := together(wanted...).String()
	for _, l := range links {
		if together(l.fromPort.Caps, form, l.caps, l.toPort.Caps, filterOf(l.to)).IsEmpty() {
			return ""
		}
	}
	return form
}

// filterOf is what a capsfilter lets through; "" for all that is none.
func filterOf(e *elem) string {
	i := slices.IndexFunc(e.Props, func(s Setting) bool { return e.Factory == "capsfilter" && s.Name == "caps" })
	if i < 0 {
		return ""
	}
	return e.Props[i].Text
}

// together is what all of several caps allow. Each may be several joined by " ! ", and "" allows anything; those that are wrong
// allow nothing.
func together(texts ...string) caps.Caps {
	out := caps.Any()
	for _, text := range texts {
		for one := range strings.SplitSeq(text, " ! ") {
			c, err := caps.Parse(orAny(one))
			if err != nil {
				return caps.Caps{}
			}
			out = caps.Intersect(out, c)
		}
	}
	return out
}
