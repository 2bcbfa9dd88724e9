package hls_test

import (
	"fmt"
	"strings"
	"testing"

	"sluice/api/hls/playlist/conform"
)

// TestConforms has a player of low latency follow a stream part by part, through a publisher who comes back, to its end. What it gets
// is checked against the MUSTs of draft-pantos-hls-rfc8216bis; every finding cites its section.
func TestConforms(t *testing.T) {
	within(t, func(t *testing.T, s *server, cam *speaker) {
		media := s.open("cam", "")
		got := []conform.Fetch{conform.Plain([]byte(s.get(media)))}
		next := int64(strings.Count(string(got[0].Body), "#EXTINF"))
		follow := func(segments int64) {
			heard := make(chan struct{})
			go func() { defer close(heard); cam.say(t, 16e9) }()
			for msn := next; msn < next+segments; msn++ {
				for part := range int64(5) {
					got = append(got, conform.Fetch{
						Body: []byte(s.get(fmt.Sprintf("%s&_HLS_msn=%d&_HLS_part=%d", media, msn, part))), MSN: msn, Part: part,
					})
				}
			}
			next += segments
			<-heard
		}
		follow(6)
		full, delta := s.get(media), s.get(media+"&_HLS_skip=YES")
		for _, f := range conform.CheckDelta([]byte(full), []byte(delta)) {
			t.Error("delta:", f)
		}
		cam.leaves()
		elapse(3e9)
		cam = s.speaks("cam")
		s.get(media)
		elapse(1e9)
		cam.say(t, 5e9)
		got = append(got, conform.Plain([]byte(s.get(media))))
		cam.leaves()
		elapse(11e9)
		got = append(got, conform.Plain([]byte(s.get(media))))
		for _, f := range conform.Check(got...) {
			if !f.Should {
				t.Error(f)
			}
		}
	})
}
