// Package snapshot describes snapshot.out, which makes a picture of a stream on request, and says of which GStreamer elements it is
// made.
package snapshot

import (
	"time"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
)

// png is the usual format.
const png = "png"

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
		About:  "Makes a picture of a stream on request, PNG or JPEG; it decodes only while somebody asks, if it is lazy.",
		Domain: element.Gst, Status: element.Beta, Klass: "Sink/Image",
		Ports: []element.Port{video},
		Fields: []element.Field{
			element.Number("width", 0, 8192).Shapes().Says("Width of the picture in pixels; 0 keeps it, or the shape if there is a height."),
			element.Number("height", 0, 8192).Shapes().Says("Height of the picture in pixels; 0 keeps it, or the shape if there is a width."),
			element.Choice("format", png, "jpeg").Or(png).Shapes().Says("Format of the picture: PNG keeps all, JPEG is a tenth as large."),
		},
		Demand: true,
		Actions: []element.Action{{
			Name: "snapshot", About: "Gives the next picture.",
			Args: []element.Field{element.Span("wait", 0, time.Minute).Or(5 * time.Second).Says("How long to wait for a picture.")},
		}},
		Examples: []string{"snapshot.out", "snapshot.out width=320 format=jpeg"},
	}
}

// Build decodes, takes at most one picture a second, and keeps the newest for whoever asks. pngenc's own snapshot
// property is of no use here: it ends the stream, and the end would travel to the source.
func (Out) Build(p *element.Piece, conf element.Conf) error {
	in, ok := p.Input(ports.Video)
	if !ok {
		return nil
	}
	dec := codec.Chain{}
	if in.Format.Codec != "" || in.Format.Caps == "" {
		var err error
		dec, err = codec.Decoder(codec.Source{Kind: media.Video, Codec: in.Format.Codec, Outside: in.Outside}, p.Chooser)
		if err != nil {
			return p.Refuse("%s", err)
		}
	}
	size := codec.Target{Kind: media.Video, Width: int(conf.Int("width")) &^ 1, Height: int(conf.Int("height")) &^ 1}
	fit, err := codec.Encoder(in.Format.Codec, size, p.Chooser)
	if err != nil {
		return p.Refuse("%s", err)
	}
	// videorate aborts (1.22, gst_video_rate_push_buffer) when a stream of no known frame rate, as browsers send, ends behind its first
	// picture. Which rate it takes for known is of no matter: it goes by times.
	chain := append(dec, codec.Step{Name: "known", Factory: "capssetter", Props: []element.Prop{
		element.Set("caps", "video/x-raw,framerate=30/1"),
	}}, codec.Step{Name: "rate", Factory: "videorate", Props: []element.Prop{
		element.Set("drop-only", true), element.Set("max-rate", int64(1)),
	}})
	chain = append(chain, fit...)
	chain = append(chain, codec.Step{Name: "conv", Factory: "videoconvert"}, coder(conf.Text("format")), codec.Result(1))
	p.Enter(ports.Video, "", chain.AddTo(p, element.Pad{}, "", "").First)
	return nil
}

// coder is what makes a file of a picture.
func coder(format string) codec.Step {
	if format == "jpeg" {
		return codec.Step{Name: "jpeg", Factory: "jpegenc", Props: []element.Prop{element.Set("quality", int64(85))}}
	}
	// Without the caps the picture gets an alpha channel, and a third more bytes.
	return codec.Step{Name: png, Factory: "pngenc", Before: "video/x-raw,format=RGB", Props: []element.Prop{
		element.Set("compression-level", int64(3)), // 6, the default, takes twice the time for a tenth of the size
	}}
}
