package mp4_test

import (
	"bytes"
	"testing"
	"time"

	"sluice/api/records/mux/mp4"
	"sluice/api/records/recordtest"
	"sluice/engine/media"
)

// FuzzRepair: whatever lies in the file, repairing it ends, uses no more memory than the file has, and does nothing the second time.
func FuzzRepair(f *testing.F) {
	track := media.NewTrack(media.AAC)
	track.ClockRate, track.Channels, track.Extra = 48_000, 2, [][]byte{{0x11, 0x90}}
	data := recordtest.Sound(f, track, 1024*time.Second/48000, []byte{1, 2, 3}, mp4.New)
	f.Add(data)
	f.Add(data[:len(data)-7])
	f.Add(data[:200])
	f.Add([]byte("\x00\x00\x00\x08ftyp\x00\x00\x00\x10free12345678\x00\x00\x00\x08moov"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &recordtest.Memory{B: bytes.Clone(data)}
		first, err := mp4.Repair(file, int64(len(data)))
		if err != nil {
			return
		}
		n := len(file.B)
		if second, err := mp4.Repair(file, int64(n)); err != nil || len(file.B) != n || first != second {
			t.Errorf("%v and %v, %d and %d bytes, %v", first, second, n, len(file.B), err)
		}
	})
}
