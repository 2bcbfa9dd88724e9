package codec_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/elements/codec"
	"sluice/engine/media"
	"sluice/engine/value"
)

// TestEncodable: all but VP6 has an encoder, and each encoder's settings exist.
func TestEncodable(t *testing.T) {
	for _, info := range media.Codecs() {
		if codec.Encodable(info.Codec) == (info.Codec == media.VP6) {
			t.Errorf("%s: encodable is %t", info.Codec, codec.Encodable(info.Codec))
		}
		for _, target := range []codec.Target{
			{Kind: info.Kind, Codec: info.Codec},
			{Kind: info.Kind, Codec: info.Codec, Bitrate: 96_000, Quality: 70, Keyframe: time.Second, FPS: value.Ratio{Num: 15, Den: 1}},
		} {
			chain, err := codec.Encoder("", target, nil)
			if (err != nil) != (info.Codec == media.VP6) {
				t.Errorf("%s: %v", info.Codec, err)
			}
			sketch(t, chain)
		}
	}
	if codec.Encodable("") || codec.Encodable("midi") {
		t.Error("what is no codec can be encoded")
	}
	if slices.Contains(codec.AllEncodable(), media.VP6) || len(codec.AllEncodable()) != len(media.Codecs())-1 {
		t.Errorf("listed are %v", codec.AllEncodable())
	}
}

func TestPictures(t *testing.T) {
	const even = "video/x-raw,format=I420,width=(int)[2,8192,2],height=(int)[2,8192,2]"
	const x264 = "enc: x264enc tune=zerolatency speed-preset=veryfast bframes=0 key-int-max=60 bitrate="
	for name, c := range map[string]struct {
		target codec.Target
		want   []string
	}{
		"h264 has I420 before and constrained baseline after it": {codec.Target{Codec: media.H264}, []string{
			x264 + "1935", "head: h264parse config-interval=-1", "scale -> [" + even + "] -> enc",
			"enc -> [video/x-h264,profile=constrained-baseline] -> head",
		}},
		"a size and a rate": {
			codec.Target{Codec: media.H264, Width: 640, Height: 360, FPS: value.Ratio{Num: 25, Den: 1}},
			[]string{
				"rate: videorate skip-to-first=true", "key-int-max=50 bitrate=403",
				"scale -> [video/x-raw,format=I420,width=640,height=360,pixel-aspect-ratio=1/1,framerate=25/1] -> enc",
			},
		},
		"one side keeps the shape": {
			codec.Target{Codec: media.VP8, Width: 320},
			[]string{"[video/x-raw,format=I420,width=320,height=(int)[2,8192,2],pixel-aspect-ratio=1/1]", "target-bitrate=120000"},
		},
		"the other side": {codec.Target{Codec: media.VP8, Height: 720}, []string{"width=(int)[2,8192,2],height=720", "target-bitrate=1935000"}},
		"quality with the bit rate as its ceiling": {
			codec.Target{Codec: media.H264, Quality: 100, Bitrate: 800_000},
			[]string{"bitrate=800 pass=qual quantizer=18"},
		},
		"a group in frames, at the same places in all renditions": {
			codec.Target{Codec: media.H264, Group: 50, Steady: true, Keyframe: time.Second},
			[]string{"key-int-max=50 bitrate=1935 option-string=scenecut=0"},
		},
		"a film is looked ahead into": {
			codec.Target{Codec: media.H264, Film: true, Speed: codec.Slow, Profile: "high"},
			[]string{"enc: x264enc speed-preset=medium bframes=0", "[video/x-h264,profile=high] -> head"},
		},
		"the fastest":        {codec.Target{Codec: media.H264, Speed: codec.Fastest}, []string{"speed-preset=ultrafast"}},
		"vp8, slowly":        {codec.Target{Codec: media.VP8, Speed: codec.Slow}, []string{"cpu-used=1 "}},
		"vp9, fastest":       {codec.Target{Codec: media.VP9, Speed: codec.Fastest}, []string{"cpu-used=9 "}},
		"h265, steadily":     {codec.Target{Codec: media.H265, Steady: true, Film: true}, []string{"enc: x265enc speed-preset=ultrafast", "scenecut=0"}},
		"quality of vp9":     {codec.Target{Codec: media.VP9, Quality: 50}, []string{"end-usage=cq cq-level=32", "row-mt=true"}},
		"quality of h265":    {codec.Target{Codec: media.H265, Quality: 1}, []string{"speed-preset=ultrafast", "qp=45", "profile=main"}},
		"quality of av1":     {codec.Target{Codec: media.AV1, Quality: 100}, []string{"min-quantizer=2 max-quantizer=58"}},
		"quality of mpeg-1":  {codec.Target{Codec: media.MPEG1, Quality: 100}, []string{"quantisation=1"}},
		"quality of jpeg":    {codec.Target{Codec: media.MJPEG, Quality: 90}, []string{"jpegenc quality=90"}},
		"no rate at all":     {codec.Target{Codec: media.MJPEG}, []string{"jpegenc quality=75"}},
		"key frames apart":   {codec.Target{Codec: media.VP8, Keyframe: 500 * time.Millisecond}, []string{"keyframe-max-dist=15"}},
		"never under one":    {codec.Target{Codec: media.VP8, Keyframe: time.Nanosecond}, []string{"keyframe-max-dist=1 "}},
		"newer codecs, less": {codec.Target{Codec: media.AV1, Width: 1280, Height: 720}, []string{"target-bitrate=1290", "head: av1parse"}},
		"a tiny picture":     {codec.Target{Codec: media.VP8, Width: 16, Height: 16}, []string{"target-bitrate=100000"}},
		"mpeg-1 at its nearest rate": {
			codec.Target{Codec: media.MPEG1, FPS: value.Ratio{Num: 15, Den: 1}}, []string{"framerate=24/1", "max-gop-size=15", "videorate"},
		},
		"mpeg-1 without a rate": {codec.Target{Codec: media.MPEG1}, []string{"framerate=30/1"}},
		"screen video in BGR":   {codec.Target{Codec: media.ScreenFlv}, []string{"format=BGR", "avenc_flashsv bitrate=1935000 gop-size=60"}},
		"raw, smaller": {codec.Target{Width: 320, Height: 180}, []string{
			"fit: capsfilter caps=video/x-raw,width=320,height=180,pixel-aspect-ratio=1/1",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.target.Kind = media.Video
			chain, err := codec.Encoder("", c.target, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := sketch(t, chain) + " "
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("there is no %q in\n%s", want, got)
				}
			}
		})
	}
}
