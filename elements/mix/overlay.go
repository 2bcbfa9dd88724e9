package mix

import (
	"cmp"

	"sluice/engine/element"
	"sluice/engine/media"
)

// Overlay lays one picture over the pictures that pass.
type Overlay struct{}

// Spec describes video.watermark.
func (Overlay) Spec() element.Spec {
	fields := []element.Field{pictureFile("file", "File of what is laid over: "+aPicture).Playing()}
	for _, f := range spot() {
		fields = append(fields, f.Playing())
	}
	return element.Spec{
		Name:   "video.watermark",
		About:  "Lays a picture over the pictures that pass; it may change, move and disappear while they do.",
		Domain: element.Gst, Status: element.Beta, Klass: "Filter/Effect/Video",
		Ports: []element.Port{
			element.In(in, media.Video).Raw().Says("Pictures, raw."),
			element.Out(out, media.Video).Raw().Says("The pictures with what is laid over them, I420."),
		},
		Fields:   fields,
		Examples: []string{"video.watermark", "video.watermark file=logo.png x=-16 y=16 alpha=0.8"},
	}
}

// Build makes what lays the picture over. It takes I420 alone, since not every format can be drawn into.
func (Overlay) Build(p *element.Piece, conf element.Conf) error {
	at := element.Conf{}
	for _, f := range spot() {
		at[f.Name] = cmp.Or(conf[f.Name], f.Default)
	}
	if file := conf.Text("file"); file != "" {
		if _, err := decoder("file", file); err != nil {
			return err
		}
	}
	const raw = "video/x-raw,format=I420"
	p.Chain("", "", element.Part{Name: "convert", Factory: "videoconvert"}, capsfilter("caps", raw), mark("mark", "", conf.Text("file"), at))
	p.Enter(in, "", element.Pad{Part: "convert"})
	p.Exit(out, "", element.Pad{Part: "mark"}, element.Format{Kind: media.Video, Caps: element.RawCaps(media.Video)})
	return nil
}
