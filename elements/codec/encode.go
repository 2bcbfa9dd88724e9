package codec

import (
	"fmt"
	"slices"

	"sluice/engine/element"
	"sluice/engine/media"
)

// Encoder is the chain that brings decoded media into the target's shape and codec. from is the codec it was decoded
// from, which tells what the decoder can be asked for; "" if it came raw. c picks the elements; nil takes those that need no
// device. An error says what cannot be made.
func Encoder(from media.Codec, t Target, c element.Chooser) (Chain, error) {
	if t.Kind == media.Audio {
		return sound(from, t, c)
	}
	return pictures(t, c)
}

// Encodable tells whether there is an element that makes the codec.
func Encodable(c media.Codec) bool { return len(Makers(c)) > 0 }

// Makes tells whether the codec can be made by what may be used here.
func Makes(codec media.Codec, c element.Chooser) bool {
	if codec == "" {
		return false
	}
	_, err := pick(c, codec, Makers(codec))
	return err == nil
}

// pick takes one of the elements for a codec.
func pick(c element.Chooser, codec media.Codec, among []string) (string, error) {
	among = slices.Clone(among)
	if c == nil {
		among = slices.DeleteFunc(among, Device)
	}
	switch {
	case len(among) == 0:
		return "", fmt.Errorf("%s cannot be encoded", codec)
	case c == nil:
		return among[0], nil
	}
	name, err := c.Choose(among)
	if err != nil {
		return "", fmt.Errorf("%s cannot be encoded: %w", codec, err)
	}
	return name, nil
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
