//go:build cgo && !nogst

package shim

// #include "shim.h"
import "C"

// Prime subtracts an encoder's priming from the times of what it gives, if its factory is one that does not do so itself;
// otherwise it does nothing. What comes from such an encoder and would begin before the stream does is dropped: it is priming,
// and up to a frame of the sound. Call it once, before media flows.
func Prime(encoder Object, factory string) {
	if n := priming(factory); n > 0 {
		C.sl_prime(element(encoder), C.int(n))
	}
}

// priming is how many samples the sound is late, at any rate, behind an encoder of GStreamer 1.22 and any decoder: as many as the
// encoder puts before it, and as the filters of both hold back. TestDelay measures them. FFmpeg's encoders know theirs
// (AVCodecContext.initial_padding), which gst-libav does not ask for; LAME's is 576, and 529 of every decoder of MP3. opusenc
// subtracts its own; vorbisenc and avenc_g726 have none; speexenc's is 5 ms, at each rate other samples. avenc_mp2's are 481, which
// stay: without the frame that begins before the stream, tsdemux finds no pictures in a short transport stream of H.265.
func priming(factory string) int {
	switch factory {
	case "avenc_aac":
		return 1024
	case "voaacenc":
		return 1600
	case "lamemp3enc":
		return 576 + 529
	case "avenc_ac3":
		return 256
	case "avenc_nellymoser":
		return 128
	case "avenc_g722":
		return 22
	}
	return 0
}
