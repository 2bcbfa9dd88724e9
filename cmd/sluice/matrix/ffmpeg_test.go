package matrix

import (
	"path/filepath"
	"testing"

	"sluice/engine/enginetest/program"
)

// seconds of what is played are recorded.
const seconds = "6"

// send has ffmpeg send a film at its own pace until the end of the test.
func send(t *testing.T, film string, args ...string) {
	t.Helper()
	p := program.Start(t, "ffmpeg", append([]string{"-v", "error", "-re", "-i", film}, args...)...)
	t.Cleanup(p.End) // it says goodbye
}

// record has ffmpeg write what it gets as it is.
func record(t *testing.T, file string, input ...string) bool {
	t.Helper()
	args := append([]string{"-v", "error"}, input...)
	return well(t, program.Start(t, "ffmpeg", append(args, "-t", seconds, "-c", "copy", file)...))
}

// well waits for a program's end, which has to be a good one.
func well(t *testing.T, p *program.Program) bool {
	t.Helper()
	err := p.Ended()
	if err != nil {
		t.Errorf("%s: %v\n%s", p, err, p.Said())
	}
	return err == nil
}

// recorder is a player that has ffprobe look at what it has written into a file.
func recorder(write func(t *testing.T, s *server, stream, file string) bool) func(*testing.T, *server, string, string) (recorded, bool) {
	return func(t *testing.T, s *server, stream, folder string) (recorded, bool) {
		t.Helper()
		file := filepath.Join(folder, "recording.mkv")
		if !write(t, s, stream, file) {
			return recorded{}, false
		}
		got, err := measure(t, file)
		if err != nil {
			t.Error(err)
		}
		return got, err == nil
	}
}
