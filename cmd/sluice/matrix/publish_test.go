package matrix

import (
	"net"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

// publisher is a way in.
type publisher struct {
	name string
	// takes tells whether the client can send codecs, and why not.
	takes   func(codecs) (because string)
	publish func(t *testing.T, s *server, stream, film string, c codecs)
}

func publishers() []publisher {
	return []publisher{
		{"WHIP", func(c codecs) string {
			if c.audio == "aac" {
				return "WebRTC has no AAC"
			}
			return ""
		}, whip},
		{"RTMP", func(c codecs) string {
			if c.video == "vp8" {
				return "Enhanced RTMP v2 has VP8 and the door takes it, but neither ffmpeg nor gortmplib sends it"
			}
			return ""
		}, func(t *testing.T, s *server, stream, film string, c codecs) {
			t.Helper()
			if c != (codecs{"h264", "aac"}) {
				enhance(t, s, stream, film, c)
				return
			}
			play(t, film, "-c", "copy", "-f", "flv", "rtmp://"+s.rtmp+"/live/"+stream)
		}},
		{"RTSP", func(codecs) string { return "" }, func(t *testing.T, s *server, stream, film string, _ codecs) {
			t.Helper()
			play(t, film, "-c", "copy", "-f", "rtsp", "-rtsp_transport", "tcp", "rtsp://"+s.rtsp+"/"+stream)
		}},
	}
}

// play has ffmpeg send a film at its own pace until the end of the test.
func play(t *testing.T, film string, args ...string) {
	t.Helper()
	start(t, "ffmpeg", append([]string{"-v", "error", "-re", "-i", film}, args...)...)
}

// whip has pion send what ffmpeg sends as RTP.
func whip(t *testing.T, s *server, stream, film string, c codecs) {
	t.Helper()
	pc := peer(t, c.video)
	args := []string{}
	for _, kind := range []string{"v", "a"} {
		codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
		if kind == "v" {
			codec = webrtc.RTPCodecCapability{MimeType: "video/" + c.video, ClockRate: 90000}
		}
		track, err := webrtc.NewTrackLocalStaticRTP(codec, kind, "film")
		if err == nil {
			_, err = pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		}
		if err != nil {
			t.Fatal(err)
		}
		from, reports := pair(t)
		t.Cleanup(func() { _, _ = from.Close(), reports.Close() })
		go pass(from, track)
		args = append(args, "-map", "0:"+kind, "-c", "copy")
		if c.video == "h264" && kind == "v" {
			args = append(args, "-bsf:v", "h264_mp4toannexb") // with parameter sets in the stream
		}
		args = append(args, "-f", "rtp", "rtp://127.0.0.1:"+port(from)+"?pkt_size=1200")
	}
	signal(t, pc, "http://"+s.web+"/"+stream+"/whip")
	play(t, film, args...)
}

// pass passes packets on until the socket is closed.
func pass(from *net.UDPConn, to *webrtc.TrackLocalStaticRTP) {
	buf := make([]byte, 1500)
	for {
		n, err := from.Read(buf)
		if err != nil && !strings.Contains(err.Error(), "refused") {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
