package mix_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/elements/mix"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// hash is what names what does not move after what it is made of.
var hash = regexp.MustCompile(`-[0-9a-f]{8}`)

// TestDress looks at what is laid over, below and in place of pictures.
func TestDress(t *testing.T) {
	const all = "sizing-policy=keep-aspect-ratio zorder=1 alpha=1 " + linear + " max-last-buffer-repeat=5000000000 repeat-after-eos=true"
	for name, c := range map[string]struct {
		conf  element.Conf
		want  []string
		never string
	}{
		"nothing": {element.Conf{}, []string{"mark: gdkpixbufoverlay alpha=0\n", "mark-ann[ann]: gdkpixbufoverlay alpha=0\n"}, "imagefreeze"},
		"over the whole": {
			element.Conf{"watermark": "media/a.PNG", "watermark_at": map[string]any{"x": int64(4), "alpha": 0.5}},
			[]string{"mark: gdkpixbufoverlay offset-x=4 offset-y=16 overlay-width=0 overlay-height=0 alpha=0.5 location=media/a.PNG\n"}, "imagefreeze",
		},
		"over one": {
			element.Conf{"watermarks": map[string]any{"bob": map[string]any{"file": "b.jpeg", "width": int64(8), "height": int64(8)}}},
			[]string{"mark-bob[bob]: gdkpixbufoverlay offset-x=-16 offset-y=16 overlay-width=8 overlay-height=8 alpha=1 location=b.jpeg\n", "mark-ann[ann]: gdkpixbufoverlay alpha=0\n"}, "imagefreeze",
		},
		"a picture below": {
			element.Conf{"background": "a.jpg"},
			[]string{
				"back-file: filesrc location=a.jpg\n", "back-dec: gdkpixbufdec\n", "back-crop: aspectratiocrop aspect-ratio=1280/720\n",
				"back-rate -> mix.sink_%u xpos=0 ypos=0 width=1280 height=720 sizing-policy=keep-aspect-ratio zorder=0 ",
			}, "face",
		},
		"a colour below": {
			element.Conf{"colour": "#203040"},
			[]string{"back-fill: videotestsrc pattern=solid-color foreground-color=4280299584 num-buffers=1\n", "back-rate -> mix.sink_%u xpos=0"}, "filesrc",
		},
		"one avatar, for when nothing comes": {
			element.Conf{"avatars": map[string]any{"bob": "b.png"}, "labels": true},
			[]string{
				"face-bob-dec[bob]: pngdec\n", "face-bob-caps[bob]: capsfilter caps=video/x-raw,format=I420,width=640,height=360,",
				"face-bob-label[bob]: textoverlay text=bob ", "face-bob-rate -> mix.sink_%u[bob] xpos=640 ypos=0 width=640 height=720 " + all,
				"label-bob -> mix.sink_%u[bob] xpos=640 ypos=0 width=640 height=720 " + all,
			}, "face-ann",
		},
		"the avatar of all, in place of one": {
			element.Conf{"avatar": "all.png", "still": []any{"bob"}},
			[]string{
				"face-ann-dec[ann]: pngdec\n", "mark-bob -> mix.sink_%u[bob] alpha=0 converter",
				"face-bob-rate -> mix.sink_%u[bob] xpos=640 ypos=0 width=640 height=720 " + all,
			}, "back-",
		},
		"nothing to be seen of one": {
			element.Conf{"still": []any{"bob"}},
			[]string{"mark-ann -> mix.sink_%u[ann] xpos=0 ypos=0 width=1280 height=720 ", "mark-bob -> mix.sink_%u[bob] alpha=0 converter"}, "face",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := hash.ReplaceAllString(sketch(t, mix.Video{}, in("ann", "bob"), []element.Output{{Port: "out"}}, c.conf), "")
			for _, line := range c.want {
				if !strings.Contains(got, line) {
					t.Errorf("there is no %q in\n%s", line, got)
				}
			}
			if strings.Contains(got, c.never) {
				t.Errorf("there is %q in\n%s", c.never, got)
			}
		})
	}
}

