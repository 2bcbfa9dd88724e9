package choice

import (
	"slices"

	"sluice/elements/codec"
	"sluice/engine/media"
)

// Verdict says which element encodes a codec.
type Verdict struct {
	Codec   media.Codec
	Encoder string   // "" if none can be used
	Device  bool     // it needs one
	Others  []string // why those that would be better are not used; all if there is none
}

// Verdicts are what is decided for every codec that there are several encoders for, or none that may be used. Devices of which
// there are none are not worth a word.
func (c *Choice) Verdicts() []Verdict {
	var out []Verdict
	for _, of := range media.Codecs() {
		among := codec.Makers(of.Codec)
		if len(among) == 0 {
			continue
		}
		v := Verdict{Codec: of.Codec}
		for _, name := range c.order(among) {
			err := c.against(name)
			if err == nil {
				v.Encoder, v.Device = name, codec.Device(name)
				break
			}
			if !codec.Device(name) || c.there(name) {
				v.Others = append(v.Others, err.Error())
			}
		}
		if len(among) > 1 || v.Encoder == "" {
			out = append(out, v)
		}
	}
	return out
}

// Undecodable lists the codecs that nothing which may be used decodes.
func (c *Choice) Undecodable() []media.Codec {
	var out []media.Codec
	for _, of := range media.Codecs() {
		if slices.Contains(codec.Decodable(of.Kind), of.Codec) {
			if _, err := codec.Decoder(codec.Source{Kind: of.Kind, Codec: of.Codec}, c); err != nil {
				out = append(out, of.Codec)
			}
		}
	}
	return out
}
