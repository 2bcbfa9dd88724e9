package mix

import (
	"fmt"
	"slices"

	"sluice/elements/mix/layout"
	"sluice/engine/element"
	"sluice/engine/value"
)

// Build makes black, a compositor, a watermark, and caps. Black is what makes the mixer tick while nobody is there: a live
// compositor with no input does not run. It is small, and see-through, so that nothing is drawn of it. A mixer that does not keep
// time ends with its inputs, so it has none. Each guest's picture passes what cuts its edges off where the layout says so, and what
// lays its watermark over it. It keeps its own size up to the compositor, which scales it once, to its place.
func (Video) Build(p *element.Piece, conf element.Conf) error {
	v := video{Piece: p, conf: conf, width: side(conf, "width", usualWidth), height: side(conf, "height", usualHeight)}
	whole := fmt.Sprintf("video/x-raw,format=I420,width=%d,height=%d,framerate=%s,pixel-aspect-ratio=1/1", v.width, v.height, rateOf(conf))
	if err := v.read(); err != nil {
		return err
	}
	p.Chain("", "",
		element.Part{Name: "mix", Factory: "compositor", Props: []element.Prop{
			element.Set("background", "black"), element.Set("latency", nanoseconds(conf)),
		}},
		mark("mark", "", conf.Text("watermark"), v.spot),
		capsfilter("caps", whole),
	)
	if keepsTime(conf) {
		last := p.Chain("", "",
			element.Part{Name: "black", Factory: "videotestsrc", Props: []element.Prop{
				element.Set("pattern", "black"), element.Set("is-live", true),
			}},
			capsfilter("blackcaps", fmt.Sprintf("video/x-raw,format=I420,width=16,height=16,framerate=%s", rateOf(conf))),
		)
		v.show(last, "", []element.Prop{element.Set("alpha", 0.0)}, element.Joint{})
	}
	v.background()
	v.guests()
	p.Exit(out, "", element.Pad{Part: "caps"}, element.Format{Kind: "video", Caps: whole})
	return nil
}

// video is a piece under construction.
type video struct {
	*element.Piece
	conf          element.Conf
	width, height int64

	keys   []string // of all guests, also those without a picture
	places []place  // of each of them
	names  map[string]string
	faces  map[string]string // files of avatars; that of all others under ""
	spot   element.Conf      // where the watermark of the whole lies
	spots  map[string]element.Conf
}

// read checks what is in the fields.
func (v *video) read() (err error) {
	for _, i := range v.Inputs {
		if !slices.Contains(v.keys, i.Key) {
			v.keys = append(v.keys, i.Key)
		}
	}
	for _, key := range v.Absent {
		if !slices.Contains(v.keys, key) {
			v.keys = append(v.keys, key)
		}
	}
	if v.names, err = labels(v.conf); err != nil {
		return err
	}
	if v.faces, err = faces(v.conf); err != nil {
		return err
	}
	if v.spot, v.spots, err = spots(v.conf); err != nil {
		return err
	}
	if err = backgrounds(v.conf); err != nil {
		return err
	}
	v.places, err = lay(v.conf, v.keys, func(key string) bool { return v.pictured(key) || v.face(key) != "" })
	return err
}

// pictured tells whether somebody's picture is shown, if it has a place.
func (v *video) pictured(key string) bool {
	return !slices.Contains(v.Absent, key) && !slices.Contains(v.conf.List("still"), any(key))
}

// show joins what a part gives to the compositor, as something that stands in for another if as says so.
func (v *video) show(part, key string, props []element.Prop, as element.Joint) {
	as.From, as.To, as.Key, as.Props = element.Pad{Part: part}, element.Pad{Part: "mix", Name: "sink_%u"}, key, props
	v.Joints = append(v.Joints, as)
}

// guests lets every picture in, where the layout has it.
func (v *video) guests() {
	for i, key := range v.keys {
		if slices.Contains(v.Absent, key) {
			v.avatar(key, v.places[i], element.Joint{})
			continue
		}
		if key == "" {
			v.Enter(in, "", element.Pad{Part: "mix", Name: "sink_%u"})
			if v.alone() {
				v.Places[element.PortKey{Port: in}] = v.props(v.places[i])
			}
			continue
		}
		v.guest(key, v.places[i])
	}
}

// alone tells whether there is one picture without a key. One place for several would have the last hide the others: their author
// places them.
func (v *video) alone() bool {
	n := 0
	for _, i := range v.Inputs {
		if i.Key == "" {
			n++
		}
	}
	return n == 1
}

