// Package outlet is the element hls.out, which cuts a stream into HLS segments and offers them in the catalogue from which the door
// shows them. The cutting is package packager's, what viewers fetch package rendition's.
package outlet

import (
	"context"
	"time"

	"sluice/api/hls/catalog"
	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes. What they make is in a catalogue of their own.
func Elements() []element.Declared { return []element.Declared{Out{catalog.New()}} }

// Out cuts a stream into segments.
type Out struct{ catalog *catalog.Catalog }

// Catalog is where the element offers what it makes. Until a door opens it, there is no such element.
func (o Out) Catalog() *catalog.Catalog { return o.catalog }

// transportStream is the form of segments for old players.
const transportStream = "ts"

// Spec describes hls.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "hls.out",
		About:  "Cuts a stream into HLS segments and offers them under a path; several with one path are renditions of one ladder.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/HLS",
		Ports: ports.Takes(
			[]media.Codec{media.AAC, media.Opus, media.MP3, media.AC3}, // in one form or the other: see want
			[]media.Codec{media.H264, media.H265, media.AV1},
		),
		Fields: []element.Field{
			element.Setting("path", value.String).Must().Says("Path of the stream on the HLS server, such as /$(stream)."),
			element.Setting("rung", value.String).
				Says("Name of this rendition among several of one path, such as 720p; left out when there is one. Its key frames fall " +
					"together with those of the others, and one comes in time for every segment."),
			element.Choice("segments", "fmp4", transportStream).Or("fmp4").Shapes().
				Says("Form of the segments: fragmented MP4, or MPEG transport stream for old players."),
			element.Span("segment", 500*time.Millisecond, 10*time.Second).Or(2 * time.Second).
				Says("Length of a segment; each ends at the next key frame."),
			element.Span("part", 0, 2*time.Second).Or(200 * time.Millisecond).
				Says("Length of the parts that low-latency players fetch, at least 100ms; 0s makes none. Only with fmp4."),
			element.Number("window", least, 60).Or(int64(5)).Says("Segments in the playlist."),
			element.Span("dvr", 0, 24*time.Hour).Or(time.Duration(0)).
				Says("How far back viewers may go, kept on disk; 0s keeps the window only, in memory."),
			element.Setting("opus", value.Bool).Or(true).Shapes().
				Says("Takes Opus, which Apple's players know since iOS 17 only; without it, Opus is converted to AAC. Only with fmp4."),
		},
		Demand: true,
		Examples: []string{
			"hls.out path=/lobby", "hls.out path=/lobby segment=1s part=200ms", "hls.out path=/lobby rung=480p segments=ts",
		},
	}
}

// Ports implements element.Shaped.
func (Out) Ports(conf element.Conf) []element.Port {
	w := want(form(conf), conf.Bool("opus"))
	return ports.Takes(w.Audio, w.Video)
}

// form is that of the segments.
func form(conf element.Conf) rendition.Form {
	if conf.Text("segments") == transportStream {
		return rendition.TS
	}
	return rendition.FMP4
}

// least is how short a playlist may be (draft-pantos-hls-rfc8216bis 6.2.2).
const least = 3

// New implements element.Factory.
func (o Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	if err := o.catalog.Check(); err != nil {
		return nil, err
	}
	s := &sink{env: env, catalog: o.catalog, need: make(chan struct{}, 1), done: make(chan struct{})}
	s.cut = packager.Config{Segment: conf.Duration("segment"), Part: conf.Duration("part"), Epoch: env.Epoch}
	if s.cut.Form = form(conf); s.cut.Form == rendition.TS {
		s.cut.Part = 0
	}
	const shortest = 100 * time.Millisecond
	if p := s.cut.Part; p > 0 && (p < shortest || p > s.cut.Segment) {
		return nil, fault.New(fault.InvalidParams, "", "parts of %s in segments of %s", p, s.cut.Segment).
			Advise("a part is at least %s long and at most a segment; 0s makes none", shortest)
	}
	s.offer = catalog.Offer{Path: conf.Text("path"), Rung: conf.Text("rung"), Config: rendition.Config{
		Segment: s.cut.Segment, Part: s.cut.Part, Window: int(conf.Int("window")), DVR: conf.Duration("dvr"),
		Independent: conf.Text("rung") != "",
	}}
	s.want = want(s.cut.Form, conf.Bool("opus"))
	return s, nil
}

// want is what players know of what goes into a form. No browser takes MP3 or AC-3 in MP4 (Chromium 142: isTypeSupported).
func want(form rendition.Form, opus bool) media.Want {
	var w media.Want
	for _, c := range packager.Codecs(form) {
		switch {
		case c.Kind() == media.Video:
			w.Video = append(w.Video, c)
		case form == rendition.TS, c == media.AAC, c == media.Opus && opus:
			w.Audio = append(w.Audio, c)
		}
	}
	return w
}
