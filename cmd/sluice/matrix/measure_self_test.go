package matrix

import (
	"testing"

	"sluice/engine/enginetest/program"
)

// A film itself is as it has to be, and one whose sound is late is not.
func TestMeasure(t *testing.T) {
	needMatrix(t)
	c := codecs{"h264", "aac"}
	made := film(t, t.TempDir(), c)
	got, err := measure(t, made)
	if err != nil {
		t.Fatal(err)
	}
	if faults := got.judge(); len(faults) > 0 || got.codecs != c {
		t.Errorf("%+v: %q", got, faults)
	}
	late := t.TempDir() + "/late.mkv"
	program.Start(t, "ffmpeg", "-v", "error", "-i", made, "-itsoffset", "0.06", "-i", made, "-map", "0:v", "-map", "1:a", "-t", "6", "-c", "copy", late).Wait()
	if got, err = measure(t, late); err != nil {
		t.Fatal(err)
	}
	if faults := got.judge(); len(faults) != 1 {
		t.Errorf("%+v: %q", got, faults)
	}
	still := t.TempDir() + "/still.mkv"
	program.Start(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=blue:size=320x180:rate=25", "-f", "lavfi", "-i", "sine=frequency=440", "-t", "3",
		"-c:v", "libx264", "-c:a", "aac", still).Wait()
	if got, err = measure(t, still); err != nil {
		t.Fatal(err)
	}
	if faults := got.judge(); len(faults) != 4 {
		t.Errorf("%+v: %q", got, faults)
	}
}
