package convert

import (
	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
)

// prefix begins the names of a lane's parts.
func prefix(k media.Kind) string { return string(k[:1]) }

// Build makes each kind that is linked on both sides: nothing where it may pass, otherwise a decoder, what fits size and
// rate, and an encoder.
func (Convert) Build(p *element.Piece, conf element.Conf) error {
	_, audio := p.Input(ports.Audio)
	_, video := p.Input(ports.Video)
	for _, port := range []string{ports.Audio, ports.Video} {
		in, ok := p.Input(port)
		out, linked := p.Output(port)
		if !ok || !linked {
			continue
		}
		in.Format.Kind = kindOf(port)
		w := newWish(in, out, conf, audio && video)
		if w.passes() {
			p.Pass(port, port)
			continue
		}
		if err := lay(p, in, w, conf); err != nil {
			return err
		}
	}
	return nil
}

// lay puts one lane's elements into the piece.
func lay(p *element.Piece, in element.Input, w wish, conf element.Conf) error {
	target, err := w.choose(p.Chooser)
	if err != nil {
		return p.Refuse("%s", err)
	}
	kind := in.Format.Kind
	dec, err := opening(p, in, w.raw(), conf)
	if err != nil {
		return err
	}
	enc, err := codec.Encoder(in.Format.Codec, target, p.Chooser)
	if err != nil {
		return p.Refuse("%s: %s comes in, and %s", kind, w.have(), err)
	}
	ends := append(dec, enc...).AddTo(p, element.Pad{}, "", prefix(kind))
	if ends.First.Part == "" { // raw to raw, with nothing to do
		p.Pass(in.Port, in.Port)
		return nil
	}
	p.Enter(in.Port, "", ends.First)
	p.Exit(in.Port, "", ends.Last, target.Give())
	p.Note(string(kind) + ": " + w.have() + " becomes " + target.String() + by(enc))
	return nil
}

// opening is the chain that decodes an input; none for raw media.
func opening(p *element.Piece, in element.Input, raw bool, conf element.Conf) (codec.Chain, error) {
	if raw {
		return nil, nil
	}
	dec, err := codec.Decoder(codec.Source{
		Kind: in.Format.Kind, Codec: in.Format.Codec, Outside: in.Outside, Unguarded: conf.Bool("unguarded"),
	}, p.Chooser)
	if err != nil {
		return nil, p.Unable(in.Port, "%s: %s", in.Format.Kind, err)
	}
	return dec, nil
}

// Build decodes each kind that is linked on both sides.
func (Decode) Build(p *element.Piece, conf element.Conf) error {
	for _, port := range []string{ports.Audio, ports.Video} {
		in, ok := p.Input(port)
		if _, linked := p.Output(port); !ok || !linked {
			continue
		}
		in.Format.Kind = kindOf(port)
		dec, err := opening(p, in, wish{in: in.Format}.raw(), conf)
		if err != nil {
			return err
		}
		if len(dec) == 0 {
			p.Pass(port, port)
			continue
		}
		ends := dec.AddTo(p, element.Pad{}, "", prefix(in.Format.Kind))
		p.Enter(port, "", ends.First)
		p.Exit(port, "", ends.Last, element.Format{Kind: in.Format.Kind, Caps: element.RawCaps(in.Format.Kind)})
	}
	return nil
}

func kindOf(port string) media.Kind {
	if port == ports.Audio {
		return media.Audio
	}
	return media.Video
}

// by names the device's encoder in a chain, which is worth knowing: "" if no device is needed.
func by(c codec.Chain) string {
	for _, s := range c {
		if s.Device {
			return ", by " + s.Factory
		}
	}
	return ""
}
