package matrix

import "testing"

// ffmpeg plays HLS, and hls.js does, in Chromium.

func hlsPlayers() []player {
	const note = "What hls.js plays is looked at in the page, too. Over HLS, Opus becomes AAC, which all players have. H.265 passes as it is, for those\n" +
		"that have it; the others can ask for the [ladder](hls.md), which is H.264 whatever is published"
	ffmpeg := recorder(func(t *testing.T, s *server, stream, file string) bool {
		t.Helper()
		return record(t, file, "-i", "http://"+s.hls+"/"+stream+"/index.m3u8")
	})
	page := func(t *testing.T, s *server, stream, _ string) (recorded, bool) {
		t.Helper()
		return s.watch(t, "film_hls", stream)
	}
	return []player{{name: "HLS", play: ffmpeg}, {name: "hls.js", play: page, note: note}}
}
