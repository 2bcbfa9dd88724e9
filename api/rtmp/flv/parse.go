package flv

import (
	"time"

	"sluice/engine/media"
)

// Frame types and codecs of video (E.4.3.1).
const (
	typeKey     = 1
	typeInter   = 2
	typeCommand = 5

	idSorenson = 2
	idScreen   = 3
	idVP6      = 4
	idAVC      = 7
	idHEVC     = 12 // of nobody's standard, but of many encoders
)

// Formats of sound (E.4.2.1).
const (
	idMP3     = 2
	idNelly16 = 4
	idNelly8  = 5
	idNelly   = 6
	idPCMA    = 7
	idPCMU    = 8
	idEx      = 9
	idAAC     = 10
	idSpeex   = 11
	idMP3At8  = 14
)

// ParseVideo reads the body of a video message. There may be nothing in it that is to be shown. The tags share its memory.
func ParseVideo(body []byte) ([]Tag, error) {
	c := cursor{b: body}
	head := c.u8()
	if c.short {
		return nil, nil // which some send for a pause
	}
	kind := head >> 4 & 7
	t := Tag{Kind: media.Video, Key: kind == typeKey || kind == 4} // 4 is a key frame that a server made
	if head&0x80 != 0 {
		if kind == typeCommand && head&0x0f != exMetadata {
			return nil, nil
		}
		return parseEx(&c, t, head&0x0f)
	}
	if kind == typeCommand {
		return nil, nil // the beginning or the end of seeking
	}
	switch head & 0x0f {
	case idSorenson:
		t.Codec = media.Sorenson
	case idScreen:
		t.Codec = media.ScreenFlv
	case idVP6:
		t.Codec = media.VP6
	case idAVC:
		t.Codec = media.H264
		t.packet(&c)
	case idHEVC:
		t.Codec = media.H265
		t.packet(&c)
	}
	t.data = c.rest()
	if c.short {
		return nil, bad("a video message ends early")
	}
	return []Tag{t}, nil
}

// packet reads what stands before AVC's data.
func (t *Tag) packet(c *cursor) {
	t.part = part(0)
	switch c.u8() {
	case 0:
		t.part = config
	case 2:
		t.part = end
	}
	t.CTS = time.Duration(c.s24()) * time.Millisecond
}

// ParseAudio reads the body of an audio message, like ParseVideo.
func ParseAudio(body []byte) ([]Tag, error) {
	c := cursor{b: body}
	head := c.u8()
	if c.short {
		return nil, nil
	}
	t := Tag{Kind: media.Audio, Key: true, Rate: 5512 << (head >> 2 & 3), Chans: 1 + int(head&1)}
	if t.Rate > 5512 {
		t.Rate = 11025 << (head>>2&3 - 1)
	}
	switch head >> 4 {
	case idEx:
		t.Rate, t.Chans = 0, 0
		return parseEx(&c, t, head&0x0f)
	case idMP3:
		t.Codec = media.MP3
	case idMP3At8:
		t.Codec, t.Rate = media.MP3, 8000
	case idNelly16:
		t.Codec, t.Rate, t.Chans = media.Nellymoser, 16000, 1
	case idNelly8:
		t.Codec, t.Rate, t.Chans = media.Nellymoser, 8000, 1
	case idNelly:
		t.Codec = media.Nellymoser
	case idPCMA:
		t.Codec, t.Rate = media.PCMA, 8000
	case idPCMU:
		t.Codec, t.Rate = media.PCMU, 8000
	case idSpeex:
		t.Codec, t.Rate, t.Chans = media.Speex, 16000, 1 // whatever the header says (E.4.2.1)
	case idAAC:
		t.Codec = media.AAC
		if c.u8() == 0 {
			t.part = config
		}
	}
	t.data = c.rest()
	if c.short {
		return nil, bad("an audio message ends early")
	}
	return []Tag{t}, nil
}
