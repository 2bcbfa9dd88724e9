package ts_test

import (
	"testing"

	"sluice/api/records/mux/ts"
	"sluice/api/records/recordtest"
	"sluice/engine/media"
)

// TestCrash: what is there plays, and a packet that is not whole is cut off.
func TestCrash(t *testing.T) {
	film := recordtest.Shoot(t, media.H265, media.Opus)
	w, file := recordtest.Begin(t, "a.ts", film, ts.New)
	for _, i := range film.Items {
		if err := w.Write(i.Track, i.Unit); err != nil {
			t.Fatal(err)
		}
		if w.Held() > 20_000 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte("G half a packet"), info.Size()); err != nil {
		t.Fatal(err)
	}
	if err := ts.Repair(file, info.Size()+15); err != nil {
		t.Fatal(err)
	}
	if again, err := file.Stat(); err != nil || again.Size() != info.Size() || info.Size() == 0 {
		t.Errorf("%v, %v", again, err)
	}
	if got := recordtest.Probe(t, file.Name()); len(got.Streams) != 2 || got.Seconds() < 1 {
		t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
	}
}
