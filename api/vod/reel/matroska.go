package reel

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"time"

	"sluice/engine/media"
)

// matroska is a Matroska or WebM file.
type matroska struct {
	ebml

	scale   time.Duration // of a tick
	lanes   []*lane
	numbers map[int64]int // of tracks, to lanes
	cluster int64         // its time, in ticks
	queue   []sample      // read, and not given yet: when a picture is decoded follows from those behind it
	end     error
}

// deepest is how many pictures are looked at to tell when one is decoded: as many as H.264 and H.265 reorder at most.
const deepest = 16

func openMatroska(file io.ReaderAt, size int64) (Reel, error) {
	const buffer = 64 << 10
	m := &matroska{
		ebml: ebml{bufio.NewReaderSize(io.NewSectionReader(file, 0, size), buffer)}, scale: time.Millisecond, numbers: map[int64]int{},
	}
	if err := m.head(); err != nil {
		return nil, err
	}
	if len(m.lanes) == 0 {
		return &strip{}, nil
	}
	m.fill()
	for _, p := range m.queue {
		if m.lanes[p.lane].codec.Kind() == media.Video && p.cts > 0 {
			m.lanes[p.lane].reorder = true
		}
	}
	return newStrip(m, m.lanes)
}

// head reads up to the first cluster.
func (m *matroska) head() error {
	for {
		id, size, err := m.element()
		if err != nil {
			return bad("nothing in the file describes the film").Because(err)
		}
		switch id {
		case idSegment:
		case idCluster:
			return nil
		case idInfo, idTracks:
			b, err := m.body(size, 0)
			if err != nil {
				return bad("the file is cut off").Because(err)
			}
			m.describe(id, b)
		default:
			if err := m.skip(size); err != nil {
				return err
			}
		}
	}
}

// skip passes an element over.
func (m *matroska) skip(size int64) error {
	if size < 0 {
		return bad("an element of the file has no size")
	}
	if _, err := io.CopyN(io.Discard, m.from, size); err != nil {
		return bad("the file is cut off").Because(err)
	}
	return nil
}

// describe takes what is said of the film, or of its tracks.
func (m *matroska) describe(id int64, b []byte) {
	for _, a := range atoms(b) {
		switch {
		case id == idInfo && a.id == idScale && a.whole() > 0:
			m.scale = time.Duration(a.whole())
		case id == idTracks && a.id == idTrack:
			if number, f, ok := track(a.body); ok {
				m.numbers[number] = len(m.lanes)
				m.lanes = append(m.lanes, &lane{form: f})
			}
		}
	}
}

// track reads a TrackEntry; false if it is nothing that is played here.
func track(b []byte) (number int64, f *form, ok bool) {
	var codec media.Codec
	var config []byte
	var width, height, channels, rate int
	for _, a := range atoms(b) {
		switch a.id {
		case idNumber:
			number = a.whole()
		case idCodec:
			codec = matroskaCodec(strings.TrimRight(string(a.body), "\x00")) // some end it so
		case idPrivate:
			config = a.body
		case idEncodings: // compressed, or encrypted
			return 0, nil, false
		case idVideo, idAudio:
			for _, x := range atoms(a.body) {
				switch x.id {
				case idWidth:
					width = int(x.whole())
				case idHeight:
					height = int(x.whole())
				case idChannels:
					channels = int(x.whole())
				case idRate:
					rate = int(x.float())
				}
			}
		}
	}
	if f, ok = newForm(codec); !ok {
		return 0, nil, false
	}
	f.size.width, f.size.height, f.chans, f.rate = width, height, max(channels, 1), rate
	switch codec {
	case media.H264, media.H265, media.AAC, media.AV1:
		ok = f.configure(config) == nil
	case media.Opus:
		f.rate = 48000
	}
	return number, f, ok
}

