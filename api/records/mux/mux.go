// Package mux is what the containers of recordings share: the file that grows by whole pieces, the tracks that go into it, and how long
// frames of sound last. The containers are in the rooms below; which one a stream goes into is package form's. It decodes nothing.
package mux

import (
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/paramset"
	"sluice/engine/media/picture"
)

// Writer writes one recording. Not for several goroutines at once.
type Writer interface {
	// Write takes a unit of a track, counted from 0, in the order of decoding within its track. Times count from the beginning of the
	// recording and are never negative. It keeps what is in the unit, and not the unit, and writes nothing. A unit that cannot be written
	// is fault.MediaCorrupt, and left out.
	Write(track int, u *media.Unit) error
	// Held is how many bytes of media Flush would write.
	Held() int
	// Flush writes what it has, so that it can be played whatever happens next. An error is the file's: what was written before it is
	// there as it was.
	Flush() error
	// Forget leaves out what Flush could not write.
	Forget()
	// Close writes what is left, and what lets players seek. Without it, too, all that Flush wrote can be played.
	Close() error
}

// Track is a track of a recording.
type Track struct {
	media.Track
	// First is the key picture that the recording begins with; nil for sound.
	First *media.Unit
}

// Complete adds to the description of a track what its first key picture says: parameter sets, and how large pictures are.
// fault.MediaCorrupt if neither says it.
func (t Track) Complete() (Track, error) {
	if t.Kind != media.Video {
		return t, nil
	}
	if t.First == nil {
		return t, fault.New(fault.Internal, t.ID, "pictures without a first one")
	}
	if kind, kinds := setKind(t.Codec); kinds > 0 {
		t.Extra = setsOf(kind, kinds, t.Extra, t.First.AU)
	}
	f := picture.NewFinder(t.Track)
	f.Unit(t.First.AU)
	s := f.Shape()
	const most = 1<<16 - 1
	if s.Width <= 0 || s.Height <= 0 || s.Width > most || s.Height > most {
		return t, fault.New(fault.MediaCorrupt, t.ID, "a key picture of %q that does not tell how large it is", t.Codec)
	}
	t.Width, t.Height = s.Width, s.Height
	return t, nil
}

// setKind tells parameter sets from other NAL units, and how many kinds there are; 0 for codecs without.
func setKind(c media.Codec) (kind func(nal []byte) int, kinds int) {
	switch c {
	case media.H264:
		return func(nal []byte) int {
			if len(nal) == 0 || nal[0]&0x1f < 7 || nal[0]&0x1f > 8 { // H.264 table 7-1: 7 is an SPS, 8 a PPS
				return -1
			}
			return int(nal[0]&0x1f) - 7
		}, 2
	case media.H265:
		return func(nal []byte) int {
			if len(nal) == 0 || nal[0]>>1&0x3f < 32 || nal[0]>>1&0x3f > 34 { // H.265 table 7-1: VPS, SPS, PPS
				return -1
			}
			return int(nal[0]>>1&0x3f) - 32
		}, 3
	}
	return nil, 0
}

// Sets puts the parameter sets of a track before its key pictures that come without; nil for codecs that have none.
func Sets(t media.Track) *paramset.Set {
	kind, kinds := setKind(t.Codec)
	if kinds == 0 {
		return nil
	}
	return paramset.New(kinds, kind, t.Extra)
}

// setsOf are the first parameter sets of each kind among the newest NAL units, or among the older ones; nil for a kind that is in
// neither.
func setsOf(kind func([]byte) int, kinds int, older, newest [][]byte) [][]byte {
	sets := make([][]byte, kinds)
	for _, list := range [][][]byte{newest, older} {
		for _, nal := range list {
			if k := kind(nal); k >= 0 && sets[k] == nil {
				sets[k] = nal
			}
		}
	}
	return sets
}

// Sound is how the frames of a track of sound are to be counted.
type Sound struct {
	Rate  int // of the ticks that Lasts counts, in Hz
	lasts func(frame []byte) (ticks int, ok bool)
}

// Lasts is how long a frame lasts; false for one that cannot be read.
func (s Sound) Lasts(frame []byte) (ticks int, ok bool) {
	if len(frame) == 0 {
		return 0, false
	}
	ticks, ok = s.lasts(frame)
	return ticks, ok && ticks > 0
}

const (
	opusRate = 48000                 // RFC 7845 4.2: whatever the encoder was fed with
	opusMost = 120 * opusRate / 1000 // RFC 6716 2.1.4
)

// SoundOf looks at a track of AAC or Opus. Another codec is fault.CodecNotAvailable, AAC that is not described fault.MediaCorrupt.
func SoundOf(t media.Track) (Sound, error) {
	switch t.Codec {
	case media.AAC:
		return aac(t)
	case media.Opus:
		return Sound{Rate: opusRate, lasts: func(frame []byte) (int, bool) {
			if frame[0]&3 == 3 && len(frame) < 2 {
				return 0, false
			}
			n := int(opus.PacketDuration2(frame))
			return n, n <= opusMost
		}}, nil
	}
	return Sound{}, fault.New(fault.CodecNotAvailable, t.ID, "sound of %q is not recorded", t.Codec)
}

func aac(t media.Track) (Sound, error) {
	c, err := AACConfig(t)
	if err != nil {
		return Sound{}, err
	}
	samples := 1024
	if c.FrameLengthFlag {
		samples = 960
	}
	return Sound{Rate: c.SampleRate, lasts: func(frame []byte) (int, bool) {
		return samples, len(frame) <= mpeg4audio.MaxAccessUnitSize
	}}, nil
}

// AACConfig reads the AudioSpecificConfig of a track of AAC; fault.MediaCorrupt if there is none that can be used.
func AACConfig(t media.Track) (mpeg4audio.AudioSpecificConfig, error) {
	var c mpeg4audio.AudioSpecificConfig
	if len(t.Extra) == 0 || c.Unmarshal(t.Extra[0]) != nil || c.SampleRate <= 0 || c.ChannelConfig < 1 || c.ChannelConfig > 7 {
		return c, fault.New(fault.MediaCorrupt, t.ID, "AAC without an AudioSpecificConfig that can be read")
	}
	return c, nil
}
