package hls_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/playlist/conform"
	"sluice/api/hls/playlist/conform/walk"
)

// twins offers the same sound twice, as a ladder does its rungs.
const twins = `graph: v1
about: Two renditions of one stream.
route:
  - {event: hls.play, path: "/{stream...}", where: {profile: twins}}
nodes:
  in: stream.in name=$stream wait=5s
  one: {element: hls.out, set: {path: /$(stream)-HLS-TWINS-STREAM, rung: one}, lazy: 10s}
  two: {element: hls.out, set: {path: /$(stream)-HLS-TWINS-STREAM, rung: two}, lazy: 10s}
links:
  - in -> one
  - in -> two
`

// whole has no parts, as for players who know none.
const whole = `graph: v1
about: HLS without parts.
route:
  - {event: hls.play, path: "/{stream...}", where: {profile: whole}}
nodes:
  in: stream.in name=$stream wait=5s
  hls: {element: hls.out, set: {path: /$(stream)-HLS-WHOLE-STREAM, part: 0s}, lazy: 10s}
links:
  - in -> hls
`

// strict tells of all that the draft forbids, and notes what it advises against.
func strict(t testing.TB, what string, found []conform.Finding) {
	t.Helper()
	for _, f := range found {
		if f.Should {
			t.Logf("%s: %v", what, f)
			continue
		}
		t.Errorf("%s: %v", what, f)
	}
}

// walks checks a multivariant playlist of the server and all that it names, and gives its members.
func (s *server) walks(address string) []conform.Member {
	s.t.Helper()
	members, found, err := walk.Walk(func(address string) ([]byte, error) {
		w := s.ask("GET", address)
		if w.Code != http.StatusOK {
			return nil, fmt.Errorf("%s: %d %s", address, w.Code, w.Body)
		}
		return w.Body.Bytes(), nil
	}, address)
	if err != nil {
		s.t.Fatal(err)
	}
	strict(s.t, address, found)
	return members
}

// TestMastersConform has a stream of one rendition, without parts too, and one of two checked, masters, playlists and media, while they run, when a
// publisher is back behind a discontinuity, and at the end.
func TestMastersConform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, map[string]string{"twins": twins, "whole": whole})
		cam := s.speaks("cam")
		addresses := map[string]int{"/cam/index.m3u8": 1, "/cam-HLS-WHOLE-STREAM/index.m3u8": 1, "/cam-HLS-TWINS-STREAM/index.m3u8": 2}
		speak := func(cam *speaker, length time.Duration) {
			heard := make(chan struct{})
			go func() { defer close(heard); cam.say(t, length) }()
			for address := range addresses {
				s.get(address)
			}
			<-heard
		}
		check := func() {
			for address, renditions := range addresses {
				if members := s.walks(address); len(members) != renditions {
					t.Errorf("%s has %d renditions", address, len(members))
				}
			}
		}
		for range 4 {
			speak(cam, 9300*time.Millisecond)
			check()
		}
		cam.leaves()
		elapse(3e9)
		cam = s.speaks("cam")
		speak(cam, 5e9)
		check()
		speak(cam, 20e9) // the discontinuity leaves the window
		check()
	})
}

// TestStreamsConform has what real encoders publish checked: pictures and sound together, in every form.
func TestStreamsConform(t *testing.T) {
	l := serveLive(t)
	const quick = "-c:v libx264 -preset ultrafast -tune zerolatency "
	for _, c := range []struct{ name, codecs, address string }{
		{"parts", quick + "-c:a aac", "/parts/parts.m3u8"},
		{"old", quick + "-c:a aac", "/old-HLS-TS-STREAM/index.m3u8"},
		{"opus", quick + "-c:a libopus", "/opus-HLS-OPUS-STREAM/master.m3u8"},
		{"newer", "-c:v libx265 -preset ultrafast -x265-params log-level=error -c:a aac", "/newer/newer.m3u8"},
		{"still", quick + "-an", "/still/still.m3u8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // which waits for the most part: a film takes its time
			l.publish(t, c.name, c.codecs)
			get, late := l.fetch(t), time.Now().Add(time.Minute)
			master, err := get(l.http + c.address)
			if err != nil {
				t.Fatal(err)
			}
			folder := l.http + c.address[:strings.LastIndex(c.address, "/")+1]
			media := folder + addresses(string(master))[0]
			for _, err = get(media + "&_HLS_msn=2"); err != nil; _, err = get(media + "&_HLS_msn=2") { // each request is held for a while
				if time.Now().After(late) {
					t.Fatal("there are not three segments yet: ", err)
				}
			}
			_, found, err := walk.Walk(get, l.http+c.address)
			if err != nil {
				t.Fatal(err)
			}
			busy := func(f conform.Finding) bool { return f.Section == "4.4.4.9" } // a live encoder leaves out what it has no time for
			strict(t, c.name, slices.DeleteFunc(found, busy))
		})
	}
}

// fetch gets addresses of the server's, which answers with 200.
func (l *live) fetch(t *testing.T) walk.Get {
	return func(address string) ([]byte, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s %s", address, answer.Status, body)
		}
		return body, err
	}
}