// matroskaCodec is the codec of a CodecID (draft-ietf-cellar-codec).
func matroskaCodec(id string) media.Codec {
	switch id {
	case "V_MPEG4/ISO/AVC":
		return media.H264
	case "V_MPEGH/ISO/HEVC":
		return media.H265
	case "V_VP8":
		return media.VP8
	case "V_VP9":
		return media.VP9
	case "V_AV1":
		return media.AV1
	case "A_OPUS":
		return media.Opus
	case "A_AAC", "A_AAC/MPEG4/LC", "A_AAC/MPEG2/LC":
		return media.AAC
	case "A_MPEG/L3":
		return media.MP3
	case "A_AC3":
		return media.AC3
	}
	return ""
}

// next implements samples.
func (m *matroska) next() (sample, error) {
	m.fill()
	if len(m.queue) == 0 {
		return sample{}, m.end
	}
	p := m.queue[0]
	m.queue = m.queue[1:]
	return p, nil
}

// fill reads until it is clear when the first sample is decoded: not later than any that is behind it is shown.
func (m *matroska) fill() {
	const most = 4096
	for m.end == nil && len(m.queue) < most && !m.clear() {
		m.end = m.step()
	}
}

// clear tells whether enough was read behind the first sample.
func (m *matroska) clear() bool {
	behind := 0
	for _, p := range m.queue {
		if p.lane == m.queue[0].lane {
			if behind++; behind > deepest {
				return true
			}
		}
	}
	return len(m.queue) > 0 && m.lanes[m.queue[0].lane].codec.Kind() != media.Video
}

// step reads one element.
func (m *matroska) step() error {
	id, size, err := m.element()
	if err != nil {
		return ended(err)
	}
	switch id {
	case idCluster, idSegment:
		return nil
	case idTime, idSimple, idGroup:
		before := 0
		if id == idSimple {
			before = room
		}
		b, err := m.body(size, before)
		if err != nil {
			return ended(err)
		}
		m.take(id, b)
		return nil
	}
	if size < 0 {
		return nil
	}
	if _, err := io.CopyN(io.Discard, m.from, size); err != nil {
		return ended(err)
	}
	return nil
}

// ended is the end of a file, also of one that is cut off: what was written of a film plays.
func ended(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}

// take takes what is in a cluster.
func (m *matroska) take(id int64, b []byte) {
	switch id {
	case idTime:
		m.cluster = atom{body: b}.whole()
	case idSimple:
		m.block(b[room:], b, nil)
	case idGroup:
		key := true
		var block []byte
		for _, a := range atoms(b) {
			key = key && a.id != idReference
			if a.id == idBlock {
				block = a.body
			}
		}
		m.block(block, nil, &key)
	}
}

// block takes the frame of a block. whole is the memory in which it lies with room before it, if it does. Frames that are laced
// together are left out, but for the first: nobody laces what is played here.
func (m *matroska) block(b, whole []byte, key *bool) {
	r := &slice{b}
	number, err := ebml{r}.number(false)
	i, ok := m.numbers[number]
	const head, lacing = 3, 0x06
	if err != nil || !ok || len(r.b) < head || r.b[2]&lacing != 0 {
		return
	}
	at := m.cluster + int64(int16(uint16(r.b[0])<<8|uint16(r.b[1])))
	p := sample{lane: i, key: r.b[2]&0x80 != 0, dts: time.Duration(at) * m.scale}
	if key != nil {
		p.key = *key
	}
	data := r.b[head:]
	if whole != nil && len(whole)-len(data) >= room {
		p.data = whole[len(whole)-len(data)-room:]
	} else {
		p.data = append(make([]byte, room, room+len(data)), data...)
	}
	m.add(p)
}

// add puts a sample, whose dts is when it is shown yet, behind the others, none of which is decoded later than it is shown.
func (m *matroska) add(p sample) {
	shown := p.dts
	if m.lanes[p.lane].codec.Kind() == media.Video {
		for i := range m.queue {
			if q := &m.queue[i]; q.lane == p.lane && q.dts > shown {
				q.cts += q.dts - shown
				q.dts = shown
			}
		}
	}
	m.queue = append(m.queue, p)
}