// TestAbsent: who has nothing to bring has a place for an avatar, and none without one.
func TestAbsent(t *testing.T) {
	build := func(conf element.Conf) string {
		p := element.NewPiece("mix", in("ann"), []element.Output{{Port: "out"}})
		p.Absent = []string{"cid"}
		if err := (mix.Video{}).Build(p, conf); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, j := range p.Joints {
			if j.Key == "" || j.To.Part != "mix" {
				continue
			}
			text := j.Key
			for _, prop := range j.Props[:min(4, len(j.Props))] {
				text += fmt.Sprint(" ", prop.Name, "=", prop.Value)
			}
			out = append(out, text)
		}
		return strings.Join(out, "; ")
	}
	const alone = "ann xpos=0 ypos=0 width=1280 height=720"
	if got := build(element.Conf{}); got != alone {
		t.Errorf("without an avatar: %s", got)
	}
	const two = "ann xpos=0 ypos=0 width=640 height=720; cid xpos=640 ypos=0 width=640 height=720"
	if got := build(element.Conf{"avatars": map[string]any{"cid": "c.png"}}); got != two {
		t.Errorf("with one: %s", got)
	}
}

// TestInTime: what changes in a while says so, and what stands in for a picture says for which, and after how long.
func TestInTime(t *testing.T) {
	p := element.NewPiece("mix", in("ann"), []element.Output{{Port: "out"}})
	conf := element.Conf{"transition": time.Second, "hold": 2 * time.Second, "avatar": "a.png"}
	if err := (mix.Video{}).Build(p, conf); err != nil {
		t.Fatal(err)
	}
	for _, j := range p.Joints {
		still := strings.HasPrefix(j.From.Part, "face-")
		if j.To.Part == "mix" && j.Key == "ann" && still != (j.Instead == "mark-ann" && j.After == 2*time.Second) {
			t.Errorf("%s stands in for %q after %v", j.From.Part, j.Instead, j.After)
		}
		for _, prop := range j.Props {
			slow := j.Key == "ann" && strings.Contains("xpos ypos width height alpha", prop.Name)
			if slow != (prop.Over == time.Second) {
				t.Errorf("%s of %s takes %v", prop.Name, j.From.Part, prop.Over)
			}
		}
	}
	for _, part := range p.Parts {
		if apart := strings.HasPrefix(part.Name, "face-"); apart != (part.Apart != "") {
			t.Errorf("%s is apart: %q", part.Name, part.Apart)
		}
	}
	sound := element.NewPiece("mix", in("ann"), minus())
	if err := (mix.Audio{}).Build(sound, element.Conf{"ramp": 80 * time.Millisecond, "muted": []any{"ann"}}); err != nil {
		t.Fatal(err)
	}
	for _, part := range sound.Parts {
		if part.Factory == "volume" && (part.Props[0].Over != 80*time.Millisecond || part.Props[0].Value != 0.0) {
			t.Errorf("%+v", part.Props)
		}
	}
}

