package convert_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sluice/elements/codec"
	"sluice/elements/convert"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
	"sluice/engine/value"
)

// everyPair makes TestChainsPlay try every codec with every other, which takes minutes, instead of each once.
const everyPair = "SLUICE_EVERY_PAIR"

// TestChainsPlay has gst-launch play what the builder makes, from a source that the table encodes: each codec is decoded
// and each is encoded at least once. It needs GStreamer's tools, and is left out where they are missing or tests are short.
func TestChainsPlay(t *testing.T) {
	if testing.Short() {
		t.Skip("needs time")
	}
	program.Need(t, "gst-launch-1.0")
	for _, kind := range []media.Kind{media.Audio, media.Video} {
		for _, pair := range pairs(kind) {
			t.Run(string(pair[0])+" to "+string(pair[1]), func(t *testing.T) {
				t.Parallel()
				play(t, coded(pair[0]), pair[0], element.Conf{"codec": string(pair[1])}, pair[1])
			})
		}
	}
}

// TestSettingsPlay has gst-launch play conversions that change more than the codec, or do not know what comes in.
func TestSettingsPlay(t *testing.T) {
	if testing.Short() {
		t.Skip("needs time")
	}
	program.Need(t, "gst-launch-1.0")
	fifteen := value.Ratio{Num: 15, Den: 1}
	for name, c := range map[string]struct {
		in   element.Format // as the builder is told
		from media.Codec
		conf element.Conf
		to   media.Codec
	}{
		"size, rate, quality": {
			coded(media.VP8), media.VP8, element.Conf{"codec": "h264", "width": int64(161), "fps": fifteen, "quality": int64(60)}, media.H264,
		},
		"both sides":         {coded(media.H264), media.H264, element.Conf{"width": int64(160), "height": int64(120)}, media.H264},
		"quality of vp8":     {coded(media.H264), media.H264, element.Conf{"codec": "vp8", "quality": int64(80)}, media.VP8},
		"quality of vp9":     {coded(media.H264), media.H264, element.Conf{"codec": "vp9", "quality": int64(80)}, media.VP9},
		"quality of av1":     {coded(media.H264), media.H264, element.Conf{"codec": "av1", "quality": int64(80)}, media.AV1},
		"quality of h265":    {coded(media.H264), media.H264, element.Conf{"codec": "h265", "quality": int64(80)}, media.H265},
		"mpeg-1 at 15":       {coded(media.H264), media.H264, element.Conf{"codec": "mpeg1video", "fps": fifteen}, media.MPEG1},
		"opus, mono, 16 kHz": {coded(media.Opus), media.Opus, element.Conf{"rate": int64(16000), "channels": int64(1)}, media.Opus},
		"aac, mono": {
			coded(media.Opus), media.Opus, element.Conf{"codec": "aac", "channels": int64(1), "bitrate": value.Bits(32_000)}, media.AAC,
		},
		"mp2, little":      {coded(media.AAC), media.AAC, element.Conf{"codec": "mp2", "bitrate": value.Bits(64_000)}, media.MP2},
		"unknown pictures": {element.Format{Kind: media.Video}, media.H264, element.Conf{"codec": "vp8"}, media.VP8},
		"unknown sound":    {element.Format{Kind: media.Audio}, media.AAC, element.Conf{"codec": "opus"}, media.Opus},
		"B-frames":         {reordered(media.H264), media.H264, element.Conf{"codec": "h264"}, media.H264},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, c.in, c.from, c.conf, c.to)
		})
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

// play feeds a conversion with a codec, which it is told of as in, and wants another codec to come out.
func play(t *testing.T, in element.Format, from media.Codec, conf element.Conf, to media.Codec) {
	t.Helper()
	k := in.Kind
	source := "audiotestsrc num-buffers=40 ! audio/x-raw,rate=48000,channels=2 ! "
	if k == media.Video {
		source = "videotestsrc num-buffers=12 ! video/x-raw,format=Y444_10LE,width=322,height=178,framerate=25/1 ! "
	}
	enc, err := codec.Encoder("", codec.Target{Kind: k, Codec: from}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := element.NewPiece("source", nil, nil)
	ends := enc.AddTo(first, element.Pad{}, "", "s")
	piece := element.NewPiece("to",
		[]element.Input{{Port: string(k), Format: in, Outside: true}},
		[]element.Output{{Port: string(k)}})
	if err := (convert.Convert{}).Build(piece, conf); err != nil {
		t.Fatal(err)
	}
	at := element.PortKey{Port: string(k)}
	line := slices.Concat([]string{"-v"}, elementtest.Launch(first), elementtest.Launch(piece), strings.Fields(source), []string{
		ends.First.Part + ".", ends.Last.Part + ".", "!", piece.Entries[at].Part + ".", piece.Exits[at].Part + ".", "!", "fakesink", "name=end",
	})
	out, err := program.Try(t, "gst-launch-1.0", line...)
	info, _ := to.Info()
	mediaType, _, _ := strings.Cut(info.MediaType, ",")
	if err != nil || !strings.Contains(out, "end.GstPad:sink: caps = "+mediaType) {
		t.Errorf("%v\ngst-launch-1.0 %s\n%s", err, strings.Join(line, " "), tail(out))
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
