// Package walk fetches all that a Multivariant Playlist names, and has package conform check it: playlists, and of fragmented MP4 what
// codecs it has and when it begins. It is for tests; it looks at no sample, and knows no transport streams.
package walk

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"sluice/api/hls/playlist/conform"
)

// Get fetches an address, which is relative to nothing.
type Get func(address string) ([]byte, error)

// Walk fetches the Multivariant Playlist at an address, with query or without, and checks it and all that it names. What it met is
// given with the findings, for tests that want to know more.
func Walk(get Get, master string) ([]conform.Member, []conform.Finding, error) {
	text, err := get(master)
	if err != nil {
		return nil, nil, err
	}
	var members []conform.Member
	for _, uri := range addresses(string(text)) {
		address, err := beside(master, uri)
		if err != nil {
			return nil, nil, err
		}
		body, err := get(address)
		if err != nil {
			return nil, nil, err
		}
		members = append(members, conform.Member{URI: uri, Body: body, Times: map[string]time.Duration{}})
	}
	for i := range members { // after all playlists, which are to be of one moment
		address, err := beside(master, members[i].URI)
		if err == nil {
			err = look(get, address, &members[i])
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return members, conform.CheckTogether(text, members...), nil
}

// look fetches the media of a playlist.
func look(get Get, playlist string, m *conform.Member) error {
	scales := map[int]uint32{}
	for line := range strings.Lines(string(m.Body)) {
		line = strings.TrimSpace(line)
		isInit, isPart := strings.HasPrefix(line, "#EXT-X-MAP:"), strings.HasPrefix(line, "#EXT-X-PART:")
		uri := line
		if isInit || isPart {
			uri = quoted(line)
		}
		if uri == "" || uri[0] == '#' {
			continue
		}
		address, err := beside(playlist, uri)
		if err != nil {
			return err
		}
		if !isInit && len(scales) == 0 { // a transport stream
			continue
		}
		data, err := get(address)
		switch {
		case err != nil:
		case isInit:
			m.Codecs, err = begin(data, scales)
		default:
			m.Times[uri], err = first(data, scales)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
	}
	return nil
}

// begin reads an initialization section: its codecs, and the clocks of its tracks.
func begin(data []byte, scales map[int]uint32) ([]string, error) {
	var init fmp4.Init
	if err := init.Unmarshal(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	var names []string
	for _, t := range init.Tracks {
		scales[t.ID] = t.TimeScale
		names = append(names, family(t.Codec))
	}
	return names, nil
}

func family(c codecs.Codec) string {
	switch c.(type) {
	case *codecs.H264:
		return "avc1"
	case *codecs.H265:
		return "hvc1"
	case *codecs.AV1:
		return "av01"
	case *codecs.MPEG4Audio:
		return "mp4a"
	case *codecs.Opus:
		return "Opus"
	}
	return fmt.Sprintf("%T", c)
}

// first is when the earliest sample of a segment is shown, by the clock of the media.
func first(data []byte, scales map[int]uint32) (time.Duration, error) {
	var parts fmp4.Parts
	if err := parts.Unmarshal(data); err != nil {
		return 0, err
	}
	least, found := time.Duration(0), false
	for _, p := range parts[:min(1, len(parts))] {
		for _, t := range p.Tracks {
			scale := scales[t.ID]
			if scale == 0 || len(t.Samples) == 0 {
				continue
			}
			ticks := time.Duration(t.BaseTime) + time.Duration(t.Samples[0].PTSOffset)
			at := ticks / time.Duration(scale) * time.Second
			at += ticks % time.Duration(scale) * time.Second / time.Duration(scale)
			if !found || at < least {
				least, found = at, true
			}
		}
	}
	if !found {
		return 0, fmt.Errorf("there is no sample of a known track in it")
	}
	return least, nil
}

// addresses are those that a Multivariant Playlist names.
func addresses(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#EXT-X-MEDIA:"):
			if uri := quoted(line); uri != "" {
				all = append(all, uri)
			}
		case line != "" && line[0] != '#':
			all = append(all, line)
		}
	}
	return all
}

// quoted is the URI in a tag's attributes; "" if there is none.
func quoted(line string) string {
	_, rest, ok := strings.Cut(line, `URI="`)
	uri, _, _ := strings.Cut(rest, `"`)
	if !ok {
		return ""
	}
	return uri
}

func beside(base, uri string) (string, error) {
	b, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	u, err := b.Parse(uri)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}
