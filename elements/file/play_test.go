package file_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/elements/codec"
	"sluice/elements/file"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
)

// everyCodec makes TestFilesPlay try every codec of every container instead of the first one or two.
const everyCodec = "SLUICE_EVERY_CODEC"

// TestFilesPlay has gst-launch write files of each container and read them again. It needs GStreamer's tools, and is left out
// where they are missing or tests are short.
func TestFilesPlay(t *testing.T) {
	if testing.Short() {
		t.Skip("needs time")
	}
	program.Need(t, "gst-launch-1.0")
	held := map[string]string{
		"mp4": "h264 aac h265 vp9 av1 mp3 ac3 opus", "mov": "h264 aac mjpeg pcmu pcma", "fmp4": "h264 opus", "webm": "vp8 opus vp9 av1 vorbis",
		"mkv": "vp8 aac h264 h265 vp9 av1 mjpeg mpeg1video opus pcmu pcma mp3 mp2 ac3 vorbis speex",
		"flv": "h264 aac sorenson flashsv mp3 speex nellymoser pcmu pcma", "ts": "h264 aac h265 mp3 mp2 ac3 opus", "ogg": "opus vorbis speex",
		"wav": "pcmu pcma",
	}
	for container, codecs := range held {
		for i, word := range strings.Fields(codecs) {
			if i > 1 && os.Getenv(everyCodec) == "" {
				break
			}
			t.Run(container+" "+word, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "a."+container)
				write(t, path, media.Codec(word))
				read(t, path, media.Codec(word))
			})
		}
	}
}

func write(t *testing.T, path string, c media.Codec) {
	t.Helper()
	source := "audiotestsrc num-buffers=60 ! audio/x-raw,rate=44100,channels=2 !"
	rate := 0
	switch {
	case c.Kind() == media.Video:
		source = "videotestsrc num-buffers=25 ! video/x-raw,width=320,height=176,framerate=25/1 !"
	case c == media.Nellymoser:
		rate = 22050 // FLV knows 8, 16 and 22 kHz of it
	}
	enc, err := codec.Encoder("", codec.Target{Kind: c.Kind(), Codec: c, Rate: rate}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := element.NewPiece("source", nil, nil)
	ends := enc.AddTo(first, element.Pad{}, "", "s")
	p := element.NewPiece("out", inputs(c), nil)
	if err := (file.Out{}).Build(p, element.Conf{"path": path}); err != nil {
		t.Fatal(err)
	}
	entry := p.Entries[element.PortKey{Port: string(c.Kind())}]
	launch(t, elementtest.Launch(first), elementtest.Launch(p), strings.Fields(source), []string{
		ends.First.Part + ".", ends.Last.Part + ".", "!", entry.Part + ".",
	})
	if info, err := os.Stat(path); err != nil || info.Size() < 1000 {
		t.Fatalf("the file is missing or small: %v, %v", info, err)
	}
}

func read(t *testing.T, path string, c media.Codec) {
	t.Helper()
	p := element.NewPiece("in", nil, outputs(string(c.Kind())))
	if err := (file.In{}).Build(p, element.Conf{"path": path}); err != nil {
		t.Fatal(err)
	}
	exit := p.Exits[element.PortKey{Port: string(c.Kind())}]
	out := launch(t, elementtest.Launch(p), []string{exit.Part + ".", "!", "fakesink", "name=end"})
	info, _ := c.Info()
	mediaType, _, _ := strings.Cut(info.MediaType, ",")
	if !strings.Contains(out, "end.GstPad:sink: caps = "+mediaType) {
		t.Errorf("no %s in it:\n%s", mediaType, out)
	}
}

func launch(t *testing.T, words ...[]string) string {
	t.Helper()
	line := slices.Concat(append([][]string{{"-v"}}, words...)...)
	out, err := program.Try(t, "gst-launch-1.0", line...)
	if err != nil || strings.Contains(out, "ERROR") {
		var says []string
		for text := range strings.Lines(out) {
			if strings.Contains(text, "rror") || strings.Contains(text, "WARN") {
				says = append(says, text)
			}
		}
		t.Fatalf("%v\ngst-launch-1.0 %s\n%s", err, strings.Join(line, " "), strings.Join(says, ""))
	}
	return out
}
