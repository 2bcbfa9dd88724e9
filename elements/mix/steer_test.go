package mix_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/elements/mix"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// TestSteer does one action after the other, each on what the one before left.
func TestSteer(t *testing.T) {
	keys := []string{"ann", "bob"}
	video, audio := element.Steered(mix.Video{}), element.Steered(mix.Audio{})
	place := element.Conf{
		"key": "bob", "x": int64(8), "y": int64(0), "width": int64(64), "height": int64(36), "layer": int64(3), "alpha": 0.5, "fill": "crop",
	}
	for name, c := range map[string]struct {
		of    element.Steered
		steps []string
		args  []element.Conf
		want  string
	}{
		"louder by factor and dB": {
			audio, []string{"volume", "volume"}, []element.Conf{{"key": "ann", "volume": 2.0}, {"key": "bob", "db": -20.0}},
			"map[volumes:map[ann:2 bob:0.1]]",
		},
		"muted, and again, and no more": {
			audio, []string{"mute", "mute", "mute", "mute"}, []element.Conf{
				{"key": "ann", "muted": true}, {"key": "ann", "muted": true}, {"key": "bob", "muted": true}, {"key": "ann", "muted": false},
			}, "map[muted:[bob]]",
		},
		"placed": {
			video, []string{"place"}, []element.Conf{place},
			"map[places:map[bob:map[alpha:0.5 fill:crop height:36 layer:3 width:64 x:8 y:0]]]",
		},
		"and given back": {video, []string{"place", "release"}, []element.Conf{place, {"key": "bob"}}, "map[places:map[]]"},
		"hidden":         {video, []string{"hide"}, []element.Conf{{"key": "bob", "hidden": true}}, "map[hidden:[bob]]"},
		"spotlight on":   {video, []string{"spotlight"}, []element.Conf{{"key": "bob"}}, "map[spotlight:bob]"},
		"and off":        {video, []string{"spotlight", "spotlight"}, []element.Conf{{"key": "bob"}, {"key": ""}}, "map[spotlight:]"},
		"called":         {video, []string{"label"}, []element.Conf{{"key": "bob", "text": "Bob & <co>"}}, "map[names:map[bob:Bob & <co>]]"},
		"another layout": {video, []string{"layout"}, []element.Conf{{"layout": "pip"}}, "map[layout:pip]"},
	} {
		t.Run(name, func(t *testing.T) {
			conf := element.Conf{}
			for i, action := range c.steps {
				fields, err := c.of.Steer(action, c.args[i], conf, keys)
				if err != nil {
					t.Fatal(err)
				}
				for k, v := range fields {
					conf[k] = v
				}
			}
			if got := fmt.Sprint(map[string]any(conf)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestForgets takes from one who has left what lay over the picture, and what stood in for it.
func TestForgets(t *testing.T) {
	conf := element.Conf{
		"avatars":    map[string]any{"eve": "eve.png", "ann": "ann.png"},
		"watermarks": map[string]any{"eve": map[string]any{"file": "eve.png"}},
	}
	for action, want := range map[string]string{"avatar": "map[avatars:map[ann:ann.png]]", "watermark": "map[watermarks:map[]]"} {
		if got, err := (mix.Video{}).Steer(action, element.Conf{"key": "eve"}, conf, []string{"ann"}); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v", action, got, err)
		}
	}
}

func TestSteerRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		of     element.Steered
		action string
		args   element.Conf
		code   fault.Code
		want   string
	}{
		"a guest who is not there": {mix.Audio{}, "mute", element.Conf{"key": "eve"}, fault.ResourceNotFound, `there is no guest "eve"`},
		"whom to see":              {mix.Video{}, "spotlight", element.Conf{"key": "eve"}, fault.ResourceNotFound, `there is no guest "eve"`},
		"factor and dB":            {mix.Audio{}, "volume", element.Conf{"key": "ann", "volume": 1.0, "db": 0.0}, fault.InvalidParams, "one of the two"},
		"neither":                  {mix.Audio{}, "volume", element.Conf{"key": "ann"}, fault.InvalidParams, "one of the two"},
		"a name without end":       {mix.Video{}, "label", element.Conf{"key": "ann", "text": strings.Repeat("a", 65)}, fault.InvalidParams, "65 characters"},
		"a layout that is none":    {mix.Video{}, "layout", element.Conf{"layout": "regions: [{x: a}]"}, fault.InvalidParams, `layout:1:15: "a" is no length`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.of.Steer(c.action, c.args, element.Conf{}, []string{"ann"})
			if !errors.Is(err, c.code) || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestManyGuests: what is kept of guests does not grow with those who have left.
func TestManyGuests(t *testing.T) {
	conf := element.Conf{}
	for i := range 1000 {
		key := fmt.Sprint("guest", i)
		for action, args := range map[string]element.Conf{"mute": {"key": key, "muted": true}, "volume": {"key": key, "volume": 0.5}} {
			fields, err := mix.Audio{}.Steer(action, args, conf, []string{key})
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range fields {
				conf[k] = v
			}
		}
	}
	if m, l := len(conf["volumes"].(map[string]any)), len(conf.List("muted")); m > 256 || l > 256 {
		t.Errorf("%d volumes and %d muted are kept", m, l)
	}
}

// TestPlaced looks at where pictures lie once something was done to them.
func TestPlaced(t *testing.T) {
	list := func(keys ...any) []any { return keys }
	for name, c := range map[string]struct {
		conf element.Conf
		want []string
	}{
		"one is out of the layout, the other has it": {
			element.Conf{"places": map[string]any{"bob": map[string]any{"x": int64(-8), "y": int64(4), "width": int64(64), "height": int64(36), "alpha": 0.5, "layer": int64(2)}}},
			[]string{"mark-ann -> mix.sink_%u[ann] xpos=0 ypos=0 width=1280 height=720 ", "mark-bob -> mix.sink_%u[bob] xpos=-8 ypos=4 width=64 height=36 sizing-policy=keep-aspect-ratio zorder=2 alpha=0.5"},
		},
		"hidden": {
			element.Conf{"hidden": list("ann", "nobody")},
			[]string{"mark-ann -> mix.sink_%u[ann] alpha=0 converter", "mark-bob -> mix.sink_%u[bob] xpos=0 ypos=0 width=1280 height=720 "},
		},
		"placed and hidden": {
			element.Conf{"hidden": list("bob"), "places": map[string]any{"bob": map[string]any{"x": int64(8), "y": int64(4), "width": int64(64), "height": int64(36)}}},
			[]string{"mark-bob -> mix.sink_%u[bob] alpha=0 converter"},
		},
		"the spotlight goes before who speaks": {
			element.Conf{"layout": "speaker", "spotlight": "bob", "speaker": "ann"},
			[]string{"mark-bob -> mix.sink_%u[bob] xpos=0 ypos=0 width=960 height=720 "},
		},
		"unless it left": {
			element.Conf{"layout": "speaker", "spotlight": "eve", "speaker": "ann"},
			[]string{"mark-ann -> mix.sink_%u[ann] xpos=0 ypos=0 width=960 height=720 "},
		},
		"labels": {
			element.Conf{"labels": true, "names": map[string]any{"bob": "Bob & <co>"}},
			[]string{
				"label-ann[ann]: textoverlay text=ann ", "label-bob[bob]: textoverlay text=Bob &amp; &lt;co&gt; ",
				"mark-bob -> enlarge-bob[bob]", "least-bob -> label-bob.video_sink[bob]", "label-bob -> mix.sink_%u[bob] xpos=640 ",
			},
		},
		"labels of small pictures, in large letters": {
			element.Conf{"labels": true, "width": int64(400), "height": int64(226)},
			[]string{"label-ann[ann]: textoverlay text=<span font=\"Sans 38\">ann</span> "},
		},
		"and not without end": {
			element.Conf{"labels": true, "width": int64(64), "height": int64(64), "names": map[string]any{"ann": "", "bob": "<"}},
			[]string{"label-ann[ann]: textoverlay text= ", "label-bob[bob]: textoverlay text=<span font=\"Sans 48\">&lt;</span> "},
		},
		"cut": {
			element.Conf{"layout": "regions: [{arrange: row, fill: crop}]"},
			[]string{"crop-ann[ann]: aspectratiocrop aspect-ratio=640/720", "mark-bob -> mix.sink_%u[bob] xpos=640 ypos=0 width=640 height=720 "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := sketch(t, mix.Video{}, in("ann", "bob"), []element.Output{{Port: "out"}}, c.conf)
			for _, line := range c.want {
				if !strings.Contains(got, line) {
					t.Errorf("there is no %q in\n%s", line, got)
				}
			}
		})
	}
}

// TestBuildRefuses: what was written into fields by hand is checked as well.
func TestBuildRefuses(t *testing.T) {
	for want, c := range map[string]struct {
		of   element.Builder
		conf element.Conf
	}{
		`there is no layout "gird"`:                           {mix.Video{}, element.Conf{"layout": "gird"}},
		`names: that of "ann" is no text`:                     {mix.Video{}, element.Conf{"names": map[string]any{"ann": int64(1)}}},
		`names: a character of`:                               {mix.Video{}, element.Conf{"names": map[string]any{"ann": "a\x00b"}}},
		`places: that of "ann" is no map`:                     {mix.Video{}, element.Conf{"places": map[string]any{"ann": "left"}}},
		`places: that of "ann" has no x`:                      {mix.Video{}, element.Conf{"places": map[string]any{"ann": map[string]any{}}}},
		`places: that of "ann" has a wrong x`:                 {mix.Video{}, element.Conf{"places": map[string]any{"ann": map[string]any{"x": int64(9000)}}}},
		`volumes: that of "ann" is 11, not a number from 0`:   {mix.Audio{}, element.Conf{"volumes": map[string]any{"ann": int64(11)}}},
		`volumes: that of "ann" is loud, not a number from 0`: {mix.Audio{}, element.Conf{"volumes": map[string]any{"ann": "loud"}}},
	} {
		err := c.of.Build(element.NewPiece("mix", in("ann"), minus()), c.conf)
		if !errors.Is(err, fault.InvalidParams) || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
