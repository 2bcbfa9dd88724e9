package webm

import (
	"encoding/binary"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"

	"sluice/api/records/mux"
	"sluice/engine/fault"
	"sluice/engine/media"
	obu "sluice/engine/media/av1"
)

// layout is where things are that are written over in the end.
type layout struct {
	segment      int64 // where the data of the segment begin, from where places count; its size is before that
	duration     int64
	info, tracks int64 // places in the segment
}

const (
	seekRoom     = 100     // for a SeekHead of three
	durationRoom = 11      // an element of eight bytes
	millisecond  = 1000000 // of nanoseconds
	preRoll      = 80 * time.Millisecond
)

// head writes what comes before the first cluster.
func (w *Writer) head(tracks []mux.Track) error {
	e := &w.piece
	ebml := e.open(idEBML)
	e.uint(idVersion, 1)
	e.uint(idReadVersion, 1)
	e.uint(idMaxID, 4)
	e.uint(idMaxSize, 8)
	e.text(idDocType, "webm")
	e.uint(idDocVersion, 4)
	e.uint(idDocRead, 2)
	e.close(ebml)
	e.id(idSegment)
	e.size8(1<<56 - 1) // unknown
	l := &w.layout
	l.segment = int64(len(e.b))
	e.void(seekRoom)
	l.info = int64(len(e.b)) - l.segment
	info := e.open(idInfo)
	e.uint(idScale, millisecond)
	e.text(idMuxingApp, "sluice")
	e.text(idWritingApp, "sluice")
	l.duration = int64(len(e.b))
	e.void(durationRoom)
	e.close(info)
	l.tracks = int64(len(e.b)) - l.segment
	all := e.open(idTracks)
	for i, t := range tracks {
		if err := e.track(i+1, t); err != nil {
			return err
		}
	}
	e.close(all)
	return nil
}

func (e *elements) track(number int, t mux.Track) error {
	entry := e.open(idTrackEntry)
	e.uint(idTrackNumber, uint64(number))
	e.uint(idTrackUID, uint64(number))
	e.uint(idLacing, 0)
	switch t.Codec {
	case media.VP8:
		e.pictures(t, "V_VP8", nil)
	case media.VP9:
		e.pictures(t, "V_VP9", nil)
	case media.AV1:
		private, err := av1Private(t)
		if err != nil {
			return err
		}
		e.pictures(t, "V_AV1", private)
	case media.Opus:
		e.opus(t)
	default:
		return fault.New(fault.CodecNotAvailable, t.ID, "%q does not go into a WebM", t.Codec)
	}
	e.close(entry)
	return nil
}

func (e *elements) pictures(t mux.Track, codec string, private []byte) {
	e.uint(idTrackType, 1)
	e.text(idCodecID, codec)
	if private != nil {
		e.bytes(idCodecPrivate, private)
	}
	v := e.open(idVideo)
	e.uint(idWidth, uint64(t.Width))
	e.uint(idHeight, uint64(t.Height))
	e.close(v)
}

// opus describes a track of Opus (RFC 7845 5.1, and the codec's mapping for Matroska). Nothing is skipped at its beginning: it begins
// in the middle of a stream.
func (e *elements) opus(t mux.Track) {
	channels := byte(min(max(t.Channels, 1), 2))
	if t.Channels == 0 {
		channels = 2
	}
	head := append([]byte("OpusHead"), 1, channels, 0, 0)
	head = binary.LittleEndian.AppendUint32(head, 48000)
	head = append(head, 0, 0, 0) // gain, mapping family
	e.uint(idTrackType, 2)
	e.text(idCodecID, "A_OPUS")
	e.uint(idSeekPreRoll, uint64(preRoll))
	e.bytes(idCodecPrivate, head)
	a := e.open(idAudio)
	e.float(idRate, 48000)
	e.uint(idChannels, uint64(channels))
	e.close(a)
}

// av1Private is the AV1CodecConfigurationRecord (AV1 Codec ISO Media File Format Binding 2.3.3).
func av1Private(t mux.Track) ([]byte, error) {
	body := obu.Sequence(t.First.AU)
	const header, sized, longestBody = 1 << 3, 1 << 1, 127
	var s av1.SequenceHeader
	if len(body) == 0 || len(body) > longestBody || s.Unmarshal(append([]byte{header}, body...)) != nil ||
		len(s.SeqLevelIdx) == 0 || len(s.SeqTier) == 0 {
		return nil, fault.New(fault.MediaCorrupt, t.ID, "a key picture of AV1 without a sequence header that can be read")
	}
	bit := func(set bool, at uint) byte {
		if set {
			return 1 << at
		}
		return 0
	}
	c := s.ColorConfig
	flags := bit(s.SeqTier[0], 7) | bit(c.BitDepth > 8, 6) | bit(c.BitDepth == 12, 5) | bit(c.MonoChrome, 4) |
		bit(c.SubsamplingX, 3) | bit(c.SubsamplingY, 2) | byte(c.ChromaSamplePosition)&3
	private := []byte{0x81, s.SeqProfile<<5 | s.SeqLevelIdx[0]&0x1f, flags, 0, header | sized, byte(len(body))}
	return append(private, body...), nil
}

// finish writes the index behind the clusters, and in front where it is, how long all lasts and how large it is. At every moment in
// between the file can be played.
func finish(out *mux.Spool, l layout, cues []cue, end time.Duration) error {
	var e elements
	place := out.Size() - l.segment
	if len(cues) > 0 {
		e.cues(cues)
		if err := out.Append(e.b); err != nil {
			return err
		}
	}
	var d elements
	d.float(idDuration, float64(end)/float64(time.Millisecond))
	if err := out.Patch(d.b, l.duration); err != nil {
		return err
	}
	var s elements
	s.seek(l, place, len(cues) > 0)
	if err := out.Patch(s.b, l.segment); err != nil {
		return err
	}
	var size elements
	size.size8(out.Size() - l.segment)
	return out.Patch(size.b, l.segment-int64(len(size.b)))
}

func (e *elements) cues(list []cue) {
	all := e.open(idCues)
	for _, c := range list {
		point := e.open(idCuePoint)
		e.uint(idCueTime, uint64(c.at.Milliseconds()))
		places := e.open(idCuePlaces)
		e.uint(idCueTrack, uint64(c.track+1))
		e.uint(idCuePlace, uint64(c.place))
		e.close(places)
		e.close(point)
	}
	e.close(all)
}

// seek writes where things are, and fills up what was kept free for it.
func (e *elements) seek(l layout, cues int64, some bool) {
	at := e.open(idSeekHead)
	one := func(id uint32, place int64) {
		s := e.open(idSeek)
		e.bytes(idSeekID, binary.BigEndian.AppendUint32(nil, id))
		e.uint(idSeekPos, uint64(place))
		e.close(s)
	}
	one(idInfo, l.info)
	one(idTracks, l.tracks)
	if some {
		one(idCues, cues)
	}
	e.close(at)
	e.void(seekRoom - len(e.b))
}
