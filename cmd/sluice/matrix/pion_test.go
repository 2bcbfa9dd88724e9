package matrix

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"sluice/engine/enginetest/program"
)

// pion publishes over WHIP what ffmpeg sends as RTP, and plays over WHEP for ffmpeg to record.

func pionPublishers() []publisher {
	return []publisher{{"WHIP", noAAC, whip}}
}

func pionPlayers() []player {
	return []player{{name: "WHEP", play: recorder(whep)}}
}

// noAAC is what can be published over WebRTC.
func noAAC(c codecs) string {
	if c.audio == "aac" {
		return "WebRTC has no AAC"
	}
	return ""
}

// whip has pion send what ffmpeg sends as RTP. It has published when the server knows what belongs together: before, it goes by when
// packets come, and works what the reports say in by and by, which whoever records that would see.
func whip(t *testing.T, s *server, stream, film string, c codecs) {
	t.Helper()
	pc := peer(t, c.video)
	args, answered := []string{}, []chan struct{}{}
	for _, kind := range []string{"v", "a"} {
		codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
		if kind == "v" {
			codec = webrtc.RTPCodecCapability{MimeType: "video/" + c.video, ClockRate: 90000}
		}
		track, err := webrtc.NewTrackLocalStaticRTP(codec, kind, "film")
		if err != nil {
			t.Fatal(err)
		}
		sendonly := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
		transceiver, err := pc.AddTransceiverFromTrack(track, sendonly)
		if err != nil {
			t.Fatal(err)
		}
		known := make(chan struct{})
		answered = append(answered, known)
		go answers(transceiver.Sender(), known)
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
	send(t, film, args...)
	for _, known := range answered {
		select {
		case <-known:
		case <-time.After(patience):
			t.Fatalf("%s: the server does not answer sender reports", stream)
		}
	}
}

// answers tells when the server has answered some sender reports of a track, and reads on until the peer is closed.
func answers(of *webrtc.RTPSender, known chan<- struct{}) {
	const enough = 4
	track, seen := uint32(of.GetParameters().Encodings[0].SSRC), map[uint32]bool{0: true}
	for {
		packets, _, err := of.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			report, ok := p.(*rtcp.ReceiverReport)
			if !ok {
				continue
			}
			for _, r := range report.Reports {
				if r.SSRC != track || seen[r.LastSenderReport] || len(seen) > enough {
					continue
				}
				if seen[r.LastSenderReport] = true; len(seen) > enough {
					close(known)
				}
			}
		}
	}
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
	p := listener(t, lines, file)
	if p == nil {
		return false
	}
	reported := make(chan struct{}, len(lines))
	for _, l := range lines {
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
		if l.track.Kind() == webrtc.RTPCodecTypeVideo {
			l.drop()
			go l.ask(pc, p)
		}
	}
	for _, l := range lines {
		go l.packets()
	}
	return well(t, p)
}

// ask asks for a key picture once a second, as a player does that sees nothing yet, for as long as somebody records.
func (l *line) ask(pc *webrtc.PeerConnection, recorder *program.Program) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		_ = pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(l.track.SSRC())}})
		select {
		case <-tick.C:
		case <-recorder.Done():
			return
		}
	}
}

// listener is ffmpeg with all of its ports open, so that the first key picture is not lost. If somebody has been faster with one of
// them, it gets others.
func listener(t *testing.T, lines []*line, file string) *program.Program {
	t.Helper()
	var p *program.Program
	for range 3 {
		description := filepath.Join(t.TempDir(), "whep.sdp")
		if err := os.WriteFile(description, []byte(describe(t, lines)), 0o600); err != nil {
			t.Error(err)
			return nil
		}
		args := strings.Fields("-v error -protocol_whitelist file,udp,rtp -i " + description + " -t " + seconds + " -c copy " + file)
		p = program.Start(t, "ffmpeg", args...)
		if !slices.ContainsFunc(lines, func(l *line) bool { return !l.taken(p) }) {
			return p
		}
	}
	t.Errorf("ffmpeg does not listen: %s", p.Said())
	return nil
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

// taken waits until ffmpeg has the ports, or has ended, or takes too long.
func (l *line) taken(by *program.Program) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: l.rtp.IP, Port: l.rtp.Port + 1}) // the second that it opens
		if err != nil {
			return true
		}
		_ = c.Close()
		select {
		case <-tick.C:
		case <-by.Done():
			return false
		case <-late:
			return false
		}
	}
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

// drop reads what has come so far: an old key frame, maybe, long before all others, which would use up the length of the recording.
func (l *line) drop() {
	buf := make([]byte, 1500)
	for {
		if err := l.track.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
			return
		}
		if _, _, err := l.track.Read(buf); err != nil {
			_ = l.track.SetReadDeadline(time.Time{})
			return
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
