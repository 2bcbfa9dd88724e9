package packager

import (
	"strconv"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/ac3"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/mpa"
)

// frames reads the frames of one codec of sound.
type frames interface {
	// lasts is how many samples a frame has, at entry's rate; false if it is damaged. It may change the entry.
	lasts(frame []byte) (samples uint32, ok bool)
	entry() (entry, bool)
	// silence is a frame in which nothing is heard; nil where that takes an encoder.
	silence() (frame []byte, samples uint32)
}

// sound is the intake of every codec of sound. Times of frames follow each other without gaps: what senders say of them is
// rounded and trembles, which is heard where one frame ends before the next begins. Only where a sender's time is off by more
// than half a frame is it believed, and what is missing then becomes silence.
type sound struct {
	id     string
	frames frames
	next   int64 // when the frame after the last one begins, in ticks
	begun  bool
}

func newSound(t media.Track) (*sound, error) {
	f, err := newFrames(t)
	return &sound{id: t.ID, frames: f}, err
}

func newFrames(t media.Track) (frames, error) {
	switch t.Codec {
	case media.AAC:
		return newAAC(t)
	case media.Opus:
		return newOpus(t)
	case media.MP3:
		return &mp3{track: t}, nil
	}
	return &dolby{track: t}, nil
}

func (s *sound) take(dst []sample, u *media.Unit) ([]sample, error) {
	at := u.PTS + lead
	if at < 0 {
		return dst, fault.New(fault.MediaCorrupt, s.id, "sound long before the stream's beginning")
	}
	for i := range u.AU {
		lasts, ok := s.frames.lasts(u.AU[i])
		e, known := s.frames.entry()
		if !ok || !known || lasts == 0 {
			return dst, fault.New(fault.MediaCorrupt, s.id, "a frame of sound that cannot be read, of %d bytes", len(u.AU[i]))
		}
		dst = s.fill(dst, ticks(at, e.rate), &e)
		start, fits := s.place(ticks(at, e.rate), int64(lasts))
		at += span(int64(lasts), e.rate)
		if !fits {
			continue
		}
		d := span(start, e.rate)
		dst = append(dst, sample{
			pts: d, dts: d, end: span(start+int64(lasts), e.rate), ntp: u.NTP, key: true,
			au: u.AU[i : i+1], size: len(u.AU[i]), at: start, ticks: lasts,
		})
	}
	return dst, nil
}

// fill appends silence until a time, if at least most of a frame is missing. Behind a jump nothing is missing: all begins anew.
func (s *sound) fill(dst []sample, until int64, e *entry) []sample {
	frame, lasts := s.frames.silence()
	missing := until - s.next
	if len(frame) == 0 || !s.begun || missing > ticks(jump, e.rate) {
		return dst
	}
	const most = 4 // of four parts of a frame that are missing, three are enough for one
	for range (missing + int64(lasts)/most) / int64(lasts) {
		end := s.next + int64(lasts)
		d := span(s.next, e.rate)
		dst = append(dst, sample{
			pts: d, dts: d, end: span(end, e.rate), key: true, filler: true,
			au: [][]byte{frame}, size: len(frame), at: s.next, ticks: lasts,
		})
		s.next = end
	}
	return dst
}

// place says when a frame begins that comes at a time. It does not fit if what was before takes all of its place.
func (s *sound) place(at, lasts int64) (start int64, fits bool) {
	start = at
	if s.begun {
		late := at - s.next
		if late <= -lasts {
			return 0, false
		}
		if late <= lasts/2 {
			start = s.next
		}
	}
	s.begun, s.next = true, start+lasts
	return start, true
}

func (s *sound) entry() (entry, bool) { return s.frames.entry() }

func (s *sound) reset() { s.begun = false }

// aac is raw frames of AAC.
type aac struct {
	it      entry
	samples uint32
	silent  []byte
}

func newAAC(t media.Track) (frames, error) {
	if len(t.Extra) == 0 {
		return nil, fault.New(fault.MediaCorrupt, t.ID, "AAC without an AudioSpecificConfig")
	}
	var c mpeg4audio.AudioSpecificConfig
	if err := c.Unmarshal(t.Extra[0]); err != nil {
		return nil, fault.New(fault.MediaCorrupt, t.ID, "an AudioSpecificConfig that cannot be read").Because(err)
	}
	if c.SampleRate <= 0 || c.ChannelConfig < 1 || c.ChannelConfig > 7 {
		return nil, fault.New(fault.CodecNotAvailable, t.ID, "AAC at %d Hz of channel configuration %d", c.SampleRate, c.ChannelConfig)
	}
	a := &aac{samples: 1024, silent: aacSilence(c)}
	a.it = entry{codec: &codecs.MPEG4Audio{Config: c}, name: aacName(c), rate: int64(c.SampleRate), channels: aacChannels(c), track: t}
	if c.FrameLengthFlag {
		a.samples = 960
	}
	return a, nil
}