// guest lets one guest's picture in. In its place is its avatar while it is not to be seen.
func (v *video) guest(key string, at place) {
	file := v.spots[key].Text("file")
	last := v.Chain("", key,
		element.Part{Name: "scale-" + key, Factory: "videoconvertscale"},
		capsfilter("size-"+key, v.size(file != "")),
		element.Part{Name: "crop-" + key, Factory: "aspectratiocrop", Props: []element.Prop{element.Set("aspect-ratio", at.ratio())}},
		mark("mark-"+key, key, file, v.spots[key]),
	)
	v.Enter(in, key, element.Pad{Part: "scale-" + key})
	if !v.pictured(key) || slices.Contains(v.conf.List("hidden"), any(key)) {
		v.Unseen[element.PortKey{Port: in, Key: key}] = true
	}
	if v.conf.Bool("labels") {
		enlarge := element.Part{Name: "enlarge-" + key, Factory: "videoconvertscale"}
		last = v.Chain(last, key, enlarge, capsfilter("least-"+key, least(file != "")))
		written := v.Chain("", key, label(key, sized(v.text(key), at)))
		v.Joints = append(v.Joints, element.Joint{
			From: element.Pad{Part: last}, To: element.Pad{Part: written, Name: "video_sink"}, Key: key,
		})
		last = written
	}
	picture, still := at, element.Joint{Instead: last, After: span(v.conf, "hold", usualHold)}
	if !v.pictured(key) {
		picture.Shown, still = false, element.Joint{}
	}
	v.show(last, key, v.props(picture), element.Joint{})
	v.avatar(key, at, still)
}

// size is how large a guest's picture is before it comes to its place: as it was sent, but not larger than what queues can hold a few
// of, with square pixels, since what is drawn into it has them. A watermark is given in pixels, so what it lies on must not change
// its size with the guest's bandwidth: it is as high as the whole.
func (v *video) size(marked bool) string {
	most := max(1920, v.width, v.height)
	height := fmt.Sprintf("[2,%d]", most)
	if marked {
		height = fmt.Sprint(v.height)
	}
	return fmt.Sprintf("video/x-raw,format=I420,width=[2,%d],height=%s,pixel-aspect-ratio=1/1", most, height)
}

// least is how wide a picture is at least before something is written on it, which needs some points to be read, also in what is left of a
// small picture. The one with a watermark is large enough, and what is wanted here reaches the scaler before it, which has no choice of
// the height then: it would distort the picture.
func least(marked bool) string {
	const square = "video/x-raw,height=[2,8192],pixel-aspect-ratio=1/1"
	if marked {
		return square + ",width=[2,8192]"
	}
	return fmt.Sprintf("%s,width=[%d,8192]", square, labelBasis/2)
}

// ratio is that of the sides of what is shown; 0/1 is that of the picture.
func (p place) ratio() value.Ratio {
	if p.Shown && p.Fill == layout.Crop {
		return value.Ratio{Num: p.Width, Den: p.Height}
	}
	return value.Ratio{Num: 0, Den: 1}
}

// bilinear is how the compositor scales. It would do so by cubic splines, which take twice as long for nothing that is to be seen in
// pictures that move (1.22.0).
const bilinear = "GstVideoConverter, GstVideoConverter.resampler-method=(GstVideoResamplerMethod)linear"

// props are a place as a compositor's pad has it. One who is not shown is see-through, which the compositor does not even scale,
// and stays where it is: so it disappears on the spot.
func (v *video) props(p place) []element.Prop {
	slowly := func(name string, at any) element.Prop {
		return element.Set(name, at).During(span(v.conf, "transition", usualTransition))
	}
	if !p.Shown {
		return v.lasting(slowly("alpha", 0.0), element.Set("converter-config", bilinear))
	}
	return v.lasting(
		slowly("xpos", p.X), slowly("ypos", p.Y), slowly("width", p.Width), slowly("height", p.Height),
		element.Set("sizing-policy", "keep-aspect-ratio"), element.Set("zorder", p.Layer), slowly("alpha", p.alpha),
		element.Set("converter-config", bilinear),
	)
}

// lasting adds how long a last picture is shown: a while, if no other comes though it could; until it is taken out, if it has come
// to its end, which in a mixer that does not keep time is at once.
func (v *video) lasting(props ...element.Prop) []element.Prop {
	if !keepsTime(v.conf) {
		return props
	}
	return append(props,
		element.Set("max-last-buffer-repeat", int64(span(v.conf, "hold", usualHold))), element.Set("repeat-after-eos", true))
}

// side is a side of the picture, even, because 4:2:0 has half as many colours as points each way.
func side(conf element.Conf, field string, usual int64) int64 {
	if n := conf.Int(field) &^ 1; n > 0 {
		return n
	}
	return usual
}

func rateOf(conf element.Conf) value.Ratio {
	if r, ok := conf["fps"].(value.Ratio); ok && r.Num > 0 {
		return r
	}
	return value.Ratio{Num: usualFPS, Den: 1}
}

func capsfilter(name, caps string) element.Part {
	return element.Part{Name: name, Factory: "capsfilter", Props: []element.Prop{element.Set("caps", caps)}}
}

// nanoseconds is the latency as GStreamer's mixers count it.
func nanoseconds(conf element.Conf) int64 {
	if !conf.Has("latency") {
		return int64(usualLatency)
	}
	return int64(conf.Duration("latency"))
}