// TestDressSteers does one action after the other, each on what the one before left.
func TestDressSteers(t *testing.T) {
	at := element.Conf{"x": int64(1), "y": int64(2), "width": int64(0), "height": int64(0), "alpha": 1.0}
	lay := func(key, file string) element.Conf {
		c := element.Conf{"key": key, "file": file}
		for k, v := range at {
			c[k] = v
		}
		return c
	}
	for name, c := range map[string]struct {
		steps []string
		args  []element.Conf
		want  string
	}{
		"over the whole": {
			[]string{"watermark"},
			[]element.Conf{lay("", "a.png")}, "map[watermark:a.png watermark_at:map[alpha:1 height:0 width:0 x:1 y:2]]",
		},
		"over one, and no more": {[]string{"watermark", "watermark"}, []element.Conf{lay("bob", "a.png"), lay("bob", "")}, "map[watermarks:map[]]"},
		"a colour for a file": {
			[]string{"background", "background"},
			[]element.Conf{{"file": "a.jpg"}, {"colour": "#010203"}}, "map[background: colour:#010203]",
		},
		"avatars": {
			[]string{"avatar", "avatar", "avatar"},
			[]element.Conf{{"file": "a.jpg"}, {"key": "bob", "file": "b.jpg"}, {"key": "ann", "file": "c.png"}}, "map[avatar:a.jpg avatars:map[ann:c.png bob:b.jpg]]",
		},
		"no avatar": {[]string{"avatar", "avatar"}, []element.Conf{{"key": "bob", "file": "b.jpg"}, {"key": "bob"}}, "map[avatars:map[]]"},
		"off, and on": {
			[]string{"video", "video", "video"},
			[]element.Conf{{"key": "bob", "enabled": false}, {"key": "ann", "enabled": false}, {"key": "bob", "enabled": true}}, "map[still:[ann]]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			conf := element.Conf{}
			for i, action := range c.steps {
				fields, err := mix.Video{}.Steer(action, c.args[i], conf, []string{"ann", "bob"})
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

func TestDressRefuses(t *testing.T) {
	for want, conf := range map[string]element.Conf{
		`background: "a.gif" is no name of a PNG or JPEG file`: {"background": "a.gif"},
		`watermark: "a" is no name of a PNG or JPEG file`:      {"watermark": "a"},
		`avatar: "a.svg" is no name`:                           {"avatar": "a.svg"},
		`"#12345" is no colour`:                                {"colour": "#12345"},
		`"#12345g" is no colour`:                               {"colour": "#12345g"},
		`avatars: that of "ann" is no name of a file`:          {"avatars": map[string]any{"ann": int64(3)}},
		`watermarks: that of "ann" is no map`:                  {"watermarks": map[string]any{"ann": "a.png"}},
		`watermarks: that of "ann" has no file`:                {"watermarks": map[string]any{"ann": map[string]any{"x": int64(1)}}},
		`watermarks: that of "ann": "b" is no name`:            {"watermarks": map[string]any{"ann": map[string]any{"file": "b"}}},
		`watermark_at has a wrong alpha`:                       {"watermark_at": map[string]any{"alpha": 2.0}},
		`watermark_at has "z", which is none of its parts`:     {"watermark_at": map[string]any{"z": int64(1)}},
		`a mixer with live=false has no background`:            {"live": false, "colour": "#000000"},
	} {
		err := mix.Video{}.Build(element.NewPiece("mix", in("ann"), minus()), conf)
		if !errors.Is(err, fault.InvalidParams) || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	both := element.Conf{"file": "a.png", "colour": "#000000"}
	if _, err := (mix.Video{}).Steer("background", both, element.Conf{}, nil); !errors.Is(err, fault.InvalidParams) {
		t.Errorf("a file and a colour: %v", err)
	}
	for _, action := range []string{"watermark", "avatar", "video"} {
		if _, err := (mix.Video{}).Steer(action, element.Conf{"key": "eve", "file": "a.png"}, element.Conf{}, []string{"ann"}); !errors.Is(err, fault.ResourceNotFound) {
			t.Errorf("%s of somebody who is not there: %v", action, err)
		}
	}
}

// What of a guest's picture is not shown, by what somebody said of it, need not be decoded. Who has no place in the layout now may have one
// as soon as he speaks.
func TestUnseen(t *testing.T) {
	for name, c := range map[string]struct {
		conf element.Conf
		want []string
	}{
		"all are seen":       {element.Conf{}, nil},
		"hidden":             {element.Conf{"hidden": []any{"bob", "eve"}}, []string{"bob"}},
		"off":                {element.Conf{"still": []any{"ann"}}, []string{"ann"}},
		"off, with a face":   {element.Conf{"still": []any{"ann"}, "avatar": "a.png"}, []string{"ann"}},
		"both":               {element.Conf{"still": []any{"ann"}, "hidden": []any{"ann", "bob"}}, []string{"ann", "bob"}},
		"no room for others": {element.Conf{"layout": "regions: [{take: speaker}]"}, nil},
	} {
		p := element.NewPiece("mix", in("ann", "bob"), []element.Output{{Port: "out"}})
		if err := (mix.Video{}).Build(p, c.conf); err != nil {
			t.Fatal(err)
		}
		var got []string
		for at := range p.Unseen {
			got = append(got, at.Key)
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
