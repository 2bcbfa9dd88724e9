package wsplayer

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest/program"
)

// TestMPEG1Decodes has ffmpeg decode what the player gets: pictures that begin with the headers before them, one a message.
func TestMPEG1Decodes(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	const options = "-v error -f lavfi -i testsrc=size=160x112:rate=25:duration=2 -c:v mpeg1video -g 12 -bf 0 -f mpeg1video -"
	coded := []byte(program.Output(t, "ffmpeg", strings.Fields(options)...))
	p := packer()
	var out []byte
	sent := 0
	for i, u := range pictures(coded) {
		for _, m := range p.Pack(0, unit(time.Duration(i)*40*ms, bytes.HasPrefix(u, []byte{0, 0, 1, 0xb3}), u)) {
			if b := bytes.Join(m, nil); b[0]>>2&3 == 1 {
				out = append(out, b[9:]...)
				sent++
			}
		}
	}
	name := filepath.Join(t.TempDir(), "page.m1v")
	if err := os.WriteFile(name, out, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := program.Try(t, "ffprobe", "-v", "error", "-count_frames", "-show_entries",
		"stream=codec_name,width,height,nb_read_frames", "-of", "compact=p=0", name)
	if want := "codec_name=mpeg1video|width=160|height=112|nb_read_frames=50\n"; err != nil || said != want || sent != 50 {
		t.Errorf("%v, of %d pictures ffprobe says %q", err, sent, said)
	}
}

// pictures cuts an elementary stream before each picture, or before the headers that belong to it (ISO 11172-2 2.4.2).
func pictures(coded []byte) [][]byte {
	var out [][]byte
	begin, picture := 0, false
	for i := 0; i+4 <= len(coded); i++ {
		if !bytes.Equal(coded[i:i+3], []byte{0, 0, 1}) {
			continue
		}
		switch code := coded[i+3]; {
		case code == 0 && !picture:
			picture = true
		case code == 0, picture && (code == 0xb3 || code == 0xb8):
			out = append(out, coded[begin:i])
			begin, picture = i, code == 0
		}
	}
	return append(out, coded[begin:])
}
