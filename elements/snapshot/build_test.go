package snapshot_test

import (
	"errors"
	"testing"

	"sluice/elements/snapshot"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

const (
	rate = "known: capssetter caps=video/x-raw,framerate=30/1\nrate: videorate drop-only=true max-rate=1\n"
	end  = "conv: videoconvert\npng: pngenc compression-level=3\n" +
		"result: appsink sync=false async=false emit-signals=false max-buffers=1 drop=true wait-on-eos=false\n"
	joints = "conv -> [video/x-raw,format=RGB] -> png\npng -> result"
)

func TestBuild(t *testing.T) {
	for name, c := range map[string]struct {
		in   element.Format
		conf element.Conf
		want string
	}{
		"vp8": {element.Format{Codec: media.VP8}, element.Conf{},
			"video => dec\ndec: vp8dec\n" + rate + end + "dec -> known\nknown -> rate\nrate -> conv\n" + joints},
		"smaller": {element.Format{Codec: media.VP8}, element.Conf{"width": int64(321)},
			"video => dec\ndec: vp8dec\n" + rate + "scale: videoconvertscale\n" +
				"fit: capsfilter caps=video/x-raw,width=320,height=(int)[2,8192,2],pixel-aspect-ratio=1/1\n" + end +
				"dec -> known\nknown -> rate\nrate -> scale\nscale -> fit\nfit -> conv\n" + joints},
		"jpeg": {element.Format{Caps: "video/x-raw"}, element.Conf{"format": "jpeg"}, "video => known\n" + rate +
			"conv: videoconvert\njpeg: jpegenc quality=85\nresult: appsink sync=false async=false emit-signals=false max-buffers=1 drop=true " +
			"wait-on-eos=false\nknown -> rate\nrate -> conv\nconv -> jpeg\njpeg -> result"},
		"raw": {element.Format{Caps: "video/x-raw"}, element.Conf{}, "video => known\n" + rate + end + "known -> rate\nrate -> conv\n" + joints},
		"unknown": {element.Format{}, element.Conf{},
			"video => dec\ndec: decodebin3\n" + rate + end + "dec.video_%u -> known\nknown -> rate\nrate -> conv\n" + joints},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.Kind = media.Video
			p := element.NewPiece("shot", []element.Input{{Port: "video", Format: c.in, Outside: true}}, nil)
			if err := (snapshot.Out{}).Build(p, c.conf); err != nil {
				t.Fatal(err)
			}
			if got := elementtest.Sketch(p); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			for _, fault := range elementtest.Sound(elementtest.GStreamer(t), p) {
				t.Error(fault)
			}
		})
	}
}

func TestNothingToShow(t *testing.T) {
	if err := (snapshot.Out{}).Build(element.NewPiece("shot", nil, nil), nil); err != nil {
		t.Error(err)
	}
	in := []element.Input{{Port: "video", Format: element.Format{Kind: media.Video, Codec: "film"}}}
	if err := (snapshot.Out{}).Build(element.NewPiece("shot", in, nil), nil); !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("film: %v", err)
	}
}
