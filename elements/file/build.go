package file

import (
	"slices"
	"strings"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
)

// Build reads, demultiplexes, and leaves what it finds to parsebin, since a file's codecs are not known before it is
// opened, unless the settings tell them. Queues and the drains of pads that nobody links are the compiler's work (R4, R6).
func (In) Build(p *element.Piece, conf element.Conf) error {
	c, err := find(p, conf)
	if err != nil {
		return err
	}
	demux := p.Chain("", "",
		element.Part{Name: "read", Factory: "filesrc", Props: []element.Prop{element.Set("location", conf.Text("path"))}},
		element.Part{Name: "demux", Factory: c.demuxer},
	)
	for _, port := range []string{ports.Audio, ports.Video} {
		if _, linked := p.Output(port); !linked {
			continue
		}
		pad := c.audioFrom
		if port == ports.Video {
			pad = c.videoFrom
		}
		if pad == "" {
			return p.Refuse("%s files have no %s", c.name, port)
		}
		told := codec.Named(conf.Text(port))
		if told != "" && !slices.Contains(c.holds(media.Kind(port)), told) {
			return p.Refuse("%s files have no %s, which %s says", c.name, told, port)
		}
		// parsebin settles on a form before its readers can say what they take; a parser of its own does not.
		chain := codec.Framer(told)
		if told == "" {
			chain = codec.Chain{{Name: "parse", Factory: "parsebin", Out: "src_%u"}}
		}
		if conf.Bool("realtime") {
			chain = append(chain, codec.Step{Name: "pace", Factory: "clocksync"})
		}
		ends := chain.AddTo(p, element.Pad{Part: demux, Name: pad}, "", port[:1])
		p.Exit(port, "", ends.Last, element.Format{
			Kind: media.Kind(port), Codec: told, BFrames: told == media.H264 || told == media.H265, // a file may well have them
		})
	}
	return nil
}

// Build frames each track for its container and writes. Queues before the muxer are the compiler's work.
func (Out) Build(p *element.Piece, conf element.Conf) error {
	c, err := find(p, conf)
	if err != nil {
		return err
	}
	for _, in := range p.Inputs {
		if err := c.take(p, in); err != nil {
			return err
		}
	}
	p.Chain("", "",
		element.Part{Name: "mux", Factory: c.muxer, Props: c.props},
		element.Part{Name: "write", Factory: "filesink", Props: []element.Prop{
			element.Set("location", conf.Text("path")), element.Set("sync", false), element.Set("async", false),
		}},
	)
	return nil
}

// take leads one track into the muxer.
func (c container) take(p *element.Piece, in element.Input) error {
	kind := media.Kind(in.Port)
	pad := c.audioTo
	if kind == media.Video {
		pad = c.videoTo
	}
	if pad == "" {
		return p.Refuse("%s files have no %s", c.name, kind)
	}
	if in.Format.Codec != "" && !slices.Contains(c.holds(kind), in.Format.Codec) {
		return p.Refuse("%s: %s comes in, and %s files hold %s", kind, in.Format.Codec, c.name, c.words(kind))
	}
	if in.Format.Codec == "" && in.Format.Caps == "" && c.form {
		return p.Refuse("%s: of what comes in the codec is not known, and %s files need it in a form of their own: "+
			"say %s=… where the file is read, or put a convert node before", kind, c.name, kind)
	}
	to := element.Pad{Part: "mux", Name: pad}
	chain := codec.Framer(in.Format.Codec)
	if c.headless && in.Format.Codec == media.Speex {
		chain = codec.Chain{{Name: "bare", Factory: "identity", Props: []element.Prop{element.Set("drop-buffer-flags", "header")}}}
	}
	ends := chain.AddTo(p, element.Pad{}, in.Key, in.Port[:1])
	if ends.First.Part == "" {
		p.Enter(in.Port, in.Key, to)
		return nil
	}
	p.Joints = append(p.Joints, element.Joint{From: ends.Last, To: to, Key: in.Key})
	p.Enter(in.Port, in.Key, ends.First)
	return nil
}

func (c container) words(k media.Kind) string {
	var out []string
	for _, codec := range c.holds(k) {
		out = append(out, string(codec))
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return strings.Join(out[:len(out)-1], ", ") + " or " + out[len(out)-1]
}
