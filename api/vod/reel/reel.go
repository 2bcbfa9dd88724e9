// Package reel reads media files for players: the units of their tracks, in the order in which they are decoded, with times that begin
// at 0. It reads MP4 (also in fragments), Matroska and WebM, MPEG transport streams, FLV, Ogg and MP3, by what is in a file and not by its
// name. It decodes nothing, keeps no time, and does not seek.
package reel

import (
	"errors"
	"io"
	"time"

	"sluice/api/rtmp/flv"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Reel is a file that is being read. Not for several goroutines at once.
type Reel interface {
	// Tracks are those that can be played: one of pictures and one of sound at most.
	Tracks() []media.Track
	// Next gives the next unit, and to which of the tracks it belongs; io.EOF at the end. What is broken is fault.MediaCorrupt.
	Next() (track int, u media.Unit, err error)
}

// The bounds of what is believed.
const (
	maxUnit    = 16 << 20 // bytes of a unit
	maxHeader  = 64 << 20 // bytes of what describes a file
	maxEntries = 1 << 24  // samples of a track
	maxAhead   = 1 << 16  // units that are read ahead of what is given
)

// Open begins to read a file of some size, which it does not close. One that cannot be played is fault.MediaCorrupt, one whose
// codecs are not known fault.CodecNotAvailable.
func Open(file io.ReaderAt, size int64) (Reel, error) {
	head := make([]byte, 2*packet+1)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Unreachable, "", "the file cannot be read").Because(err)
	}
	r, err := open(file, size, head[:n])
	if err != nil {
		return nil, err
	}
	if len(r.Tracks()) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "", "there is nothing in the file that can be played here").
			Advise("H.264, H.265, VP8, VP9, AV1, AAC, Opus, MP3, AC-3 and MP2 can; the graph jobs/convert makes a file of these")
	}
	return r, nil
}

// open tells by the head of a file what it is.
func open(file io.ReaderAt, size int64, head []byte) (Reel, error) {
	begins := func(at int, text string) bool { return len(head) > 8 && string(head[at:at+len(text)]) == text }
	switch {
	case begins(4, "ftyp"), begins(4, "moov"), begins(4, "styp"):
		return openMP4(file, size)
	case begins(0, "\x1a\x45\xdf\xa3"):
		return openMatroska(file, size)
	case len(head) > packet && head[0] == sync && head[packet] == sync:
		return openTS(io.NewSectionReader(file, 0, size))
	case begins(0, "ID3"), len(head) > 4 && head[0] == 0xff && head[1]&0xe0 == 0xe0:
		return openMP3(io.NewSectionReader(file, 0, size))
	case begins(0, "FLV\x01"):
		return openFLV(io.NewSectionReader(file, 0, size))
	case begins(0, "OggS"):
		return openOgg(io.NewSectionReader(file, 0, size))
	case begins(0, "RIFF"):
		return nil, bad("a file of waves, such as WAV and AVI, is not played here").
			Advise("the graph jobs/convert makes one that is: sluice run jobs/convert -p source=a.wav -p target=a.opus")
	}
	return nil, bad("it is no file of a kind that is played here").Advise("MP4, WebM, Matroska, MPEG-TS, FLV, Ogg with Opus, and MP3 are")
}

func bad(format string, args ...any) *fault.Fault {
	return fault.New(fault.MediaCorrupt, "", format, args...)
}

// form brings what containers hold into the form in which streams have it. MP4 and Matroska hold it as FLV does, configurations too,
// but for what stands before it.
type form struct {
	codec media.Codec
	input *flv.Input
	size  struct{ width, height int }
	chans int
	rate  int
}

// newForm makes a form for a codec; false if it is not one that is played here.
func newForm(c media.Codec) (*form, bool) {
	if c == "" || c != media.H264 && flv.FourCC(c) == "" {
		return nil, false
	}
	return &form{codec: c}, true
}

// room is how many bytes are kept free before the bytes of a sample.
const room = 5

// Types of packets in FLV, of AVC and of Enhanced RTMP alike (packetTypeSequenceStart and so on).
const (
	configuration = 0
	coded         = 1
	codedX        = 3 // without a time of composition
)

// body writes into b, whose first bytes are free, what stands before a sample in FLV.
func (f *form) body(b []byte, kind byte, key bool) {
	frame := byte(2)
	if key {
		frame = 1
	}
	switch {
	case f.codec == media.H264:
		b[0], b[1], b[2], b[3], b[4] = frame<<4|7, kind, 0, 0, 0
		return
	case f.codec.Kind() == media.Audio:
		b[0] = 9<<4 | kind
	default:
		if kind == coded {
			kind = codedX
		}
		b[0] = 0x80 | frame<<4 | kind
	}
	copy(b[1:room], flv.FourCC(f.codec))
}

// take gives b to the input, as a tag.
func (f *form) take(b []byte, cts time.Duration) (media.Unit, bool, error) {
	parse := flv.ParseVideo
	if f.codec.Kind() == media.Audio {
		parse = flv.ParseAudio
	}
	tags, err := parse(b)
	if err != nil || len(tags) != 1 || tags[0].Codec != f.codec {
		return media.Unit{}, false, bad("a unit of %s cannot be read", f.codec).Because(err)
	}
	tags[0].CTS = cts
	if f.input == nil {
		if f.input, err = flv.NewInput(&tags[0]); err != nil {
			return media.Unit{}, false, err
		}
	}
	return f.input.Take(&tags[0])
}

// configure takes what a decoder needs first.
func (f *form) configure(config []byte) error {
	b := make([]byte, room, room+len(config))
	f.body(b, configuration, true)
	_, _, err := f.take(append(b, config...), 0)
	return err
}

// unit makes a unit of a sample, before whose bytes there is room. False: there is nothing in it to show.
func (f *form) unit(b []byte, key bool, dts, cts time.Duration) (media.Unit, bool, error) {
	f.body(b, coded, key || f.codec.Kind() == media.Audio)
	u, ok, err := f.take(b, cts)
	u.DTS, u.PTS = dts, dts+cts
	return u, ok, err
}

// track is what is known of the track; false if that is not enough to publish it.
func (f *form) track() (media.Track, bool) {
	if f.input == nil {
		return media.Track{}, false
	}
	t, ready := f.input.Track()
	if t.Channels == 0 {
		t.Channels = f.chans
	}
	if t.ClockRate == 0 {
		t.ClockRate = uint32(f.rate)
	}
	t.Width, t.Height = f.size.width, f.size.height
	return t, ready
}
