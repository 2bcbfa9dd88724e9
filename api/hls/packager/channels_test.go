package packager_test

import (
	"testing"

	"sluice/engine/media"
)

// TestChannelsAreTold holds what multivariant playlists say of sound to how many loudspeakers it is for.
func TestChannelsAreTold(t *testing.T) {
	aac := func(config ...byte) media.Track {
		track := audioTrack()
		track.Extra = [][]byte{config}
		return track
	}
	opus := media.NewTrack(media.Opus)
	opus.Channels = 1
	layer3 := append([]byte{0xff, 0xfb, 0x94, 0xc0}, make([]byte, 380)...) // one channel
	for name, c := range map[string]struct {
		track media.Track
		frame []byte
		want  int
	}{
		"AAC, mono":                     {aac(0x11, 0x88), []byte{1}, 1},
		"AAC, stereo":                   {aac(0x11, 0x90), []byte{1}, 2},
		"AAC, 5.1":                      {aac(0x11, 0xb0), []byte{1}, 6},
		"AAC, 7.1":                      {aac(0x11, 0xb8), []byte{1}, 8},
		"AAC, stereo out of one":        {aac(0xeb, 0x09, 0x88, 0x00), []byte{1}, 2},
		"Opus, mono":                    {opus, []byte{0xf8, 1}, 1},
		"Opus of which nothing is said": {media.NewTrack(media.Opus), []byte{0xf8, 1}, 2},
		"MP3, mono":                     {media.NewTrack(media.MP3), layer3, 1},
	} {
		r := tape(t, c.track, [][]byte{c.frame, c.frame}, 20*ms)
		if got := r.chapters[0].init.Channels; got != c.want {
			t.Errorf("%s: %d channels, want %d", name, got, c.want)
		}
	}
	s := newStage(t, config(), videoTrack())
	s.watch(1500 * ms)
	if got := s.end().chapters[0].init.Channels; got != 0 {
		t.Errorf("pictures have %d channels", got)
	}
}
