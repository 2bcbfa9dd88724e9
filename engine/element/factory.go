package element

import (
	"slices"
	"strings"

	"sluice/engine/caps"
	"sluice/engine/element/catalog"
	"sluice/engine/media"
)

// FromFactory describes a GStreamer factory in our words.
func FromFactory(f *catalog.Factory) *Spec {
	s := &Spec{Name: f.Name, About: f.About, Domain: Gst, Status: Stable, Klass: f.Klass, Package: f.Package}
	for _, p := range f.Pads {
		s.Ports = append(s.Ports, portOf(p))
	}
	for _, p := range f.Properties {
		s.Fields = append(s.Fields, Field{
			Name: p.Name, About: p.Blurb, Constraint: p.Constraint, Default: p.Default, Live: p.Playing, ReadOnly: !p.Writable,
		})
	}
	return s
}

func portOf(p catalog.Pad) Port {
	out := Port{Name: p.Name, Dir: Sink, Caps: p.Caps, Kinds: KindsOf(p.Caps)}
	if p.Direction == "src" {
		out.Dir = Source
	}
	switch p.Presence {
	case "sometimes":
		out.Presence, out.Optional = Sometimes, true
	case "request":
		out.Presence, out.Optional = Request, true
	default:
		out.Presence = Always
	}
	return out
}

// KindsOf tells which kinds of media caps are; nil for ANY and for caps that do not parse.
func KindsOf(text string) []media.Kind {
	if text == "ANY" || text == "" {
		return nil
	}
	c, err := caps.Parse(text)
	if err != nil {
		return nil
	}
	var out []media.Kind
	for _, t := range c.MediaTypes() {
		k := kindOf(t)
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// kindOf sorts media types. Some begin with audio/ or video/ and yet are files or transport streams.
func kindOf(mediaType string) media.Kind {
	switch mediaType {
	case "video/x-flv", "video/quicktime", "video/mpegts", "video/x-matroska", "video/webm", "audio/x-matroska", "audio/webm",
		"video/x-matroska-3d", "video/ogg", "audio/ogg", "audio/x-wav", "audio/x-m4a", "video/x-msvideo", "audio/x-aiff",
		"audio/x-au", "video/mj2", "audio/x-caf", "video/x-ms-asf", "audio/x-w64":
		return media.Mux
	}
	switch top, _, _ := strings.Cut(mediaType, "/"); top {
	case "audio":
		return media.Audio
	case "video", "image":
		return media.Video
	case "text", "subpicture", "closedcaption", "meta":
		return media.Data
	}
	return media.Mux
}

// CodecOf tells the codec that caps mean; "" if raw, several, or none we know.
func CodecOf(text string) media.Codec {
	c, err := caps.Parse(text)
	if err != nil || text == "ANY" || len(c.MediaTypes()) != 1 {
		return ""
	}
	for _, info := range media.Codecs() {
		if t, err := caps.Parse(info.MediaType); err == nil && caps.Intersects(t, c) {
			return info.Codec
		}
	}
	return ""
}
