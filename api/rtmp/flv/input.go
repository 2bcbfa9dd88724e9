package flv

import (
	"bytes"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/vp9"

	"sluice/engine/media"
	"sluice/engine/media/av1"
	"sluice/engine/media/h264"
	"sluice/engine/media/h265"
	"sluice/engine/media/paramset"
	"sluice/engine/media/picture"
)

// Input makes the access units of one track of its tags. One goroutine at a time.
type Input struct {
	track  media.Track
	ready  bool
	size   int // of what stands before each NAL unit
	sets   *paramset.Set
	header []byte // of AV1: the sequence header, as it stands before key frames
}

// NewInput makes an input for the codec of a first tag; what the tag holds is still to be given to it. A codec that sluice does
// not know is fault.MediaCorrupt.
func NewInput(first *Tag) (*Input, error) {
	if first.Codec == "" {
		return nil, bad("%s in a codec that is not known", first.Kind)
	}
	in := &Input{track: media.NewTrack(first.Codec), size: 4}
	if in.track.ClockRate == 0 {
		in.track.ClockRate = uint32(first.Rate)
	}
	if first.Kind == media.Audio {
		in.track.Channels = first.Chans
	}
	if first.Codec == media.Speex {
		in.track.ClockRate = uint32(first.Rate)
	}
	return in, nil
}

// Track is what is known of the track, and whether that is enough to publish it.
func (in *Input) Track() (media.Track, bool) { return in.track, in.ready }

// Take takes the next tag and gives the unit that is in it, with its time of composition for PTS and none for DTS; false if
// there is none to show. A tag that cannot be read is fault.MediaCorrupt, and the next may be given.
func (in *Input) Take(t *Tag) (media.Unit, bool, error) {
	if t.Codec != in.track.Codec {
		return media.Unit{}, false, bad("%s goes over from %s to another codec", t.Kind, in.track.Codec)
	}
	switch {
	case t.part == config:
		return media.Unit{}, false, in.configure(t.data)
	case t.part == end || len(t.data) == 0:
		return media.Unit{}, false, nil
	}
	u := media.Unit{PTS: t.CTS, Key: t.Key, AU: [][]byte{t.data}}
	if err := in.shape(&u); err != nil || len(u.AU) == 0 || len(u.AU[0]) == 0 {
		return u, false, err
	}
	if t.Codec != media.H264 && t.Codec != media.H265 {
		in.ready = true
	}
	return u, true, nil
}

// shape brings a unit into the form in which the hub has its codec. One that cannot be decoded becomes empty.
func (in *Input) shape(u *media.Unit) error {
	switch in.track.Codec {
	case media.H264:
		return in.nals(u, 2, kindH264, keyH264)
	case media.H265:
		return in.nals(u, 3, kindH265, keyH265)
	case media.AV1:
		in.temporal(u)
	case media.VP9:
		u.Key = u.Key || keyVP9(u.AU[0])
	case media.VP6:
		in.track.Extra = [][]byte{u.AU[0][:1]} // how much of the picture is not to be seen
		u.AU[0] = u.AU[0][1:]
	case media.AAC:
		if !in.ready {
			u.AU = nil
		}
	}
	return nil
}

// configure takes what a decoder needs first.
func (in *Input) configure(b []byte) error {
	var r record
	var err error
	switch in.track.Codec {
	case media.H264:
		r, err = parseAVC(b)
	case media.H265:
		r, err = parseHEVC(b)
	case media.AAC:
		return in.configureAAC(b)
	case media.AV1:
		const fixed = 4
		if len(b) > fixed {
			in.header = bytes.Clone(b[fixed:])
		}
		return nil
	case media.Opus:
		const channels = 9
		if len(b) > channels && b[channels] > 0 {
			in.track.Channels = int(b[channels])
		}
		return nil
	default:
		return nil
	}
	if err != nil {
		return err
	}
	in.size, in.track.Extra = r.size, r.sets
	kinds, kind := 2, kindH264
	if in.track.Codec == media.H265 {
		kinds, kind = 3, kindH265
	}
	in.sets = paramset.New(kinds, kind, r.sets)
	return nil
}

