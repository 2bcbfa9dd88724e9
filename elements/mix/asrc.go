package mix

import (
	"sluice/engine/element"
	"sluice/engine/media"
)

// asrcElement is the factory name of an element that GStreamer lacks and the worker brings (engine/gst/asrc).
const asrcElement = "sluiceasrc"

// Asrc describes the worker's own converter between clocks. Like the G.729 encoder it is told apart from sluice's other elements
// by its name without a dot: in a pipeline it is an element like any of GStreamer's.
type Asrc struct{}

// Spec describes sluiceasrc.
func (Asrc) Spec() element.Spec {
	const form = "audio/x-raw,format=S16LE,layout=interleaved"
	in, out := element.In("sink", media.Audio).Raw().Says("Sound of 16 bit: put audioconvert before."), element.Out("src", media.Audio).Raw()
	in.Caps, out.Caps = form, form
	return element.Spec{
		Name: asrcElement, About: "Makes a sound last as long as its times say, whatever its clock does: an asynchronous rate converter.",
		Domain: element.Gst, Status: element.Beta, Klass: "Filter/Converter/Audio",
		Ports:    []element.Port{in, out.Says("The same, up to 1 % faster or slower; as it was, if it keeps its times.")},
		Examples: []string{asrcElement},
	}
}

// even is what a guest's sound passes first: it gets the mixer's form, and keeps its times. A mixer counts samples, and what a clock gives
// too few or too many of would add up until the mixer leaves a hole or drops some. The nominal rate changes behind it, since
// audioresample counts samples, too, and tears its output when its input is off by 31 ms (1.22.0). What does not keep time has
// nothing but files to mix, which have no clocks.
func (b audio) even(key string) []element.Part {
	if !keepsTime(b.conf) {
		return nil
	}
	return []element.Part{
		{Name: "form-" + key, Factory: "audioconvert"},
		{Name: "asrc-" + key, Factory: asrcElement},
		{Name: "rate-" + key, Factory: "audioresample"},
		{Name: "wide-" + key, Factory: "audioconvert"},
		capsfilter("fit-"+key, b.wide),
	}
}
