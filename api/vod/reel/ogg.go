package reel

import (
	"bufio"
	"encoding/binary"
	"io"
	"strings"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// ogg is a file of Ogg (RFC 3533) with Opus in it (RFC 7845): its first stream of that, and those that are chained to it.
type ogg struct {
	from    *bufio.Reader
	serial  uint32 // of the stream that is played
	track   media.Track
	queue   [][]byte // packets
	part    []byte   // of a packet that goes on in the next page
	headers int      // packets of the stream that are still to come before its sound
	ticks   int64    // samples at 48 kHz that were given
}

// Flags of a page (RFC 3533, 6).
const (
	continued = 1
	begins    = 2
)

// page is one of a stream.
type page struct {
	flags  byte
	serial uint32
	sizes  []byte
	body   []byte
}

func openOgg(from io.Reader) (Reel, error) {
	o := &ogg{from: bufio.NewReader(from)}
	var others []string
	for { // all streams begin before anything else comes
		p, err := o.page()
		if err != nil {
			return nil, bad("the file is cut off").Because(err)
		}
		switch {
		case p.flags&begins == 0 && len(others) == 0:
			return nil, bad("the file does not begin as its streams do")
		case p.flags&begins == 0:
			return nil, fault.New(fault.CodecNotAvailable, "", "what is in the file, %s, is not played here", strings.Join(others, " and ")).
				Advise("of Ogg only Opus with one or two channels is; the graph jobs/convert makes a file of that")
		case o.start(p):
			return o, nil
		}
		others = append(others, called(p.body))
	}
}

// start begins to play the stream that a page begins; false if it has no sound that is played here.
func (o *ogg) start(p page) bool {
	const version, channels, mapping, size = 8, 9, 18, 19
	if len(p.body) < size || string(p.body[:8]) != "OpusHead" || p.body[version]>>4 != 0 {
		return false
	}
	const most = 2 // of channels; more are coded in several streams
	n := int(p.body[channels])
	if n == 0 || n > most || p.body[mapping] > 1 || o.track.Codec != "" && n != o.track.Channels {
		return false
	}
	o.track = media.NewTrack(media.Opus)
	o.track.Channels = n
	o.serial, o.headers, o.part = p.serial, 1, nil // OpusTags
	return true
}

// called is what is in a stream, by what it begins with.
func called(b []byte) string {
	for head, name := range map[string]string{
		"\x01vorbis": "Vorbis", "Speex   ": "Speex", "\x7fFLAC": "FLAC", "\x80theora": "Theora", "OpusHead": "Opus of many channels",
	} {
		if strings.HasPrefix(string(b), head) {
			return name
		}
	}
	return "something unknown"
}

// page reads the next page.
func (o *ogg) page() (page, error) {
	const fixed = 27
	head := make([]byte, fixed)
	if _, err := io.ReadFull(o.from, head); err != nil {
		return page{}, io.EOF // the last one may be cut off
	}
	if string(head[:4]) != "OggS" {
		return page{}, bad("there is something else between the pages of the file")
	}
	p := page{flags: head[5], serial: binary.LittleEndian.Uint32(head[14:]), sizes: make([]byte, head[26])}
	if _, err := io.ReadFull(o.from, p.sizes); err != nil {
		return page{}, io.EOF
	}
	size := 0
	for _, n := range p.sizes {
		size += int(n)
	}
	p.body = make([]byte, size)
	if _, err := io.ReadFull(o.from, p.body); err != nil {
		return page{}, io.EOF
	}
	return p, nil
}

// packets takes those that are whole out of a page.
func (o *ogg) packets(p page) error {
	if p.flags&continued == 0 {
		o.part = nil // its end is lost
	}
	lost := p.flags&continued != 0 && o.part == nil
	for _, n := range p.sizes {
		o.part = append(o.part, p.body[:n]...)
		p.body = p.body[n:]
		if len(o.part) > maxUnit {
			return bad("a packet has more than %d bytes", maxUnit)
		}
		const more = 255
		if n == more {
			continue
		}
		switch {
		case lost: // its beginning is
			lost = false
		case o.headers > 0:
			o.headers--
		case opus.PacketDuration2(o.part) > 0:
			o.queue = append(o.queue, o.part)
		}
		o.part = nil
	}
	if lost {
		o.part = nil
	}
	return nil
}

// Tracks implements Reel.
func (o *ogg) Tracks() []media.Track { return []media.Track{o.track} }

// Next implements Reel.
func (o *ogg) Next() (int, media.Unit, error) {
	for len(o.queue) == 0 {
		p, err := o.page()
		if err != nil {
			return 0, media.Unit{}, ended(err)
		}
		if p.flags&begins != 0 {
			o.start(p)
			continue
		}
		if p.serial != o.serial {
			continue
		}
		if err := o.packets(p); err != nil {
			return 0, media.Unit{}, err
		}
	}
	packet := o.queue[0]
	o.queue = o.queue[1:]
	const rate = 48000 // of all Opus (RFC 7845, 4)
	at := time.Duration(o.ticks) * time.Second / rate
	o.ticks += opus.PacketDuration2(packet)
	return 0, media.Unit{PTS: at, DTS: at, Key: true, AU: [][]byte{packet}}, nil
}
