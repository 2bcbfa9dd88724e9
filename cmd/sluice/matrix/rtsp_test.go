package matrix

import "testing"

// ffmpeg publishes over RTSP, and plays over both transports, by both of a stream's names. Its ports are below those of the servers
// (enginetest.FreeAddress).

func rtspPublishers() []publisher {
	return []publisher{{"RTSP", func(codecs) string { return "" }, func(t *testing.T, s *server, stream, film string, _ codecs) {
		t.Helper()
		send(t, film, "-c", "copy", "-f", "rtsp", "-rtsp_transport", "tcp", "rtsp://"+s.rtsp+"/"+stream)
	}}}
}

func rtspPlayers() []player {
	over := func(transport, path string) func(*testing.T, *server, string, string) (recorded, bool) {
		return recorder(func(t *testing.T, s *server, stream, file string) bool {
			t.Helper()
			return record(t, file, "-rtsp_transport", transport, "-min_port", "10000", "-max_port", "19999", "-i", "rtsp://"+s.rtsp+path+stream)
		})
	}
	return []player{{name: "RTSP over TCP", play: over("tcp", "/")}, {name: "RTSP over UDP", play: over("udp", "/live/")}}
}
