// Package snapshot describes snapshot.out, which makes a PNG of a stream on request, and says of which GStreamer elements it is
// made.
package snapshot

import (
	"time"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{Out{}} }

// Out makes pictures of a stream.
type Out struct{}

// Spec describes snapshot.out.
func (Out) Spec() element.Spec {
	video := element.In(ports.Video, media.Video, ports.All(media.Video)...).Says("Pictures, coded or raw.")
	video.Caps += "; " + element.RawCaps(media.Video)
	return element.Spec{
		Name:   "snapshot.out",
		About:  "Makes a PNG picture of a stream on request; it decodes only while somebody asks, if it is lazy.",
		Domain: element.Gst, Status: element.Beta, Klass: "Sink/Image",
		Ports: []element.Port{video},
		Fields: []element.Field{
			element.Number("width", 0, 8192).Shapes().Says("Width of the picture in pixels; 0 keeps it, or the shape if there is a height."),
			element.Number("height", 0, 8192).Shapes().Says("Height of the picture in pixels; 0 keeps it, or the shape if there is a width."),
		},
		Demand: true,
		Actions: []element.Action{{
			Name: "snapshot", About: "Gives the next picture as PNG.",
			Args: []element.Field{element.Span("wait", 0, time.Minute).Or(5 * time.Second).Says("How long to wait for a picture.")},
		}},
		Examples: []string{"snapshot.out", "snapshot.out width=320"},
	}
}

// Build decodes, takes at most one picture a second, and keeps the newest PNG for whoever asks. pngenc's own snapshot
// property is of no use here: it ends the stream, and the end would travel to the source.
func (Out) Build(p *element.Piece, conf element.Conf) error {
	in, ok := p.Input(ports.Video)
	if !ok {
		return nil
	}
	dec := codec.Chain{}
	if in.Format.Codec != "" || in.Format.Caps == "" {
		var known bool
		dec, known = codec.Decoder(codec.Source{Kind: media.Video, Codec: in.Format.Codec, Outside: in.Outside})
		if !known {
			return p.Refuse("%s cannot be decoded", in.Format.Codec)
		}
	}
	size := codec.Target{Kind: media.Video, Width: int(conf.Int("width")) &^ 1, Height: int(conf.Int("height")) &^ 1}
	fit, err := codec.Encoder(in.Format.Codec, size)
	if err != nil {
		return p.Refuse("%s", err)
	}
	chain := append(dec, codec.Step{Name: "rate", Factory: "videorate", Props: []element.Prop{
		element.Set("drop-only", true), element.Set("max-rate", int64(1)),
	}})
	chain = append(chain, fit...)
	chain = append(chain,
		codec.Step{Name: "conv", Factory: "videoconvert"},
		// Without the caps the picture gets an alpha channel, and a third more bytes.
		codec.Step{Name: "png", Factory: "pngenc", Before: "video/x-raw,format=RGB", Props: []element.Prop{
			element.Set("compression-level", int64(3)), // 6, the default, takes twice the time for a tenth of the size
		}},
		codec.Result(1),
	)
	p.Enter(ports.Video, "", chain.AddTo(p, element.Pad{}, "", "").First)
	return nil
}
