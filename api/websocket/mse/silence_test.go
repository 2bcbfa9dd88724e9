package mse

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest/program"
)

func TestLengthOfFrames(t *testing.T) {
	for config, want := range map[string]time.Duration{
		"1190":       21333 * time.Microsecond,
		"1588":       128 * time.Millisecond,
		"2b0a8800":   42666 * time.Microsecond, // HE-AAC over 24 kHz, of which its frames are
		"178061a810": 20480 * time.Microsecond, // 50 kHz
		"1780000010": 1024 * time.Millisecond,  // 0 Hz
		"16f0":       21333 * time.Microsecond, // a rate that is none
		"11":         16 * time.Millisecond,
	} {
		data, err := hex.DecodeString(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := silence(data); got.Truncate(time.Microsecond) != want {
			t.Errorf("%s: %v, want %v", config, got, want)
		}
	}
}

// ffmpeg hears silence in as many channels as there are.
func TestSilenceDecodes(t *testing.T) {
	program.Need(t, "ffmpeg")
	for channels, count := range []int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8} {
		unit, _ := silence([]byte{0x11, 0x80 | byte(channels)<<3})
		if channels == 0 {
			if unit != nil {
				t.Error("there is silence in no channels")
			}
			continue
		}
		frame := unit.AU[0]
		size := len(frame) + 7 // ADTS (ISO 14496-3 1.A.2): AAC-LC, 48 kHz, no checksum
		head := []byte{0xff, 0xf1, 1<<6 | 3<<2 | byte(channels)>>2, byte(channels)<<6 | byte(size>>11), byte(size >> 3), byte(size)<<5 | 0x1f, 0xfc}
		name := filepath.Join(t.TempDir(), "silence.aac")
		if err := os.WriteFile(name, bytes.Repeat(append(head, frame...), 10), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := program.Try(t, "ffmpeg", "-v", "error", "-xerror", "-i", name, "-f", "s16le", "-")
		if err != nil || len(out) != 10*1024*2*count || strings.Trim(out, "\x00") != "" {
			t.Errorf("%d: %v: %d bytes: %.200q", channels, err, len(out), strings.Trim(out, "\x00"))
		}
	}
}

func FuzzSilence(f *testing.F) {
	f.Add([]byte{0x11, 0x90})
	f.Add([]byte{0x17, 0x80, 0, 0, 0x10})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, config []byte) {
		before := bytes.Clone(config)
		if unit, length := silence(config); length <= 0 || length > 2*time.Second || unit != nil && unit.Bytes() == 0 {
			t.Errorf("%v of %v", length, unit)
		}
		if !bytes.Equal(config, before) {
			t.Error("it was written to")
		}
	})
}
