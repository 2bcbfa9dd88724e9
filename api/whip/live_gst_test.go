package whip_test

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sluice/elements/webrtc"
	"sluice/engine/enginetest/program"
)

// gstPeer is a client of testdata/gstpeer.c that runs.
type gstPeer struct {
	t     testing.TB
	in    io.WriteCloser
	lines chan string
}

// buildGst compiles the client.
func buildGst(t testing.TB) string {
	t.Helper()
	program.Elements(t, "webrtcbin", "nicesrc", "vp8enc", "opusenc")
	return program.Compile(t, "testdata/gstpeer.c", "gstreamer-1.0", "gstreamer-sdp-1.0")
}

// runGst starts a client and gives its offer.
func runGst(t testing.TB, program, role string) (*gstPeer, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, role)
	cmd.Stderr = t.Output()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &gstPeer{t: t, in: in, lines: make(chan string, 4096)}
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case p.lines <- strings.TrimSuffix(s.Text(), "\r"):
			default: // nobody looks any more
			}
		}
	}()
	t.Cleanup(func() {
		in.Close() // which ends it
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Errorf("gstpeer %s: %v", role, err)
		}
	})
	var offer strings.Builder
	for {
		line := p.next("its offer")
		if line == "." {
			return p, offer.String()
		}
		offer.WriteString(line + "\r\n")
	}
}

// next waits for a line.
func (p *gstPeer) next(what string) string {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.t.Fatalf("the client ended before %s", what)
		}
		if strings.HasPrefix(line, "error ") {
			p.t.Fatal(line)
		}
		return line
	case <-time.After(patience):
		p.t.Fatalf("waited in vain for %s", what)
	}
	return ""
}

// accept hands the answer over and waits until the client is connected.
func (p *gstPeer) accept(answer string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, strings.ReplaceAll(answer, "\r", "")+".\n"); err != nil {
		p.t.Fatal(err)
	}
	for {
		if line := p.next("the connection"); line == "state connected" {
			return
		} else if line == "state failed" || line == "state closed" {
			p.t.Fatal(line)
		}
	}
}

// TestGStreamer has webrtcbin and libnice, which are nobody's of us, publish and play: pictures and sound of test sources come
// through the door, the peers and the hub, and are decoded on the other side.
func TestGStreamer(t *testing.T) {
	program := buildGst(t)
	s := serveOn(t, webrtc.Settings{UDP: []string{":0"}, TCP: []string{}}) // libnice has no candidates on the loopback
	pub, offer := runGst(t, program, "publish")
	in := s.post("/gst/cam/whip", offer)
	pub.accept(in.answer)

	player, offer := runGst(t, program, "play")
	out := s.post("/whep/gst/cam", offer)
	player.accept(out.answer)
	pictures, sound := false, false
	for !pictures || !sound {
		switch f := strings.Fields(player.next("pictures and sound")); {
		case len(f) == 3 && f[0] == "video" && f[1] == "320x240" && f[2] == "50":
			pictures = true
		case len(f) == 3 && f[0] == "audio" && len(f[1]) >= 3 && f[2] == "1": // at least a hundred buffers, and not of silence
			sound = true
		}
	}
	out.end()
	in.end()
}
