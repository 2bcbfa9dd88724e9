package phone

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/enginetest"
)

// leg is one way of a call: what somebody says, to be heard by somebody else.
type leg struct {
	mouth *benchtest.Mouth
	ear   *benchtest.Ear
	heard benchtest.Sound
}

// caps are those of RTP, and what takes a codec out of it, decodes it, codes it and packs it.
var caps = map[benchtest.Sound]string{
	benchtest.PCMU: "application/x-rtp,media=audio,clock-rate=8000,encoding-name=PCMU,payload=0",
	benchtest.Opus: "application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=111",
}

// ways are the elements from one codec to another, as the server's plan has them.
var ways = map[[2]benchtest.Sound]string{
	{benchtest.PCMU, benchtest.Opus}: "mulawdec ! opusenc",
	{benchtest.Opus, benchtest.PCMU}: "opusdec ! audio/x-raw,rate=8000,channels=1 ! mulawenc",
}

// packs take media out of RTP, and put it in.
var (
	unpacks = map[benchtest.Sound]string{benchtest.PCMU: "rtppcmudepay", benchtest.Opus: "rtpopusdepay"}
	packs   = map[benchtest.Sound]string{benchtest.PCMU: "rtppcmupay pt=0", benchtest.Opus: "rtpopuspay pt=111"}
)

// bare is gst-launch-1.0, with a pipeline for each leg, which are told where to speak to.
func bare(b *testing.B, legs []leg) *exec.Cmd {
	b.Helper()
	var text []string
	for _, l := range legs {
		port := enginetest.FreeUDP(b)
		from, to := l.mouth.Sound, l.heard
		l.mouth.To = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port))
		line := fmt.Sprintf("udpsrc address=127.0.0.1 port=%d caps=%s", port, caps[from])
		if from != to {
			line += fmt.Sprintf(" ! %s ! %s ! %s", unpacks[from], ways[[2]benchtest.Sound{from, to}], packs[to])
		}
		text = append(text, fmt.Sprintf("%s ! udpsink host=127.0.0.1 port=%d sync=false async=false", line, l.ear.Port()))
	}
	cmd := exec.CommandContext(b.Context(), "gst-launch-1.0", append([]string{"-q"}, strings.Fields(strings.Join(text, " "))...)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill() // it lasts for ever
		_ = cmd.Wait()
	})
	return cmd
}

// coded is what the codecs of a call take that lasts a second, both ways: by gst-launch-1.0, of files, as fast as it can.
func coded(b *testing.B, v *voices) time.Duration {
	b.Helper()
	args := strings.Fields(fmt.Sprintf("-q filesrc location=%s blocksize=160 ! audio/x-mulaw,rate=8000,channels=1 ! %s ! fakesink "+
		"filesrc location=%s ! oggdemux ! %s ! fakesink", v.ulaw, ways[[2]benchtest.Sound{benchtest.PCMU, benchtest.Opus}],
		v.ogg, ways[[2]benchtest.Sound{benchtest.Opus, benchtest.PCMU}]))
	cmd := exec.CommandContext(b.Context(), "gst-launch-1.0", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()) / told
}
