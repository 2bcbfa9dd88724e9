//go:build cgo && !nogst

package main

import (
	"testing"

	"sluice/api/sip/siptest"
)

// TestPhonesInARoom: telephones of three codecs call a room. Each hears the others, and not itself.
func TestPhonesInARoom(t *testing.T) {
	s := serveSwitchboard(t, anybody("rooms"),
		"SLUICE_MIXER_VIDEO_WIDTH=160", "SLUICE_MIXER_VIDEO_HEIGHT=90", "SLUICE_MIXER_VIDEO_FPS=10")
	one := s.telephone("1001", 440, siptest.PCMU)
	two := s.telephone("1002", 1000, siptest.Opus)
	three := s.telephone("1003", 2500, siptest.PCMA)
	s.dials(one, "hall")
	s.chord("one alone", one)
	s.dials(two, "hall")
	s.dials(three, "hall")
	s.chord("one of three", one, 1000, 2500)
	s.chord("two of three", two, 440, 2500)
	s.chord("three of three", three, 440, 1000)
}
