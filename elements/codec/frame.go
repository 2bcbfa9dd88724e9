package codec

import (
	"sluice/engine/element"
	"sluice/engine/media"
)

// Framer is the chain that brings coded media into the form its muxer asks for: whole frames, with the headers where that
// container has them. It is empty for codecs whose packets are fit as they come.
func Framer(c media.Codec) Chain {
	parser, ok := framers()[c]
	if !ok {
		return nil
	}
	s := Step{Name: "parse", Factory: parser}
	if c == media.H264 || c == media.H265 {
		// In a transport stream, whoever tunes in needs them; muxers of other containers take them out again.
		s.Props = []element.Prop{element.Set("config-interval", int64(-1))}
	}
	return Chain{s}
}

func framers() map[media.Codec]string {
	return map[media.Codec]string{
		media.Opus:  "opusparse", // also makes the stream headers that oggmux wants
		media.AAC:   "aacparse",
		media.MP3:   "mpegaudioparse",
		media.MP2:   "mpegaudioparse",
		media.AC3:   "ac3parse",
		media.H264:  "h264parse",
		media.H265:  "h265parse",
		media.VP9:   "vp9parse", // mp4mux asks for the profile
		media.AV1:   "av1parse",
		media.MJPEG: "jpegparse",
		media.MPEG1: "mpegvideoparse",
	}
}
