//go:build cgo && !nogst

package endure

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
	"github.com/pion/webrtc/v4/pkg/media/oggwriter"

	"sluice/cmd/sluice/bench/benchtest"
)

// perPulse is how many packets there are from one beep to the next, of which the first beeping ones are a beep.
const (
	perPulse = int(pulse / benchtest.Packet)
	beeping  = 5

	perPacket = 160 // samples at 8 kHz
)

// beepsPCMU is a second of µ-law: a beep of 1 kHz, and silence.
func beepsPCMU() [][]byte {
	out := make([][]byte, perPulse)
	for n := range out {
		out[n] = bytes.Repeat([]byte{0xff}, 160) // ITU-T G.711, table 2a: positive zero
		if n < beeping {
			for i := range out[n] {
				out[n][i] = [8]byte{0xff, 0x96, 0x90, 0x96, 0xff, 0x16, 0x10, 0x16}[i%8]
			}
		}
	}
	return out
}

// beepsOpus is the same in Opus, which ffmpeg makes of it: the second of three, when the coder knows what comes before a beep.
func beepsOpus(t *testing.T) [][]byte {
	t.Helper()
	sound := bytes.Join(slices.Concat(beepsPCMU(), beepsPCMU(), beepsPCMU()), nil)
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "mulaw", "-ar", "8000", "-i", "-", "-c:a", "libopus", "-b:a", "24k",
		"-frame_duration", "20", "-page_duration", "20000", "-f", "ogg", "-")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(sound), os.Stderr
	made, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	reader, _, err := oggreader.NewWith(bytes.NewReader(made))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for {
		page, header, err := reader.ParseNextPage()
		if err != nil {
			break // the end
		}
		if header.GranulePosition > 0 && !bytes.HasPrefix(page, []byte("OpusTags")) {
			out = append(out, page) // a page for each packet
		}
	}
	if len(out) < 2*perPulse {
		t.Fatalf("ffmpeg made %d packets", len(out))
	}
	return out[perPulse : 2*perPulse]
}

// samples are what is heard, at 8 kHz.
func (w *way) samples(t *testing.T) []int16 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heard")
	args := []string{"-f", "mulaw", "-ar", "8000"}
	if w.heard == benchtest.PCMU {
		if err := os.WriteFile(file, bytes.Join(w.kept, nil), 0o600); err != nil {
			t.Fatal(err)
		}
	} else {
		args = []string{"-f", "ogg"}
		out, err := oggwriter.New(file, 48000, 1)
		if err != nil {
			t.Fatal(err)
		}
		for n, payload := range w.kept { // one packet lasts as long as the other, whatever its time: none may be missing
			p := &rtp.Packet{Header: rtp.Header{Timestamp: uint32(n+1) * 960}, Payload: payload}
			if err := out.WriteRTP(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	args = append(append([]string{"-v", "error"}, args...), "-i", file, "-f", "s16le", "-ar", "8000", "-ac", "1", "-")
	raw, err := exec.CommandContext(t.Context(), "ffmpeg", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if w.heard == benchtest.Opus { // what ffmpeg leaves out, since the writer says so (RFC 7845 4.2): 3840 samples of 48 kHz
		raw = slices.Concat(make([]byte, 2*3840/6), raw)
	}
	all := make([]int16, len(raw)/2)
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, all); err != nil {
		t.Fatal(err)
	}
	return all
}

// onsets are the samples at which beeps begin: where it is loud after a tenth of a second of silence.
func onsets(all []int16) []int {
	const loud, silence = 3000, 800
	var out []int
	last := 0
	for i, v := range all {
		if math.Abs(float64(v)) < loud {
			continue
		}
		if i-last > silence {
			out = append(out, i)
		}
		last = i
	}
	return out
}

// nearest is when the beep was said that is nearest to a time.
func (w *way) nearest(at time.Time) time.Time {
	best := w.told[0]
	for n := 0; n < len(w.told); n += perPulse {
		if at.Sub(w.told[n]).Abs() < at.Sub(best).Abs() {
			best = w.told[n]
		}
	}
	return best
}

// judge looks at how late beeps are: from when the packet that begins a beep was said, to when the sound of its beginning was there.
func (w *way) judge(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	const most = 10 // packets, while a conversion begins, and when it ends; before and after, the server says silence
	first, end := w.told[0], w.told[len(w.told)-1].Add(most*benchtest.Packet)
	heard := 0
	for _, at := range w.came {
		if !at.Before(first) && at.Before(end) {
			heard++
		}
	}
	if missing := len(w.told) - heard; missing > most || missing < -most {
		t.Errorf("%s: of %d packets %d are heard", w.name, len(w.told), heard)
	}
	var late []time.Duration
	for _, at := range onsets(w.samples(t)) {
		if packet := at / perPacket; packet < len(w.came) {
			when := w.came[packet].Add(time.Duration(at%perPacket) * benchtest.Packet / perPacket)
			late = append(late, when.Sub(w.nearest(when)))
		}
	}
	if want := len(w.told)/perPulse - 1; len(late) < want {
		t.Fatalf("%s: %d beeps are heard, of %d", w.name, len(late), want)
	}
	few := min(len(late)/3, 30)
	early, last := middle(late[:few]), middle(late[len(late)-few:])
	t.Logf("%s (%+d ppm): %d packets of %d, %d beeps; late by %v in the beginning, and by %v in the end; %v at most",
		w.name, w.ppm, heard, len(w.told), len(late), early, last, slices.Max(late))
	if (last - early).Abs() > driftMost {
		t.Errorf("%s: it drifts by %v", w.name, last-early)
	}
}

// middle is the median.
func middle(all []time.Duration) time.Duration { return slices.Sorted(slices.Values(all))[len(all)/2] }
