package matrix

import "testing"

// ffmpeg publishes over SRT, and plays, by the short form of stream ids.

func srtPublishers() []publisher {
	takes := func(c codecs) string {
		if c.video == "vp8" {
			return "There is no VP8 in MPEG transport streams"
		}
		return ""
	}
	return []publisher{{"SRT", takes, func(t *testing.T, s *server, stream, film string, _ codecs) {
		t.Helper()
		send(t, film, "-c", "copy", "-f", "mpegts", "srt://"+s.srt+"?pkt_size=1316&streamid=publish:"+stream)
	}}}
}

func srtPlayers() []player {
	return []player{{name: "SRT", play: recorder(func(t *testing.T, s *server, stream, file string) bool {
		t.Helper()
		return record(t, file, "-i", "srt://"+s.srt+"?streamid=read:"+stream)
	})}}
}
