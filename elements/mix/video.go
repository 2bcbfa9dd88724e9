package mix

import (
	"fmt"

	"sluice/engine/element"
	"sluice/engine/value"
)

// Build makes black, a compositor, and caps. Black is what makes the mixer tick while nobody is there: a live compositor
// with no input does not run. It is small and lies below everything, in a corner that is black anyway. A mixer that does not
// keep time ends with its inputs, so it has none.
func (Video) Build(p *element.Piece, conf element.Conf) error {
	fps := rateOf(conf)
	black := fmt.Sprintf("video/x-raw,format=I420,width=16,height=16,framerate=%s", fps)
	whole := fmt.Sprintf("video/x-raw,format=I420,width=%d,height=%d,framerate=%s,pixel-aspect-ratio=1/1",
		side(conf, "width", usualWidth), side(conf, "height", usualHeight), fps)
	from := ""
	if keepsTime(conf) {
		from = p.Chain("", "",
			element.Part{Name: "black", Factory: "videotestsrc", Props: []element.Prop{
				element.Set("pattern", "black"), element.Set("is-live", true),
			}},
			capsfilter("blackcaps", black),
		)
	}
	p.Chain(from, "",
		element.Part{Name: "mix", Factory: "compositor", Props: []element.Prop{
			element.Set("background", "black"), element.Set("latency", nanoseconds(conf)),
		}},
		capsfilter("caps", whole),
	)
	places := boxes(conf.Text("layout"), len(p.Inputs), side(conf, "width", usualWidth), side(conf, "height", usualHeight))
	for n, i := range p.Inputs {
		at := element.PortKey{Port: in, Key: i.Key}
		if _, again := p.Entries[at]; again {
			delete(p.Places, at) // one place for several would have the last hide the others; their author places them
			continue
		}
		p.Enter(in, i.Key, element.Pad{Part: "mix", Name: "sink_%u"})
		p.Places[at] = places[n].props()
	}
	p.Exit(out, "", element.Pad{Part: "caps"}, element.Format{Kind: "video", Caps: whole})
	return nil
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
