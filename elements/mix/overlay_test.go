package mix_test

import (
	"testing"

	"sluice/elements/mix"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestOverlay(t *testing.T) {
	ins := []element.Input{{Port: "in", Format: element.Format{Kind: media.Video, Caps: "video/x-raw"}}}
	outs := []element.Output{{Port: "out"}}
	for name, c := range map[string]struct {
		conf element.Conf
		want string
	}{
		"nothing": {element.Conf{}, "alpha=0"},
		"a file": {
			element.Conf{"file": "logo.png"}, "offset-x=-16 offset-y=16 overlay-width=0 overlay-height=0 alpha=1 location=logo.png",
		},
		"a place": {
			element.Conf{"file": "logo.JPG", "x": int64(0), "y": int64(-5), "width": int64(64), "height": int64(32), "alpha": 0.0},
			"offset-x=0 offset-y=-5 overlay-width=64 overlay-height=32 alpha=0 location=logo.JPG",
		},
	} {
		want := `in => convert
convert: videoconvert
caps: capsfilter caps=video/x-raw,format=I420
mark: gdkpixbufoverlay ` + c.want + `
convert -> caps
caps -> mark
mark => out video/x-raw`
		if got := sketch(t, mix.Overlay{}, ins, outs, c.conf); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	p := element.NewPiece("mark", ins, outs)
	if err := (mix.Overlay{}).Build(p, element.Conf{"file": "logo.svg"}); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
}
