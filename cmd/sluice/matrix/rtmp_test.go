package matrix

import "testing"

// ffmpeg publishes over RTMP, and plays; what ffmpeg 5 does not send over it, gortmplib does.

func rtmpPublishers() []publisher {
	takes := func(c codecs) string {
		if c.video == "vp8" {
			return "Enhanced RTMP v2 has VP8 and the door takes it, but neither ffmpeg nor gortmplib sends it"
		}
		return ""
	}
	return []publisher{{"RTMP", takes, func(t *testing.T, s *server, stream, film string, c codecs) {
		t.Helper()
		if c != (codecs{"h264", "aac"}) {
			enhance(t, s, stream, film, c)
			return
		}
		send(t, film, "-c", "copy", "-f", "flv", "rtmp://"+s.rtmp+"/live/"+stream)
	}}}
}

func rtmpPlayers() []player {
	return []player{{name: "RTMP", play: recorder(func(t *testing.T, s *server, stream, file string) bool {
		t.Helper()
		return record(t, file, "-rtmp_live", "live", "-i", "rtmp://"+s.rtmp+"/live/"+stream)
	})}}
}
