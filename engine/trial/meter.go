package trial

import (
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/engine/caps"
	"sluice/engine/expect"
	"sluice/engine/media"
	"sluice/engine/run"
)

const (
	mostRecorded = 64 << 20 // bytes of coded media that one pad keeps for decoding; what comes later is only counted
	mostCaps     = 16       // that one pad remembers
)

// needs is what has to be known of a node beside counts.
type needs struct {
	tones   []*expect.Check
	colours []*expect.Check
	golden  bool
	size    bool
}

func (n *needs) add(list []expect.Check) {
	for i := range list {
		switch c := &list[i]; c.Key {
		case "tone":
			n.tones = append(n.tones, c)
		case "colour":
			n.colours = append(n.colours, c)
		case "golden":
			n.golden = true
		case "size":
			n.size = true
		}
	}
}

// decoded tells whether coded media of a kind has to be decoded for it.
func (n *needs) decoded(k media.Kind) bool {
	return k == media.Audio && len(n.tones) > 0 || k == media.Video && (len(n.colours) > 0 || n.size)
}

// meter measures what passes one pad. See may be called from any goroutine, the rest when all has passed.
type meter struct {
	pad   string
	needs *needs

	mu     sync.Mutex
	text   string // of the caps in force
	caps   []caps.Caps
	kind   media.Kind
	raw    bool
	frames int
	keys   int
	bytes  int64
	timed  bool // some buffer had a time
	first  time.Duration
	latest time.Duration // the last time at which a frame begins
	end    time.Duration
	guess  bool // some frame had no duration
	lines  []string
	senses senses
	kept   []run.Passed
	room   int64
	full   bool   // not all was kept
	plain  *meter // of what came out of decoding
	err    error  // why it could not be decoded
}

func newMeter(pad string, n *needs) *meter { return &meter{pad: pad, needs: n, room: mostRecorded} }

// see takes one buffer. It holds up the media, so it does no more than has to be done while the bytes are there.
func (m *meter) see(p run.Passed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.End {
		return
	}
	if p.Caps != m.text {
		m.format(p.Caps)
	}
	// GStreamer's parsers mark coded frames that bring parameter sets along as headers, too (h264parse of 1.22); what has a
	// time is media.
	p.Header = p.Header && (p.PTS < 0 || m.kind == media.Mux)
	if m.needs.golden && len(m.lines) < mostLines {
		m.lines = append(m.lines, line(m.kind, p))
	}
	m.bytes += int64(len(p.Data))
	if !p.Header {
		m.count(p)
	}
	switch {
	case m.raw && !p.Header:
		m.senses.take(m.caps[len(m.caps)-1], m.kind, m.needs, p, m.since(p))
	case !m.raw && m.needs.decoded(m.kind):
		m.keep(p)
	}
}

func (m *meter) format(text string) {
	m.text = text
	c, err := caps.Parse(text)
	if err != nil {
		c = caps.Caps{}
	}
	m.kind, m.raw = kindOf(c)
	if n := len(m.caps); n > 0 && (n == mostCaps || slices.ContainsFunc(m.caps, func(have caps.Caps) bool { return caps.Equal(have, c) })) {
		// Those in force go last, others stay as they came.
		m.caps = slices.DeleteFunc(m.caps, func(have caps.Caps) bool { return caps.Equal(have, c) })
		m.caps = m.caps[:min(len(m.caps), mostCaps-1)]
	}
	m.caps = append(m.caps, c)
}

// kindOf tells what media is of which caps speak, and whether it is raw.
func kindOf(c caps.Caps) (k media.Kind, raw bool) {
	names := c.MediaTypes()
	if len(names) == 0 {
		return media.Data, false
	}
	class, what, _ := strings.Cut(names[0], "/")
	system, _ := c.Get("systemstream")
	switch {
	case system == true, slices.Contains(containers(), what):
		return media.Mux, false
	case class == "audio":
		return media.Audio, what == "x-raw"
	case class == "video", class == "image":
		return media.Video, what == "x-raw"
	}
	return media.Data, false
}

// containers are the media types, without their class, of which GStreamer says audio or video although both may be in them.
func containers() []string {
	return []string{
		"webm", "x-matroska", "x-matroska-3d", "quicktime", "x-flv", "mpegts", "x-msvideo", "x-ms-asf", "x-m4a", "x-wav", "ogg", "mj2",
	}
}

func (m *meter) count(p run.Passed) {
	m.frames++
	if p.Key {
		m.keys++
	}
	if p.PTS < 0 {
		return
	}
	end := p.PTS + max(p.Duration, 0)
	m.guess = m.guess || p.Duration < 0
	if !m.timed {
		m.timed, m.first, m.latest, m.end = true, p.PTS, p.PTS, end
		return
	}
	m.first, m.latest, m.end = min(m.first, p.PTS), max(m.latest, p.PTS), max(m.end, end)
}

// since is when a buffer comes, counted from the first one.
func (m *meter) since(p run.Passed) time.Duration {
	if p.PTS < 0 {
		return m.latest - m.first
	}
	return p.PTS - m.first
}

func (m *meter) keep(p run.Passed) {
	if m.room -= int64(len(p.Data)); m.room < 0 || len(m.kept) == 0 && !p.Key && !p.Header {
		m.full = m.full || m.room < 0
		return
	}
	p.Data = slices.Clone(p.Data)
	m.kept = append(m.kept, p)
}

// over is when the last frame ends. Where nobody says how long frames are, they are as long as they are on average.
func (m *meter) over() time.Duration {
	if m.guess && m.frames > 1 {
		return max(m.end, m.latest+(m.latest-m.first)/time.Duration(m.frames-1))
	}
	return m.end
}

func (m *meter) length() time.Duration { return m.over() - m.first }

// sensed is the meter that has the raw media: this one, or that of what was decoded.
func (m *meter) sensed() *meter {
	if m.plain != nil {
		return m.plain
	}
	return m
}