// aacName has what decoders must know most: spectral band replication, if the configuration has it.
func aacName(c mpeg4audio.AudioSpecificConfig) string {
	kind := c.Type
	if c.ExtensionType != 0 {
		kind = c.ExtensionType
	}
	return "mp4a.40." + strconv.Itoa(int(kind))
}

// aacChannels is how many loudspeakers the sound is for (ISO/IEC 14496-3 table 1.19). Parametric stereo makes two of one.
func aacChannels(c mpeg4audio.AudioSpecificConfig) int {
	const last = 7 // 7.1, and the only configuration that is not called as it is
	if c.ChannelConfig == last || c.ChannelConfig == 1 && c.ExtensionType == mpeg4audio.ObjectTypePS {
		return int(c.ChannelConfig) + 1
	}
	return int(c.ChannelConfig)
}

func (a *aac) lasts(frame []byte) (uint32, bool) {
	return a.samples, len(frame) > 0 && len(frame) <= mpeg4audio.MaxAccessUnitSize
}

func (a *aac) entry() (entry, bool) { return a.it, true }

func (a *aac) silence() ([]byte, uint32) { return a.silent, a.samples }

// opusFrames is packets of Opus.
type opusFrames struct{ it entry }

const opusRate = 48000

func newOpus(t media.Track) (frames, error) {
	channels := t.Channels
	if channels == 0 {
		channels = 2
	}
	if channels > 2 {
		return nil, fault.New(fault.CodecNotAvailable, t.ID, "Opus of %d channels, 2 at most", channels)
	}
	// RFC 6381 3.3: the name is that of the sample entry, which begins with a capital letter.
	return &opusFrames{entry{codec: &codecs.Opus{ChannelCount: channels}, name: "Opus", rate: opusRate, channels: channels, track: t}}, nil
}

func (o *opusFrames) lasts(frame []byte) (uint32, bool) {
	if len(frame) == 0 || frame[0]&3 == 3 && len(frame) < 2 {
		return 0, false
	}
	n := opus.PacketDuration2(frame)
	const most = 120 * opusRate / 1000 // RFC 6716 2.1.4
	return uint32(max(0, n)), n <= most
}

func (o *opusFrames) entry() (entry, bool) { return o.it, true }

func (o *opusFrames) silence() ([]byte, uint32) { return opusSilence() }

// mp3Name is how Apple and hls.js call it in playlists. By the object type in the MP4 it would be mp4a.6B.
const mp3Name = "mp4a.40.34"

// mp3 is frames of MPEG audio, layer 3.
type mp3 struct {
	track media.Track
	it    entry
}

func (m *mp3) lasts(frame []byte) (uint32, bool) {
	h, err := mpa.ParseHeader(frame)
	if err != nil || h.Layer != 3 || m.it.rate != 0 && m.it.rate != int64(h.Rate) {
		return 0, false
	}
	if m.it.rate == 0 {
		channels := 2
		if frame[3]>>6 == 3 {
			channels = 1
		}
		codec := &codecs.MPEG1Audio{SampleRate: h.Rate, ChannelCount: channels}
		m.it = entry{name: mp3Name, rate: int64(h.Rate), channels: channels, track: m.track, codec: codec}
	}
	return uint32(h.Samples), true
}

func (m *mp3) entry() (entry, bool) { return m.it, m.it.rate > 0 }

func (m *mp3) silence() ([]byte, uint32) { return nil, 0 }

// dolby is frames of AC-3.
type dolby struct {
	track media.Track
	it    entry
}

const dolbyHeader = 8

func (d *dolby) lasts(frame []byte) (uint32, bool) {
	var s ac3.SyncInfo
	var b ac3.BSI
	if len(frame) < dolbyHeader || s.Unmarshal(frame) != nil || b.Unmarshal(frame[5:]) != nil {
		return 0, false
	}
	rate := int64(s.SampleRate())
	if d.it.rate == 0 {
		d.it = entry{name: "ac-3", rate: rate, channels: b.ChannelCount(), track: d.track, codec: &codecs.AC3{
			SampleRate: s.SampleRate(), ChannelCount: b.ChannelCount(),
			Bsid: b.Bsid, Bsmod: b.Bsmod, Acmod: b.Acmod, LfeOn: b.LfeOn, BitRateCode: s.Frmsizecod >> 1,
		}}
	}
	return ac3.SamplesPerFrame, rate == d.it.rate
}

func (d *dolby) entry() (entry, bool) { return d.it, d.it.rate > 0 }

func (d *dolby) silence() ([]byte, uint32) { return nil, 0 }
