package codec

import (
	"sluice/engine/element"
	"sluice/engine/media"
)

// G729 describes the worker's own G.729 encoder, which GStreamer lacks in Debian 12. It is told apart from sluice's
// other elements by its name without a dot: in a pipeline it is an element like any of GStreamer's.
type G729 struct{}

// Spec describes sluiceg729enc.
func (G729) Spec() element.Spec {
	raw := element.In("sink", media.Audio).Raw().Says("Sound: one channel of 16 bit samples, 8000 a second.")
	raw.Caps = "audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved"
	return element.Spec{
		Name: G729Encoder, About: "Encodes G.729 with the library libbcg729, where the worker finds it.", Domain: element.Gst,
		Status: element.Beta, Klass: "Codec/Encoder/Audio", Package: "libbcg729-0",
		Ports:    []element.Port{raw, element.Out("src", media.Audio, media.G729).Says("Frames of 10 bytes, each 10 ms.")},
		Examples: []string{G729Encoder},
	}
}
