package packager

import (
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4/seekablebuffer"

	"sluice/api/mpegts"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// form writes the samples of a part: of each track in the order in which begin had them. The bytes are the caller's.
type form interface {
	bytes(lanes [][]sample) []byte
}

// newFragments begins a fragmented MP4 and gives its initialization section. IDs go by lanes, not by what there is: some players
// (ffmpeg's) keep the first section they see, and would take sound that is alone then for pictures.
func newFragments(tracks []entry) (form, []byte, error) {
	init := fmp4.Init{}
	for _, e := range tracks {
		init.Tracks = append(init.Tracks, &fmp4.InitTrack{ID: e.id, TimeScale: uint32(e.rate), Codec: e.codec})
	}
	var b seekablebuffer.Buffer
	if err := init.Marshal(&b); err != nil {
		return nil, nil, fault.New(fault.MediaCorrupt, "", "an MP4 of these tracks cannot be written").Because(err)
	}
	return &fragment{tracks: tracks}, b.Bytes(), nil
}

// transport writes segments of MPEG-TS: tables, then samples in the order of their decoding.
type transport struct {
	writer *mpegts.Writer
	out    *piece
}

// piece is the bytes of the segment that is being written.
type piece struct{ b []byte }

func (p *piece) Write(b []byte) (int, error) {
	p.b = append(p.b, b...)
	return len(b), nil
}

func newTransport(tracks []entry) (form, error) {
	all := make([]media.Track, len(tracks))
	for i, e := range tracks {
		all[i] = e.track
	}
	t := &transport{out: &piece{}}
	var err error
	t.writer, err = mpegts.New(t.out, all)
	return t, err
}

func (t *transport) bytes(lanes [][]sample) []byte {
	size := 2 * mpegts.PacketSize
	for _, samples := range lanes {
		for i := range samples {
			size += packed(samples[i].size)
		}
	}
	t.out.b = make([]byte, 0, size)
	_ = t.writer.Tables() // piece never fails
	for {
		lane := earliest(lanes)
		if lane < 0 {
			return t.out.b
		}
		s := &lanes[lane][0]
		lanes[lane] = lanes[lane][1:]
		// What a transport stream cannot carry, such as a frame of AAC that is too long, is left out.
		_ = t.writer.Write(lane, &media.Unit{PTS: s.pts, DTS: s.dts, Key: s.key, AU: s.au})
	}
}

// packed is about what a sample takes in packets, with their headers and the codec's own.
func packed(size int) int {
	const own, payload = 64, mpegts.PacketSize - 4
	return (size+own+payload-1)/payload*mpegts.PacketSize + mpegts.PacketSize
}

// earliest is the lane whose first sample is decoded before the others'; -1 if all are empty.
func earliest(lanes [][]sample) int {
	best := -1
	for i, samples := range lanes {
		if len(samples) > 0 && (best < 0 || samples[0].dts < lanes[best][0].dts) {
			best = i
		}
	}
	return best
}
