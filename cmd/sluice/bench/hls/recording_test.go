package hls

import (
	"fmt"
	"testing"
	"time"
)

// recording is what one viewer could have fetched of a stream, and when.
type recording struct {
	Media  string // address of the media playlist
	States []state
	Files  map[string]file // by the last of their address
}

// state is a playlist, from its time on until the next.
type state struct {
	At        time.Duration
	MSN, Part int64 // what it does not have yet
	Body      file
}

type file struct {
	Body   []byte
	Kind   string
	Packed bool
}

// has tells whether a playlist has what a blocking reload asks for.
func (s *state) has(msn, part int64) bool {
	return msn < s.MSN || msn == s.MSN && part >= 0 && part < s.Part
}

// record follows a stream with all its parts and segments for some time.
func record(b *testing.B, s *server, length time.Duration) *recording {
	b.Helper()
	r := &recording{Files: map[string]file{}}
	if err := r.run(s.address, length); err != nil {
		b.Fatal(err)
	}
	return r
}

func (r *recording) run(address string, length time.Duration) error {
	c, err := dial(address, 64<<10)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	d, err := dial(address, 64<<10) // so that fetching does not hold up the playlists
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if r.Media, err = c.open(stream); err != nil {
		return err
	}
	if err := r.take(d, "index.m3u8"); err != nil {
		return err
	}
	began, directives := time.Now(), ""
	for time.Since(began) < length {
		a, body, err := c.fetch(r.Media + directives)
		if err != nil {
			return err
		}
		at := time.Since(began)
		l, err := new(lists).read(a, body)
		if err != nil {
			return err
		}
		one := state{At: at, Body: file{body, a.kind, a.packed}}
		one.MSN, one.Part = l.next()
		r.States = append(r.States, one)
		directives = fmt.Sprintf("&_HLS_msn=%d&_HLS_part=%d", one.MSN, one.Part)
		names := append([]string{l.start}, l.segments...)
		for _, p := range l.parts {
			names = append(names, p.name)
		}
		for _, name := range names {
			if err := r.take(d, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// take fetches what it does not have yet.
func (r *recording) take(c *client, name string) error {
	if _, ok := r.Files[name]; ok {
		return nil
	}
	a, body, err := c.fetch("/" + stream + "/" + name)
	r.Files[name] = file{body, a.kind, a.packed}
	return err
}
