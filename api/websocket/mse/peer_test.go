package mse

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest/program"
	"sluice/engine/media"
)

// TestFLVDecodes has ffmpeg decode what a page gets, put into a file of FLV: that is what the packets are made after.
func TestFLVDecodes(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	pictures, sound := encoded(t, "h264"), encoded(t, "adts")
	all := tracks()
	all[1].ClockRate, all[1].Channels = 44100, 1
	var p Packer
	p.Begin(all)
	file := []byte("FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00")
	units := bytes.Split(pictures, []byte{0, 0, 0, 1, 9})[1:] // each at its delimiter, of which one byte is left
	for i, unit := range units {
		at := time.Duration(i) * 40 * ms
		au := bytes.Split(bytes.ReplaceAll(unit[1:], []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1})
		file = tags(file, bytes.Join(p.Pack(0, &media.Unit{PTS: at, DTS: at, Key: i%25 == 0, AU: au}), nil))
	}
	frames := 0
	for len(sound) > 7 { // ADTS (ISO 14496-3 1.A.2)
		size := int(sound[3]&3)<<11 | int(sound[4])<<3 | int(sound[5])>>5
		at := time.Duration(frames) * 1024 * time.Second / 44100
		file = tags(file, bytes.Join(p.Pack(1, &media.Unit{PTS: at, DTS: at, AU: [][]byte{sound[7:size]}}), nil))
		sound = sound[size:]
		frames++
	}
	name := filepath.Join(t.TempDir(), "page.flv")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := program.Try(t, "ffprobe", "-v", "error", "-count_frames", "-show_entries",
		"stream=codec_name,width,height,sample_rate,channels,nb_read_frames", "-of", "compact=p=0", name)
	want := "codec_name=h264|width=160|height=120|nb_read_frames=50\ncodec_name=aac|sample_rate=44100|channels=1|nb_read_frames="
	if err != nil || !strings.HasPrefix(out, want) || len(units) != 50 || frames < 80 {
		t.Errorf("%v, of %d and %d units ffprobe says\n%s", err, len(units), frames, out)
	}
}

// encoded is two seconds of pictures or of sound.
func encoded(t *testing.T, format string) []byte {
	t.Helper()
	args := map[string]string{
		"h264": "-f lavfi -i testsrc=size=160x120:rate=25:duration=2 -pix_fmt yuv420p -c:v libx264 -g 25 -bf 0 -x264-params aud=1:scenecut=0:sliced-threads=0 -f h264 -",
		"adts": "-f lavfi -i sine=duration=2:sample_rate=44100 -ac 1 -c:a aac -f adts -",
	}
	return []byte(program.Output(t, "ffmpeg", append([]string{"-v", "error"}, strings.Fields(args[format])...)...))
}

// tags appends the packets of a message to a file, as FLV has them (E.4.1): with three bytes of size and of time, and the byte
// that says AAC, which packets do without.
func tags(file, message []byte) []byte {
	for len(message) > 0 {
		kind, at, size := message[0], binary.BigEndian.Uint32(message[1:]), int(binary.BigEndian.Uint32(message[5:]))
		body := message[headSize : headSize+size]
		message = message[headSize+size:]
		if kind == typeAudio {
			body = append([]byte{0xaf}, body...)
		}
		n := len(body)
		file = append(file, kind, byte(n>>16), byte(n>>8), byte(n), byte(at>>16), byte(at>>8), byte(at), byte(at>>24), 0, 0, 0)
		file = binary.BigEndian.AppendUint32(append(file, body...), uint32(n+11))
	}
	return file
}
