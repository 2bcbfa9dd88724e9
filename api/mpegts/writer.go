package mpegts

import (
	"io"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// tablesEvery is how far apart in time the tables are at most while units come: who joins between key pictures waits for them.
const tablesEvery = 400 * time.Millisecond

// maxTracks bounds the program map, which is to fit one packet.
const maxTracks = 8

// Writer multiplexes the units of some tracks into one program. It is our own because mediacommon's (2.9.3) writes the clock
// with every third picture, which is too seldom at 25 a second (ISO/IEC 13818-1 2.7.2 wants 100 ms), takes recovery points for
// ordinary pictures, has no B-frames of MPEG-1 and no MPEG audio below 32 kHz, and writes headers byte by byte.
//
// The clock is that of the pictures if there are any: when fewer than ten come a second, it is as seldom as they are.
// Not for several goroutines at once.
type Writer struct {
	out     io.Writer
	streams []*stream
	clock   *stream // its PID has the clock

	pat, pmt           pid
	patTable, pmtTable []byte
	told               time.Duration // when the tables were written last
	begun              bool          // they were, once
	fresh              bool          // nothing came since

	pes, packets []byte // kept between units
}

// stream is one track of the program.
type stream struct {
	pid      pid
	kind     media.Kind
	how      carriage
	id       byte // of PES packets
	channels int
	form     form
}

// New makes a writer for tracks, of which there must be one at least and eight at most; none is written to yet. A codec that
// does not go into a transport stream is fault.CodecNotAvailable, AAC without a proper AudioSpecificConfig fault.MediaCorrupt.
func New(out io.Writer, tracks []media.Track) (*Writer, error) {
	if len(tracks) == 0 || len(tracks) > maxTracks {
		return nil, fault.New(fault.InvalidParams, "", "a transport stream of %d tracks: there must be 1 to %d", len(tracks), maxTracks)
	}
	w := &Writer{out: out, pat: pid{number: patPID}, pmt: pid{number: pmtPID}}
	for i, t := range tracks {
		s, err := newStream(t, firstPID+uint16(i))
		if err != nil {
			return nil, err
		}
		if w.streams = append(w.streams, s); w.clock == nil || w.clock.kind != media.Video && s.kind == media.Video {
			w.clock = s
		}
	}
	w.patTable = section(tablePAT, program, programAssociation())
	w.pmtTable = section(tablePMT, program, programMap(w.clock.pid.number, w.streams))
	return w, nil
}

func newStream(t media.Track, number uint16) (*stream, error) {
	f, err := newForm(t)
	if err != nil {
		return nil, err
	}
	how, _ := carriageOf(t.Codec)
	s := &stream{pid: pid{number: number}, kind: t.Codec.Kind(), how: how, id: idAudio, channels: t.Channels, form: f}
	if s.channels < 1 || s.channels > 8 {
		s.channels = 2
	}
	switch {
	case s.kind == media.Video:
		s.id = idVideo
	case how.registration != "":
		s.id = idPrivate
	}
	return s, nil
}

// Tables writes the program's tables, as the beginning of an HLS segment needs them. They are written before key pictures and
// now and then in any case, but not twice in a row.
func (w *Writer) Tables() error {
	w.packets = w.appendTables(w.packets[:0])
	_, err := w.out.Write(w.packets)
	return err
}

func (w *Writer) appendTables(dst []byte) []byte {
	w.begun, w.fresh = true, true
	dst = w.table(dst, &w.pat, w.patTable)
	return w.table(dst, &w.pmt, w.pmtTable)
}

// table writes one that fits a packet, which is filled up behind it (2.4.4).
func (w *Writer) table(dst []byte, p *pid, table []byte) []byte {
	end := len(dst) + PacketSize
	dst = append(p.header(dst, true, false), table...)
	for len(dst) < end {
		dst = append(dst, stuffing)
	}
	return dst
}

// Write writes a unit of a track, counted from 0 in New's order, in one call of the io.Writer: whole packets, whose memory is
// used again afterwards. Nothing of a unit that cannot be carried is written (fault.MediaCorrupt); a unit without media is
// left out.
func (w *Writer) Write(track int, u *media.Unit) error {
	if track < 0 || track >= len(w.streams) {
		return fault.New(fault.InvalidParams, "", "track %d of %d", track, len(w.streams))
	}
	s := w.streams[track]
	if u.Bytes() == 0 {
		return nil
	}
	pes, err := s.form.appendTo(beginPES(w.pes[:0], s.id, u.PTS, u.DTS), u)
	w.pes = pes
	if err != nil {
		return err
	}
	if !sealPES(pes) && s.kind != media.Video {
		return fault.New(fault.MediaCorrupt, "", "a unit of sound of %d bytes", u.Bytes())
	}
	w.packets = w.packets[:0]
	if w.due(s, u) {
		w.packets = w.appendTables(w.packets)
	}
	if w.fresh {
		w.told, w.fresh = u.DTS, false
	}
	a := adaptation{random: u.Key || s.kind != media.Video, hasPCR: s == w.clock, pcr: ticks(u.DTS)}
	w.packets = s.pid.packets(w.packets, a, pes)
	_, err = w.out.Write(w.packets)
	return err
}

// due tells whether the tables come before a unit. Times that jump back count as time that passed.
func (w *Writer) due(s *stream, u *media.Unit) bool {
	if w.fresh {
		return false
	}
	return s.kind == media.Video && u.Key || !w.begun || (u.DTS-w.told).Abs() >= tablesEvery
}
