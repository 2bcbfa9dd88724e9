package matrix

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// seconds of what is played are recorded.
const seconds = "6"

// player is a way out, with the client that records it into a file.
type player struct {
	name   string
	record func(t *testing.T, s *server, stream, file string) bool
}

func players() []player {
	return []player{
		{"WHEP", whep},
		{"RTMP", func(t *testing.T, s *server, stream, file string) bool {
			t.Helper()
			return record(t, file, "-rtmp_live", "live", "-i", "rtmp://"+s.rtmp+"/live/"+stream)
		}},
		{"RTSP over TCP", func(t *testing.T, s *server, stream, file string) bool {
			t.Helper()
			return record(t, file, "-rtsp_transport", "tcp", "-i", "rtsp://"+s.rtsp+"/"+stream)
		}},
		{"RTSP over UDP", func(t *testing.T, s *server, stream, file string) bool {
			t.Helper()
			return record(t, file, "-rtsp_transport", "udp", "-i", "rtsp://"+s.rtsp+"/live/"+stream)
		}},
	}
}

// record has ffmpeg write what it gets as it is.
func record(t *testing.T, file string, input ...string) bool {
	t.Helper()
	args := append([]string{"-v", "error"}, input...)
	return start(t, "ffmpeg", append(args, "-t", seconds, "-c", "copy", file)...).wait(patience)
}

// line is one track on its way from pion to ffmpeg: RTP and RTCP to a pair of ports.
type line struct {
	track    *webrtc.TrackRemote
	receiver *webrtc.RTPReceiver
	to       *net.UDPConn // sends to ffmpeg's
	rtp      *net.UDPAddr
}

// whep has pion play, and ffmpeg record the packets. ffmpeg puts sound and pictures together by the server's sender reports, so
// both of these go to it before any packet does.
func whep(t *testing.T, s *server, stream, file string) bool {
	t.Helper()
	pc := peer(t)
	arrived := make(chan *line, 2)
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeAudio} {
		recvonly := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		if _, err := pc.AddTransceiverFromKind(kind, recvonly); err != nil {
			t.Error(err)
			return false
		}
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		arrived <- &line{track: track, receiver: receiver}
	})
	signal(t, pc, "http://"+s.web+"/"+stream+"/whep")
	var lines []*line
	for len(lines) < 2 {
		select {
		case l := <-arrived:
			lines = append(lines, l)
		case <-time.After(patience):
			t.Errorf("%s: only %d tracks come", stream, len(lines))
			return false
		}
	}
	description := filepath.Join(t.TempDir(), "whep.sdp")
	if err := os.WriteFile(description, []byte(describe(t, lines)), 0o600); err != nil {
		t.Error(err)
		return false
	}
	args := strings.Fields("-v error -protocol_whitelist file,udp,rtp -i " + description + " -t " + seconds + " -c copy " + file)
	p := start(t, "ffmpeg", args...)
	reported := make(chan struct{}, len(lines))
	for _, l := range lines {
		if !l.taken() {
			t.Errorf("%s: ffmpeg does not listen", stream)
			return false
		}
		go l.reports(reported)
	}
	for range lines {
		select {
		case <-reported:
		case <-time.After(patience):
			t.Errorf("%s: no sender report comes", stream)
			return false
		}
	}
	for _, l := range lines {
		go l.packets()
		if l.track.Kind() == webrtc.RTPCodecTypeVideo {
			_ = pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(l.track.SSRC())}})
		}
	}
	return p.wait(patience)
}

// describe gives each track its ports, and says so in SDP.
func describe(t *testing.T, lines []*line) string {
	t.Helper()
	out := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
	for _, l := range lines {
		rtp, rtcp := pair(t)
		l.rtp = rtp.LocalAddr().(*net.UDPAddr)
		_, _ = rtp.Close(), rtcp.Close()
		to, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = to.Close() })
		l.to = to
		codec := l.track.Codec()
		_, name, _ := strings.Cut(codec.MimeType, "/")
		out += fmt.Sprintf("m=%s %d RTP/AVP %d\r\na=rtpmap:%[3]d %s/%d", l.track.Kind(), l.rtp.Port, codec.PayloadType, name, codec.ClockRate)
		if codec.Channels > 1 {
			out += fmt.Sprintf("/%d", codec.Channels)
		}
		if out += "\r\n"; codec.SDPFmtpLine != "" {
			out += fmt.Sprintf("a=fmtp:%d %s\r\n", codec.PayloadType, codec.SDPFmtpLine)
		}
	}
	return out
}

// taken waits until ffmpeg has the ports, so that the first key picture is not lost.
func (l *line) taken() bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(patience); time.Now().Before(late); <-tick.C {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: l.rtp.IP, Port: l.rtp.Port + 1}) // the second that it opens
		if err != nil {
			return true
		}
		_ = c.Close()
	}
	return false
}

// reports passes RTCP on, and tells of the first.
func (l *line) reports(reported chan<- struct{}) {
	to := &net.UDPAddr{IP: l.rtp.IP, Port: l.rtp.Port + 1}
	buf := make([]byte, 1500)
	for first := true; ; {
		n, _, err := l.receiver.Read(buf)
		if err != nil {
			return
		}
		if _, err := l.to.WriteToUDP(buf[:n], to); err != nil {
			return
		}
		if first {
			first = false
			reported <- struct{}{}
		}
	}
}

// packets passes RTP on.
func (l *line) packets() {
	buf := make([]byte, 1500)
	for {
		n, _, err := l.track.Read(buf)
		if err != nil {
			return
		}
		if _, err := l.to.WriteToUDP(buf[:n], l.rtp); err != nil {
			return
		}
	}
}
