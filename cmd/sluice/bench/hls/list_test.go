package hls

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// list is what viewers take from a media playlist.
type list struct {
	first    int64 // media sequence number of the first segment
	segments []string
	start    string // the Media Initialization Section
	parts    []part // all that are listed
	growing  int64  // parts behind the last whole segment
	target   time.Duration
	back     time.Duration // PART-HOLD-BACK
}

// part is one, by its number over all segments.
type part struct {
	name        string
	number      int
	independent bool
}

// next is what a viewer of low latency asks for next.
func (l *list) next() (msn, part int64) { return l.first + int64(len(l.segments)), l.growing }

// lists reads playlists, each once, though many viewers get the same.
type lists struct {
	mu   sync.Mutex
	last [8]struct {
		body []byte
		list *list
	}
	turn int
}

// read reads an answer. The body may be used again afterwards.
func (l *lists) read(a answer, body []byte) (*list, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.last {
		if bytes.Equal(one.body, body) {
			return one.list, nil
		}
	}
	text, err := plain(a, body)
	if err != nil {
		return nil, err
	}
	got, err := parse(text)
	if err != nil {
		return nil, err
	}
	l.last[l.turn].body, l.last[l.turn].list = bytes.Clone(body), got
	l.turn = (l.turn + 1) % len(l.last)
	return got, nil
}

func parse(text string) (*list, error) {
	l := &list{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "":
		case line[0] != '#':
			l.segments, l.growing = append(l.segments, line), 0
		case name == "#EXT-X-MEDIA-SEQUENCE":
			l.first, _ = strconv.ParseInt(value, 10, 64)
		case name == "#EXT-X-TARGETDURATION":
			l.target = seconds(value)
		case name == "#EXT-X-SERVER-CONTROL":
			l.back = seconds(attribute(value, "PART-HOLD-BACK"))
		case name == "#EXT-X-MAP":
			l.start = attribute(value, "URI")
		case name == "#EXT-X-PART":
			p := part{name: attribute(value, "URI"), independent: strings.Contains(value, "INDEPENDENT=YES")}
			digits, _, _ := strings.Cut(p.name[strings.LastIndex(p.name, "-p")+2:], ".")
			p.number, _ = strconv.Atoi(digits)
			l.parts, l.growing = append(l.parts, p), l.growing+1
		case name == "#EXT-X-ENDLIST":
			return nil, fmt.Errorf("the stream is over:\n%s", text)
		}
	}
	if len(l.segments) == 0 {
		return nil, fmt.Errorf("no segment is in\n%s", text)
	}
	return l, nil
}

// attribute is a value of a list of attributes.
func attribute(text, name string) string {
	for one := range strings.SplitSeq(text, ",") {
		if key, value, _ := strings.Cut(one, "="); key == name {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

func seconds(text string) time.Duration {
	n, _ := strconv.ParseFloat(text, 64)
	return time.Duration(n * float64(time.Second))
}