func (in *Input) configureAAC(b []byte) error {
	var c mpeg4audio.AudioSpecificConfig
	if err := c.Unmarshal(b); err != nil || c.SampleRate <= 0 {
		return bad("the configuration of AAC cannot be read").Because(err)
	}
	in.track.ClockRate, in.track.Extra, in.ready = uint32(c.SampleRate), [][]byte{bytes.Clone(b)}, true
	if c.ChannelConfig > 0 {
		in.track.Channels = int(c.ChannelConfig)
		if c.ChannelConfig == 7 {
			in.track.Channels = 8
		}
	}
	return nil
}

// nals cuts a unit into its NAL units, and puts the parameter sets before it that it lacks.
func (in *Input) nals(u *media.Unit, kinds int, kind func([]byte) int, key func([]byte) bool) error {
	if in.sets == nil {
		in.sets = paramset.New(kinds, kind, nil)
	}
	b := u.AU[0]
	u.AU = make([][]byte, 0, 4)
	found := false
	for len(b) > 0 {
		n, ok := in.length(b)
		if !ok || len(u.AU) >= maxNALs {
			return bad("a picture is not made of NAL units")
		}
		nal := b[in.size : in.size+n : in.size+n]
		b = b[in.size+n:]
		if n == 0 || kind(nal) == dropped {
			continue
		}
		found = found || key(nal)
		u.AU = append(u.AU, nal)
	}
	u.Recovery = u.Key && !found // an encoder that refreshes bit by bit says so of its own
	u.AU = in.sets.Complete(u.AU, u.Key)
	u.Key = u.Key || found
	if !in.ready && in.sets.Known() {
		in.ready = true
		// An encoder that reorders pictures shows even the first one later than it is decoded; many allow for it and never do it.
		in.track.BFrames = u.PTS > 0 && picture.NewFinder(in.track).MayReorder()
	}
	return nil
}

// maxNALs is how many NAL units of a picture are taken; the hub's own bound is above it.
const maxNALs = 1000

// length is that of the next NAL unit.
func (in *Input) length(b []byte) (int, bool) {
	if len(b) < in.size {
		return 0, false
	}
	n := 0
	for _, c := range b[:in.size] {
		n = n<<8 | int(c)
	}
	return n, n <= len(b)-in.size
}

// temporal brings a temporal unit of AV1 into the form in which the hub has them: without a delimiter, and with the sequence
// header before a key frame.
func (in *Input) temporal(u *media.Unit) {
	b := u.AU[0]
	if len(b) >= 2 && b[0] == 0x12 && b[1] == 0 { // a temporal delimiter
		b = b[2:]
	}
	if u.Key && len(in.header) > 0 && av1.Sequence([][]byte{b}) == nil {
		b = append(bytes.Clone(in.header), b...)
	}
	u.AU[0] = b
	u.Key = u.Key || av1.Sequence(u.AU) != nil // as some say of no picture that it is a key frame: gortmplib (1.0.0) does not
}

// keyVP9 tells whether a frame is a key frame by its own header.
func keyVP9(frame []byte) bool {
	var h vp9.Header
	return h.Unmarshal(frame) == nil && !h.NonKeyFrame && !h.ShowExistingFrame
}

// dropped is the kind of NAL units that say nothing that the message does not say.
const dropped = -2

func kindH264(nal []byte) int {
	switch nal[0] & 0x1f {
	case 7:
		return 0
	case 8:
		return 1
	case 9, 12: // delimiters and fillers
		return dropped
	}
	return -1
}

func kindH265(nal []byte) int {
	if len(nal) < 3 {
		return dropped
	}
	switch t := nal[0] >> 1 & 0x3f; t {
	case 32, 33, 34:
		return int(t - 32)
	case 35, 38:
		return dropped
	}
	return -1
}

func keyH264(nal []byte) bool {
	const single = 23 // what is above is of RTP
	return nal[0]&0x1f <= single && h264.KeyPacket(nal)
}

func keyH265(nal []byte) bool {
	const single = 47
	return nal[0]>>1&0x3f <= single && h265.KeyPacket(nal)
}
