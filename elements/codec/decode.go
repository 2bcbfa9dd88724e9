package codec

import (
	"fmt"
	"slices"

	"sluice/engine/element"
	"sluice/engine/media"
)

// Source is what is known of coded media that a chain is to decode.
type Source struct {
	Kind    media.Kind
	Codec   media.Codec // "" if not known before media flows
	Outside bool        // it comes from a peer and may be hostile: parse it, guard it (R12)
	// Unguarded lets H.264 and H.265 of any chroma format and depth through, because the graph says so.
	Unguarded bool
}

// Decoder is the chain that decodes. Media of unknown codec goes to decodebin3, which finds out. c picks the element; nil takes
// what is always there. An error says that nothing decodes the codec.
func Decoder(s Source, c element.Chooser) (Chain, error) {
	if s.Codec == "" {
		return Chain{{Name: "dec", Factory: "decodebin3", Out: string(s.Kind) + "_%u"}}, nil
	}
	all := decoders()
	i := slices.IndexFunc(all, func(d decoder) bool { return d.codec == s.Codec })
	if i < 0 {
		return nil, fmt.Errorf("%s cannot be decoded", s.Codec)
	}
	d, factory := all[i], all[i].decoder
	if c != nil {
		var err error
		if factory, err = c.Choose(append([]string{d.decoder}, d.others...)); err != nil {
			return nil, fmt.Errorf("%s cannot be decoded: %w", s.Codec, err)
		}
	}
	dec := Step{Name: "dec", Factory: factory, Props: d.props}
	if d.parser == "" || !s.Outside && !d.always {
		return Chain{dec}, nil
	}
	if s.Outside && !s.Unguarded {
		dec.Before = d.guard
	}
	return Chain{{Name: "parse", Factory: d.parser}, dec}, nil
}

// Decodable lists the codecs of a kind that can be decoded, in the order of media.Codecs.
func Decodable(k media.Kind) []media.Codec {
	var out []media.Codec
	for _, info := range media.Codecs() {
		known := slices.ContainsFunc(decoders(), func(d decoder) bool { return d.codec == info.Codec })
		if info.Kind == k && known {
			out = append(out, info.Codec)
		}
	}
	return out
}

// decoder is one row of the table.
type decoder struct {
	codec   media.Codec
	decoder string
	others  []string // that decode it, too, where the first is not to be had
	parser  string
	guard   string // caps between parser and decoder, for media from outside
	always  bool   // the decoder needs the parser also for media from our own encoders
	props   []element.Prop
}

// guarded is the row of a codec whose decoder must not see everything that a peer may send.
func guarded(c media.Codec, factory string, others ...string) decoder {
	parser, caps := element.Guard(c)
	return decoder{codec: c, decoder: factory, others: others, parser: parser, guard: caps}
}

// decoders is the table. vpx and Opus are decoded by their own libraries, in which fuzzing found no crash (GStreamer 1.22);
// AC-3 and MPEG-1 video by libav, because liba52 and libmpeg2 have not been kept up for years. Devices decode nothing: what comes
// from a peer would go to a driver, where nobody guards it, and the pictures have to come back to be worked with.
func decoders() []decoder {
	return []decoder{
		// plc: lost packets arrive as gaps, and are concealed instead of leaving holes.
		{codec: media.Opus, decoder: "opusdec", props: []element.Prop{element.Set("plc", true)}},
		{codec: media.PCMU, decoder: "mulawdec"},
		{codec: media.PCMA, decoder: "alawdec"},
		{codec: media.G722, decoder: "avdec_g722"},
		{codec: media.G729, decoder: "avdec_g729"},
		{codec: media.G726, decoder: "avdec_g726"},
		{codec: media.Speex, decoder: "speexdec"},
		{codec: media.AAC, decoder: "avdec_aac", others: []string{"fdkaacdec", "faad"}, parser: "aacparse"},
		{codec: media.MP3, decoder: "mpg123audiodec", parser: "mpegaudioparse", always: true},
		{codec: media.MP2, decoder: "mpg123audiodec", parser: "mpegaudioparse", always: true},
		{codec: media.AC3, decoder: "avdec_ac3", others: []string{"a52dec"}, parser: "ac3parse"},
		{codec: media.Vorbis, decoder: "vorbisdec"},
		{codec: media.Nellymoser, decoder: "avdec_nellymoser"},
		guarded(media.H264, "avdec_h264", "openh264dec"),
		guarded(media.H265, "avdec_h265", "libde265dec"),
		{codec: media.VP8, decoder: "vp8dec"},
		{codec: media.VP9, decoder: "vp9dec"},
		{codec: media.AV1, decoder: "av1dec", parser: "av1parse"},
		{codec: media.MJPEG, decoder: "jpegdec", parser: "jpegparse"},
		{codec: media.MPEG1, decoder: "avdec_mpeg2video", others: []string{"mpeg2dec"}, parser: "mpegvideoparse"},
		{codec: media.Sorenson, decoder: "avdec_flv"},
		{codec: media.VP6, decoder: "avdec_vp6f"},
		{codec: media.ScreenFlv, decoder: "avdec_flashsv"},
	}
}
