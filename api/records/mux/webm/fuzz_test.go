package webm_test

import (
	"bytes"
	"testing"
	"time"

	"sluice/api/records/mux/webm"
	"sluice/api/records/recordtest"
	"sluice/engine/media"
)

// FuzzRepair: whatever lies in the file, repairing it ends, and does nothing the second time.
func FuzzRepair(f *testing.F) {
	data := recordtest.Sound(f, media.NewTrack(media.Opus), 20*time.Millisecond, []byte{0xf8, 2, 3}, webm.New)
	f.Add(data)
	f.Add(data[:len(data)-7])
	f.Add(data[:150])
	f.Add([]byte("\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &recordtest.Memory{B: bytes.Clone(data)}
		if _, err := webm.Repair(file, int64(len(data))); err != nil {
			return
		}
		n := len(file.B)
		if _, err := webm.Repair(file, int64(n)); err != nil || len(file.B) != n {
			t.Errorf("%d and %d bytes, %v", n, len(file.B), err)
		}
	})
}
