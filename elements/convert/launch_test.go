package convert_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sluice/elements/codec"
	"sluice/elements/convert"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
)

// everyPair makes TestChainsPlay try every codec with every other, which takes minutes, instead of each once.
const everyPair = "SLUICE_EVERY_PAIR"

// TestChainsPlay has gst-launch play what the builder makes, from a source that the table encodes: each codec is decoded
// and each is encoded at least once. It needs GStreamer's tools, and is left out where they are missing or tests are short.
func TestChainsPlay(t *testing.T) {
	if _, err := exec.LookPath("gst-launch-1.0"); err != nil || testing.Short() {
		t.Skip("needs gst-launch-1.0, and time")
	}
	for _, kind := range []media.Kind{media.Audio, media.Video} {
		for _, pair := range pairs(kind) {
			t.Run(string(pair[0])+" to "+string(pair[1]), func(t *testing.T) {
				t.Parallel()
				play(t, kind, pair[0], pair[1])
			})
		}
	}
}

// pairs lists codecs to convert from and to: every one from and to its neighbour in the table, or all.
func pairs(k media.Kind) [][2]media.Codec {
	var list []media.Codec
	for _, c := range codec.AllEncodable() {
		if c.Kind() == k && c != media.G729 { // whose encoder is not GStreamer's
			list = append(list, c)
		}
	}
	var out [][2]media.Codec
	for i, from := range list {
		for j, to := range list {
			if from != to && (j == (i+1)%len(list) || os.Getenv(everyPair) != "") {
				out = append(out, [2]media.Codec{from, to})
			}
		}
	}
	return out
}

func play(t *testing.T, k media.Kind, from, to media.Codec) {
	t.Helper()
	source := "audiotestsrc num-buffers=40 ! audio/x-raw,rate=48000,channels=2 ! "
	if k == media.Video {
		source = "videotestsrc num-buffers=12 ! video/x-raw,format=Y444_10LE,width=322,height=178,framerate=25/1 ! "
	}
	enc, err := codec.Encoder("", codec.Target{Kind: k, Codec: from})
	if err != nil {
		t.Fatal(err)
	}
	first := element.NewPiece("source", nil, nil)
	ends := enc.AddTo(first, element.Pad{}, "", "s")
	piece := element.NewPiece("to",
		[]element.Input{{Port: string(k), Format: element.Format{Kind: k, Codec: from}, Outside: true}},
		[]element.Output{{Port: string(k)}})
	if err := (convert.Convert{}).Build(piece, element.Conf{"codec": string(to)}); err != nil {
		t.Fatal(err)
	}
	at := element.PortKey{Port: string(k)}
	line := slices.Concat([]string{"-v"}, elementtest.Launch(first), elementtest.Launch(piece), strings.Fields(source), []string{
		ends.First.Part + ".", ends.Last.Part + ".", "!", piece.Entries[at].Part + ".", piece.Exits[at].Part + ".", "!", "fakesink", "name=end",
	})
	out, err := exec.CommandContext(t.Context(), "gst-launch-1.0", line...).CombinedOutput()
	info, _ := to.Info()
	mediaType, _, _ := strings.Cut(info.MediaType, ",")
	if err != nil || !strings.Contains(string(out), "end.GstPad:sink: caps = "+mediaType) {
		t.Errorf("%v\ngst-launch-1.0 %s\n%s", err, strings.Join(line, " "), tail(string(out)))
	}
}

// tail is the end of a long output, where the error is.
func tail(s string) string {
	var keep []string
	for line := range strings.Lines(s) {
		if strings.Contains(line, "ERROR") || strings.Contains(line, "WARN") || strings.Contains(line, "rror") {
			keep = append(keep, line)
		}
	}
	return strings.Join(keep, "")
}
