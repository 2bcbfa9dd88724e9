// Package hls describes hls.out, which cuts a stream into segments, and says of which GStreamer elements it is made where it
// is made of any. Playlists and their requests are the business of api/hls.
package hls

import (
	"time"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{Out{}} }

// Out cuts a stream into segments.
type Out struct{}

// transportStream is the kind of segments that GStreamer cuts; fragmented MP4 is written in Go.
const transportStream = "ts"

// Spec describes hls.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "hls.out",
		About:  "Cuts a stream into HLS segments and offers them under a path; several with one path are renditions of one ladder.",
		Domain: element.Go, Status: element.Planned, Klass: "Sink/Network/HLS",
		Ports: ports.Takes(
			[]media.Codec{media.AAC, media.MP3, media.AC3}, // not Opus: iPhones do not play it in HLS
			[]media.Codec{media.H264, media.H265, media.AV1},
		),
		Fields: []element.Field{
			element.Setting("path", value.String).Must().Says("Path of the playlist on the HLS server, such as /$(stream)."),
			element.Setting("rung", value.String).
				Says("Name of this rendition in the master playlist, such as 720p; left out when there is one."),
			element.Choice("segments", "fmp4", transportStream).Or("fmp4").Shapes().
				Says("Form of the segments: fragmented MP4, or MPEG transport stream for old players."),
			element.Span("segment", 500*time.Millisecond, 10*time.Second).Or(2 * time.Second).
				Says("Length of a segment; each ends at the next key frame."),
			element.Span("part", 0, 2*time.Second).Or(time.Duration(0)).
				Says("Length of the parts that low-latency players fetch; 0s makes none. Only with fmp4."),
			element.Number("window", 2, 60).Or(int64(5)).Says("Segments in the playlist."),
			element.Span("dvr", 0, 24*time.Hour).Or(time.Duration(0)).Says("How far back viewers may go; 0s keeps the window only."),
		},
		Demand: true,
		Examples: []string{
			"hls.out path=/lobby", "hls.out path=/lobby segment=1s part=200ms", "hls.out path=/lobby rung=480p segments=ts",
		},
	}
}

// Domain is Go for fragmented MP4, whose parts are written from access units (D8), and GStreamer for transport streams.
func (Out) Domain(conf element.Conf) element.Domain {
	if conf.Text("segments") == transportStream {
		return element.Gst
	}
	return element.Go
}

// Build makes a transport stream; its packets leave as results and are cut in Go, where a buffer begins with a key frame.
func (Out) Build(p *element.Piece, _ element.Conf) error {
	mux := codec.Chain{{Name: "mux", Factory: "mpegtsmux"}, codec.Result(backlog)}
	for _, in := range p.Inputs {
		chain := codec.Framer(in.Format.Codec)
		if in.Format.Codec == media.AV1 {
			return p.Refuse("MPEG-TS segments hold h264 or h265; av1 comes in")
		}
		to := element.Pad{Part: "mux", Name: "sink_%d"}
		if len(chain) == 0 {
			p.Enter(in.Port, in.Key, to)
			continue
		}
		ends := chain.AddTo(p, element.Pad{}, in.Key, in.Port[:1])
		p.Joints = append(p.Joints, element.Joint{From: ends.Last, To: to, Key: in.Key})
		p.Enter(in.Port, in.Key, ends.First)
	}
	mux.AddTo(p, element.Pad{}, "", "")
	return nil
}

// backlog is how many buffers of transport stream wait at most: some 20 seconds of sound and pictures. Only a worker that
// has stopped reading its results lets it fill.
const backlog = 2000
