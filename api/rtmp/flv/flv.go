// Package flv reads and writes the bodies of RTMP's audio and video messages, which are those of FLV tags (FLV 10.1, annex E),
// with what Enhanced RTMP v2 adds: other codecs by their four letters, several tracks, finer timestamps. It makes access units of
// them and them of access units. It decodes nothing, and knows neither messages nor time but that of composition.
package flv

import (
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// What a tag holds.
type part uint8

const (
	frames part = iota // what is coded
	config             // what a decoder needs first
	end                // of the sequence
)

// Tag is what one message says of one track.
type Tag struct {
	Kind  media.Kind
	Codec media.Codec   // "" if it is none that sluice knows
	Track uint8         // of several of a kind; 0 is the main one
	Key   bool          // decoding can begin here
	CTS   time.Duration // from when it is decoded to when it is shown
	Rate  int           // of sound, in Hz, as far as the header says it
	Chans int           // of sound
	part  part
	data  []byte
}

// Config tells whether the tag holds what a decoder needs first, and nothing to show.
func (t *Tag) Config() bool { return t.part == config }

// cursor reads a body.
type cursor struct {
	b     []byte
	short bool // something was not there
}

func (c *cursor) take(n int) []byte {
	if n > len(c.b) {
		c.short = true
		c.b = nil
		return make([]byte, n)
	}
	out := c.b[:n:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) u8() byte { return c.take(1)[0] }

func (c *cursor) u16() int { b := c.take(2); return int(b[0])<<8 | int(b[1]) }

func (c *cursor) u24() int { b := c.take(3); return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// s24 is a number of 24 bits with a sign.
func (c *cursor) s24() int { return int(int32(uint32(c.u24())<<8) >> 8) }

func (c *cursor) fourCC() string { return string(c.take(4)) }

func (c *cursor) rest() []byte {
	out := c.b
	c.b = nil
	return out
}

func bad(format string, args ...any) *fault.Fault {
	return fault.New(fault.MediaCorrupt, "flv", format, args...)
}

// fourCCs are the codecs that Enhanced RTMP names by four letters.
func fourCCs(k media.Kind) map[string]media.Codec {
	if k == media.Audio {
		return map[string]media.Codec{"Opus": media.Opus, "mp4a": media.AAC, ".mp3": media.MP3, "ac-3": media.AC3}
	}
	return map[string]media.Codec{
		"avc1": media.H264, "hvc1": media.H265, "av01": media.AV1, "vp09": media.VP9, "vp08": media.VP8,
	}
}

// FourCC is the name of a codec in Enhanced RTMP; "" if it has none.
func FourCC(c media.Codec) string {
	for name, codec := range fourCCs(c.Kind()) {
		if codec == c {
			return name
		}
	}
	return ""
}

// ParseFourCC is the codec of a name; "" if it is none that sluice knows.
func ParseFourCC(name string) media.Codec {
	if c, ok := fourCCs(media.Video)[name]; ok {
		return c
	}
	return fourCCs(media.Audio)[name]
}

// CodecID is what metadata calls a codec: FLV's number, or of those that it has none for the four letters as one.
func CodecID(c media.Codec) int {
	old := map[media.Codec]int{
		media.Sorenson: idSorenson, media.ScreenFlv: idScreen, media.VP6: idVP6, media.H264: idAVC,
		media.MP3: idMP3, media.Nellymoser: idNelly, media.PCMA: idPCMA, media.PCMU: idPCMU, media.AAC: idAAC, media.Speex: idSpeex,
	}
	if id, ok := old[c]; ok {
		return id
	}
	id := 0
	for _, b := range []byte(FourCC(c)) {
		id = id<<8 | int(b)
	}
	return id
}
