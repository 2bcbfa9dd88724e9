package hls

import "sluice/api/hls/rendition"

// constants are values of headers that all answers share, so that none is made for each. Nobody changes them.
type constants struct {
	everybody, exposed, encoding, gzip, ranges []string
	playlist, fragment, transport              []string // media types
	shared, blocked, alone, forever, foreverOf []string
}

func newConstants() constants {
	return constants{
		everybody: []string{"*"},
		exposed:   []string{"Content-Length, Content-Range, Date, Age"}, // Age and Date tell players how old an answer is
		encoding:  []string{"Accept-Encoding"},
		gzip:      []string{"gzip"},
		ranges:    []string{"bytes"},
		playlist:  []string{typePlaylist},
		fragment:  []string{rendition.FMP4.MIME()},
		transport: []string{rendition.TS.MIME()},
		shared:    []string{"max-age=1"},
		blocked:   []string{"max-age=0, s-maxage=6"},
		alone:     []string{"private, no-cache"},
		forever:   []string{"public, max-age=31536000, immutable"},
		foreverOf: []string{"private, max-age=31536000, immutable"},
	}
}

// mime is the media type of what a rendition has, as headers have it.
func (c constants) mime(mime string) []string {
	if mime == c.transport[0] {
		return c.transport
	}
	return c.fragment
}
