package flv

import (
	"encoding/binary"
	"time"

	"sluice/engine/media"
)

// Packet types of Enhanced RTMP v2. Those up to exFramesX are the same for sound and pictures but for the last.
const (
	exStart    = 0
	exFrames   = 1
	exEnd      = 2
	exFramesX  = 3 // pictures without a time of composition
	exMetadata = 4 // of pictures; of sound the layout of its channels
	exMultiA   = 5 // several tracks of sound
	exMultiV   = 6 // several tracks of pictures
	exMod      = 7 // something about the packet that follows
)

// How several tracks stand in a message.
const (
	oneTrack  = 0
	manySame  = 1 // tracks of one codec
	manyMixed = 2 // each with its codec
)

// maxTracks is how many tracks of a kind a message may have.
const maxTracks = 16

// parseEx reads what stands behind the first byte, whose low half is how.
func parseEx(c *cursor, t Tag, how byte) ([]Tag, error) {
	extra := time.Duration(0)
	for how == exMod && !c.short {
		var d time.Duration
		how, d = modify(c)
		extra += d
	}
	t.CTS = extra
	multi := t.Kind == media.Audio && how == exMultiA || t.Kind == media.Video && how == exMultiV
	if !multi {
		name := c.fourCC()
		t.fill(name, how, c.rest())
		if c.short {
			return nil, bad("an %s message ends early", t.Kind)
		}
		if !t.wanted(how) {
			return nil, nil
		}
		return []Tag{t}, nil
	}
	return parseMulti(c, t)
}

// modify reads what changes the packet behind it, and of which type that is. Only an offset of the time is known.
func modify(c *cursor) (how byte, offset time.Duration) {
	size := int(c.u8()) + 1
	if size == 256 {
		size = c.u16() + 1
	}
	if c.short || size > len(c.b) {
		c.short = true
		return 0, 0
	}
	data := c.take(size)
	b := c.u8()
	if b>>4 == 0 && len(data) >= 3 {
		n := binary.BigEndian.Uint32(append([]byte{0}, data[:3]...))
		offset = time.Duration(n)
	}
	return b & 0x0f, offset
}

// parseMulti reads tracks.
func parseMulti(c *cursor, t Tag) ([]Tag, error) {
	b := c.u8()
	layout, how := b>>4, b&0x0f
	name := ""
	if layout != manyMixed {
		name = c.fourCC()
	}
	if layout > manyMixed {
		return nil, bad("tracks in an order %d", layout)
	}
	var out []Tag
	for len(c.b) > 0 && !c.short {
		one := t
		if layout == manyMixed {
			name = c.fourCC()
		}
		one.Track = c.u8()
		data := c.b
		if layout != oneTrack {
			size := c.u24()
			if size > len(c.b) {
				c.short = true
				break
			}
			data = c.take(size)
		} else {
			c.rest()
		}
		one.fill(name, how, data)
		if one.wanted(how) {
			out = append(out, one)
		}
		if len(out) > maxTracks {
			return nil, bad("more than %d tracks", maxTracks)
		}
	}
	if c.short {
		return nil, bad("an %s message with several tracks ends early", t.Kind)
	}
	return out, nil
}

// wanted tells whether a packet type holds media.
func (t *Tag) wanted(how byte) bool {
	return how <= exEnd || how == exFramesX && t.Kind == media.Video
}

// fill takes what a packet holds.
func (t *Tag) fill(name string, how byte, data []byte) {
	t.Codec = fourCCs(t.Kind)[name]
	switch how {
	case exStart:
		t.part = config
	case exEnd:
		t.part = end
	}
	if how == exFrames && (t.Codec == media.H264 || t.Codec == media.H265) {
		c := cursor{b: data}
		cts := c.s24()
		if c.short {
			t.part = end // it holds nothing
			return
		}
		t.CTS += time.Duration(cts) * time.Millisecond
		data = c.rest()
	}
	t.data = data
}
