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
	if len(out.Kinds) == 0 {
		out.Kinds = kindsByName(p.Name)
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

// kindsByName reads the kind of a pad whose caps are ANY off its name, as decodebin3 and the demuxers call theirs.
func kindsByName(name string) []media.Kind {
	switch before, _, _ := strings.Cut(name, "_"); before {
	case "video":
		return []media.Kind{media.Video}
	case "audio":
		return []media.Kind{media.Audio}
	case "text", "subtitle":
		return []media.Kind{media.Data}
	}
	return nil
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

// formatsOf lists the codecs of a kind that caps allow; nil for any.
func formatsOf(text string, k media.Kind) []Format {
	c, err := caps.Parse(text)
	if err != nil || text == "ANY" || text == "" {
		return nil
	}
	out := []Format{}
	for _, info := range media.Codecs() {
		if info.Kind != k {
			continue
		}
		if t, err := caps.Parse(info.MediaType); err == nil && caps.Intersects(t, c) {
			out = append(out, Format{Kind: k, Codec: info.Codec, BFrames: true})
		}
	}
	if raw, err := caps.Parse(RawCaps(k)); err == nil && k != "" && caps.Intersects(raw, c) {
		out = append(out, Format{Kind: k, Caps: RawCaps(k)})
	}
	return out
}

// CodecOf tells the one codec that caps mean; "" if raw, several, or none we know.
func CodecOf(text string) media.Codec {
	for _, k := range []media.Kind{media.Audio, media.Video} {
		if list := formatsOf(text, k); len(list) == 1 {
			return list[0].Codec
		}
	}
	return ""
}
