package job

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/plan"
)

// container is a kind of file that media comes in.
type container struct {
	name    string
	demuxer string // GStreamer's element that takes it apart
	is      func(head []byte) bool
}

// headSize is how much of a file tells what it is: three packets of MPEG-TS, and the name of the kind in Matroska's header.
const headSize = 1024

const mpegTS = "MPEG-TS"

// packet is the size of MPEG-TS's packets in bytes (ISO/IEC 13818-1, 2.4.3.2).
const packet = 188

func containers() []container {
	at := func(offset int, marks ...string) func([]byte) bool {
		return func(head []byte) bool {
			return slices.ContainsFunc(marks, func(m string) bool { return len(head) > offset && bytes.HasPrefix(head[offset:], []byte(m)) })
		}
	}
	const ebml = "\x1a\x45\xdf\xa3"
	return []container{
		{"FLV", "flvdemux", at(0, "FLV\x01")},
		{"MP4", "qtdemux", at(4, "ftyp", "styp", "moov", "moof")},
		{"WebM", "matroskademux", func(head []byte) bool { return at(0, ebml)(head) && bytes.Contains(head, []byte("webm")) }},
		{"Matroska", "matroskademux", at(0, ebml)},
		{"Ogg", "oggdemux", at(0, "OggS")},
		{"AVI", "avidemux", func(head []byte) bool { return at(0, "RIFF")(head) && at(8, "AVI ")(head) }},
		{"WAV", "wavparse", func(head []byte) bool { return at(0, "RIFF")(head) && at(8, "WAVE")(head) }},
		{"an MPEG program stream", "mpegpsdemux", at(0, "\x00\x00\x01\xba")},
		{mpegTS, "tsdemux", func(head []byte) bool {
			return at(0, "G")(head) && at(packet, "G")(head) && at(2*packet, "G")(head)
		}},
	}
}

// looksLike tells what a file is by its first bytes; false if that is none of the containers, or no file.
func looksLike(path string) (container, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return container{}, false
	}
	f, err := os.Open(path)
	if err != nil {
		return container{}, false
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return container{}, false
	}
	all := containers()
	i := slices.IndexFunc(all, func(c container) bool { return c.is(head[:n]) })
	if i < 0 {
		return container{}, false
	}
	return all[i], true
}

// mistaken says that media which cannot be read is whole, but in another container than the node that failed takes apart; ""
// if it is not so.
func mistaken(p *plan.Plan, sources []file, err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != fault.MediaCorrupt {
		return ""
	}
	demuxer := ""
	for _, l := range p.Pipelines {
		for _, e := range l.Elements {
			known := slices.ContainsFunc(containers(), func(c container) bool { return c.demuxer == e.Factory })
			if known && e.Node == nodeOf(p.Graph, f.Place) {
				demuxer = e.Factory
			}
		}
	}
	for _, s := range sources {
		if c, ok := looksLike(s.Path); ok && demuxer != "" && c.demuxer != demuxer {
			return fmt.Sprintf("%q looks like %s, which %s does not take: put %s in its place, or run jobs/convert, which finds out by itself",
				s.Name(), c.name, demuxer, c.demuxer)
		}
	}
	return ""
}

// cutPacket says that a source of MPEG-TS ends within a packet; "" if none does. Such a file does not say how long it is, and what
// is cut between packets is whole as far as anybody can tell.
func cutPacket(sources []file) string {
	for _, s := range sources {
		c, ok := looksLike(s.Path)
		if !ok || c.name != mpegTS {
			continue
		}
		if info, err := os.Stat(s.Path); err == nil && info.Size()%packet != 0 {
			return fmt.Sprintf("%q (%s) ends within a packet: it may be cut off there", s.Node, s.Name())
		}
	}
	return ""
}
