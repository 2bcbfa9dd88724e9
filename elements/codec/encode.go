package codec

import (
	"fmt"

	"sluice/engine/media"
)

// Encoder is the chain that brings decoded media into the target's shape and codec. from is the codec it was decoded
// from, which tells what the decoder can be asked for; "" if it came raw. An error says what cannot be made.
func Encoder(from media.Codec, t Target) (Chain, error) {
	if t.Kind == media.Audio {
		return sound(from, t)
	}
	chain, ok := pictures(t)
	if !ok {
		return nil, fmt.Errorf("%s cannot be encoded", t.Codec)
	}
	return chain, nil
}

// Encodable tells whether the codec can be made.
func Encodable(c media.Codec) bool {
	if c.Kind() == media.Audio {
		_, _, ok := audioEncoder(Target{Codec: c})
		return ok
	}
	_, ok := videoEncoder(Target{Codec: c})
	return ok && c != ""
}

// AllEncodable lists every codec that can be made, audio first, in the order of media.Codecs.
func AllEncodable() []media.Codec {
	var out []media.Codec
	for _, info := range media.Codecs() {
		if Encodable(info.Codec) {
			out = append(out, info.Codec)
		}
	}
	return out
}
