package element

import (
	"slices"
	"strings"

	"sluice/engine/media"
)

// Dir is the direction of a port, seen from its element.
type Dir string

// The directions.
const (
	Sink   Dir = "sink"
	Source Dir = "source"
)

// Presence says when a port exists.
type Presence string

// The presences, in GStreamer's words.
const (
	Always    Presence = "always"
	Sometimes Presence = "sometimes" // appears when the media is known
	Request   Presence = "request"   // made for each link
)

// Port is a place where media enters or leaves an element.
type Port struct {
	Name     string // "video"; may hold one %u or %s, as GStreamer's pad templates do
	Dir      Dir
	Presence Presence
	Kinds    []media.Kind  // empty: anything
	Codecs   []media.Codec // coded forms of our own elements, best first; empty for GStreamer's
	Caps     string        // what may pass, as GStreamer caps; "ANY" for anything
	Optional bool          // need not be linked
	InOrder  bool          // takes frames in presentation order only: no B-frames
	Keyed    bool          // one for each key of an `each` node: minus[guest]
	About    string
}

// In describes an always present sink port that takes these codecs, best first.
func In(name string, kind media.Kind, codecs ...media.Codec) Port {
	return coded(Port{Name: name, Dir: Sink, Presence: Always}, kind, codecs)
}

// Out describes an always present source port that gives these codecs, likeliest first.
func Out(name string, kind media.Kind, codecs ...media.Codec) Port {
	return coded(Port{Name: name, Dir: Source, Presence: Always}, kind, codecs)
}

func coded(p Port, kind media.Kind, codecs []media.Codec) Port {
	types := make([]string, 0, len(codecs))
	for _, c := range codecs {
		if info, ok := c.Info(); ok {
			types = append(types, info.MediaType)
		}
	}
	p.Kinds, p.Codecs, p.Caps = []media.Kind{kind}, codecs, strings.Join(types, "; ")
	return p
}

// Raw makes the port carry decoded media instead of codecs.
func (p Port) Raw() Port {
	p.Codecs, p.Caps = nil, RawCaps(p.Kind())
	return p
}

// Maybe marks a port that need not be linked.
func (p Port) Maybe() Port { p.Optional = true; return p }

// Many marks a port that is made anew for every link.
func (p Port) Many() Port { p.Presence = Request; return p }

// PerKey marks a port that exists once for each key of an `each` node.
func (p Port) PerKey() Port { p.Keyed = true; p.Presence = Request; return p }

// NoBFrames marks a port that takes frames in presentation order only, as RTP peers in browsers do.
func (p Port) NoBFrames() Port { p.InOrder = true; return p }

// Says adds a description.
func (p Port) Says(about string) Port { p.About = about; return p }

// Anything tells whether the port takes or gives any kind of media.
func (p Port) Anything() bool { return len(p.Kinds) == 0 }

// Kind is the port's only kind; "" if it has several or any.
func (p Port) Kind() media.Kind {
	if len(p.Kinds) == 1 {
		return p.Kinds[0]
	}
	return ""
}

// Carries tells whether media of this kind may pass.
func (p Port) Carries(k media.Kind) bool { return p.Anything() || slices.Contains(p.Kinds, k) }

// Matches tells whether a pad written by a user means this port: its name, a name its pattern makes ("sink_3" for
// "sink_%u"), or the pattern itself.
func (p Port) Matches(pad string) bool {
	if pad == p.Name {
		return true
	}
	before, after, ok := strings.Cut(p.Name, "%")
	if !ok || len(pad) <= len(before) || !strings.HasPrefix(pad, before) {
		return false
	}
	if after[0] == 's' {
		return true
	}
	return strings.Trim(pad[len(before):], "0123456789_") == ""
}

// RawCaps are the caps of decoded media of a kind.
func RawCaps(k media.Kind) string {
	switch k {
	case media.Audio:
		return "audio/x-raw"
	case media.Video:
		return "video/x-raw"
	}
	return "ANY"
}
