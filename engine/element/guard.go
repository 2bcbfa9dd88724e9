package element

import "sluice/engine/media"

// Guard gives what must stand before a decoder of media from outside (R12): a parser, and the caps that it is held to
// behind that. A bit-flipped H.264 stream whose header promises another chroma format or depth crashes avdec_h264 of
// gst-libav 1.22.0 (measured); avdec_h265 shares the code that crashed. Both are empty for codecs that need none.
func Guard(c media.Codec) (parser, caps string) {
	const plain = ",chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8"
	switch c {
	case media.H264:
		return "h264parse", "video/x-h264" + plain
	case media.H265:
		return "h265parse", "video/x-h265" + plain
	}
	return "", ""
}
