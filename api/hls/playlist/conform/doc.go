// Package conform checks playlists of live streams against what draft-pantos-hls-rfc8216bis demands of servers: Media Playlists as a
// client gets them over time (Check), a delta update (CheckDelta), a Multivariant Playlist (CheckMaster), and one with all the Media
// Playlists that it names (CheckTogether). Every finding cites its section. It is for tests, knows only the tags that live streams
// need, and checks what the text tells: not the media, nor how fast an answer came.
package conform

import "fmt"

// Finding is one thing that the draft does not permit, or advises against.
type Finding struct {
	Fetch   int    // which playlist of the row, from 0
	Section string // of draft-pantos-hls-rfc8216bis
	Should  bool   // the draft says SHOULD, not MUST
	Message string
}

// String is one line.
func (f Finding) String() string {
	word := "MUST"
	if f.Should {
		word = "SHOULD"
	}
	return fmt.Sprintf("playlist %d: %s (%s, %s)", f.Fetch, f.Message, f.Section, word)
}

// Fetch is what a client got, and what it had asked for.
type Fetch struct {
	Body []byte
	MSN  int64 // _HLS_msn; below 0: not asked
	Part int64 // _HLS_part; below 0: not asked
	Skip bool  // _HLS_skip
}

// Plain is a fetch without directives.
func Plain(body []byte) Fetch { return Fetch{Body: body, MSN: -1, Part: -1} }

// Check checks what one client got in a row, oldest first.
func Check(fetches ...Fetch) []Finding {
	c := &checker{}
	for i, f := range fetches {
		c.number = i
		c.fetch(f)
	}
	return c.findings
}

// checker knows the playlist as the client knows it after the last fetch.
type checker struct {
	number   int
	findings []Finding
	last     *document
	known    map[string]form
}

func (c *checker) forms() map[string]form {
	if c.known == nil {
		c.known = forms()
	}
	return c.known
}

func (c *checker) must(ok bool, section, format string, args ...any) {
	if !ok {
		c.findings = append(c.findings, Finding{Fetch: c.number, Section: section, Message: fmt.Sprintf(format, args...)})
	}
}

func (c *checker) should(ok bool, section, format string, args ...any) {
	if !ok {
		c.findings = append(c.findings, Finding{Fetch: c.number, Section: section, Should: true, Message: fmt.Sprintf(format, args...)})
	}
}

func (c *checker) fetch(f Fetch) {
	d := c.parse(f.Body)
	c.header(d)
	c.control(d)
	c.segments(d)
	c.parts(d)
	c.edge(d)
	c.profile(d)
	c.skipped(d, f)
	c.asked(d, f)
	if c.last != nil {
		c.reload(c.last, d)
	}
	c.last = d
}
