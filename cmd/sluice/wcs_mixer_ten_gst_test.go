//go:build cgo && !nogst

package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// TestTenGuestsAreCodedOnce has ten guests in a room. One encoder makes the picture, and one for each mix of sound that somebody listens
// to: none while nobody does, three for three guests, and eleven for all of them and one who listens to the room.
func TestTenGuestsAreCodedOnce(t *testing.T) {
	t.Parallel()
	p := serveParty(t)
	metrics := p.out.await(t, `metrics +(http://localhost:\d+/metrics)`)[1]
	coded := func(sounds int) {
		t.Helper()
		var last []string
		defer func() {
			if t.Failed() {
				t.Log(last)
			}
		}()
		p.until(fmt.Sprintf("%d encoders of sound", sounds), func() bool {
			text := scrape(t, metrics)
			last = regexp.MustCompile(`(?m)^sluice_(?:en|de)coders.*$`).FindAllString(text, -1)
			all := "\n" + strings.Join(last, "\n") + "\n"
			for _, want := range []string{
				`sluice_encoders{codec="h264"} 1`, fmt.Sprintf(`sluice_encoders{codec="opus"} %d`, sounds), `sluice_decoders{codec="h264"} 10`,
				`sluice_decoders{codec="aac"} 10`,
			} {
				if !strings.Contains(all, "\n"+want+"\n") {
					return false
				}
			}
			return true
		})
	}
	var outputs []string
	for i := range 10 {
		address, _ := p.door("RTMP", fmt.Sprintf("g%d#hall", i))
		outputs = append(outputs, "[f=flv]"+address)
	}
	encoder(t, "red", strings.Join(outputs, "|"), "-vf", "fps=10,scale=160:90", "-g", "10", "-flags", "+global_header",
		"-map", "0:v", "-map", "1:a", "-f", "tee")
	for i := range 10 {
		p.there(fmt.Sprintf("hall-g%dhall", i))
	}
	coded(0)
	for i := range 3 {
		playRTSP(t, p.rtsp+fmt.Sprintf("hall-g%dhall", i))
	}
	coded(3)
	for i := range 10 { // three of them a second time: what is the same is coded once
		playRTSP(t, p.rtsp+fmt.Sprintf("hall-g%dhall", i))
	}
	playRTSP(t, p.rtsp+"hall")
	coded(11)
	shown := p.at("hall")
	shown.shows(p.restServer, "ten", "2,2 red", "5,2 red", "14,4 red", "6,6 red")
	coded(11)
}
