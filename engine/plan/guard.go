package plan

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
)

// guards keeps decoders from what crashes them and H.264 encoders from what nobody plays.
func (r *resolver) guards() {
	for _, l := range slices.Clone(r.net.links) {
		switch {
		case l.from.bridge != nil && l.to.Role == RoleNode && l.to.is("Decoder"):
			r.guardDecoder(l)
		case l.to.Role == RoleNode && isH264Encoder(l.to) && !hasField(l.caps, "format") && !fixesFormat(l.from):
			r.guardEncoder(l)
		}
	}
	for _, l := range r.net.links {
		if l.from.Role == RoleNode && isH264Encoder(l.from) && l.caps == "" {
			l.caps = "video/x-h264,profile=constrained-baseline" // R13: any browser plays it
		}
	}
}

// guardDecoder puts a parser and a caps guard between a bridge and a decoder.
func (r *resolver) guardDecoder(l *link) {
	parser, safe := element.Guard(l.format.Codec)
	if parser == "" {
		return
	}
	g := r.add(l.to.node, l.to.Name+"-guard", parser, RoleGuard)
	g.branch, g.group = l.to.branch, l.from.group
	r.split(l, g)
	if l.caps == "" {
		l.caps = safe
	}
}

// guardEncoder gives an H.264 encoder I420: x264enc otherwise picks 4:4:4 in 10 bits from a test source (R13).
func (r *resolver) guardEncoder(l *link) {
	if !strings.HasPrefix(l.from.Factory, "videoconvert") {
		g := r.add(l.to.node, l.to.Name+"-convert", "videoconvert", RoleGuard)
		g.branch, g.group = l.to.branch, l.from.group
		caps := l.caps
		r.split(l, g)
		r.net.links[slices.Index(r.net.links, l)-1].caps = caps
		l.caps = ""
	}
	switch {
	case l.caps == "":
		l.caps = "video/x-raw,format=I420"
	case strings.HasPrefix(l.caps, "video/x-raw"):
		l.caps = strings.Replace(l.caps, "video/x-raw", "video/x-raw,format=I420", 1)
	}
}

func isH264Encoder(e *elem) bool {
	if !e.is("Encoder") {
		return false
	}
	for _, p := range e.spec.Out() {
		if element.CodecOf(p.Caps) == media.H264 {
			return true
		}
	}
	return false
}

// fixesFormat tells whether an element is a capsfilter that already says the picture's format.
func fixesFormat(e *elem) bool {
	says := func(s Setting) bool { return s.Name == "caps" && hasField(s.Text, "format") }
	return e.Factory == "capsfilter" && slices.ContainsFunc(e.Props, says)
}

// hasField tells whether caps text fixes a field.
func hasField(text, field string) bool {
	return strings.Contains(strings.ReplaceAll(text, " ", ""), ","+field+"=")
}
