package mix

import (
	"fmt"
	"time"

	"sluice/engine/element"
)

// opusFrame is the length of the packets that nearly all listeners get.
const opusFrame = 20 * time.Millisecond

// mixer waits for late sounds as long as the latency, no longer, and counts jitter within it as no gap: at its 40 ms
// default, jitter becomes gaps (livekit/egress#924). It begins where its first sound does: at its default, a listener who
// joins after an hour would first get an hour of silence, at once (measured). Its ignore-inactive-pads would spare a guest
// without sound the wait, and is not used: a mixer that joins a running pipeline then takes itself for ended (1.22.0,
// measured).
func (b audio) mixer(name string) element.Part {
	late := nanoseconds(b.conf)
	return element.Part{Name: name, Factory: "audiomixer", Props: []element.Prop{
		element.Set("latency", late), element.Set("alignment-threshold", late), element.Set("start-time-selection", "first"),
		element.Set("output-buffer-duration", int64(opusFrame)), // 10 ms at its default: twice the wake-ups for nothing
	}}
}

// alone stands before a tee. When somebody joins, whoever gives sound asks all mixers behind the tee how buffers are to be allocated. The
// question stands in the queue before each, and a mixer that waits for a guest who stalls answers when it has waited: all of the
// asker's sound stood still for as long, and 20 ms of it and more were late (GStreamer 1.22.0).
func alone(name string) element.Part {
	return element.Part{Name: name, Factory: "identity", Props: []element.Prop{element.Set("drop-allocation", true)}}
}

// tee may stand with nothing linked, while the last listener has left and the next has not come.
func tee(name string) element.Part {
	return element.Part{Name: name, Factory: "tee", Props: []element.Prop{element.Set("allow-not-linked", true)}}
}

// soundCaps is what leaves a mixer, in 16 bit: the format of the telephone and Opus codecs. wide is the same as it is added up, in which
// what is louder than loudest is still what it was.
func soundCaps(conf element.Conf) (narrow, wide string) {
	rate, channels := conf.Int("rate"), conf.Int("channels")
	if rate == 0 {
		rate = usualRate
	}
	if channels == 0 {
		channels = 2
	}
	const form = "audio/x-raw,format=%s,rate=%d,channels=%d,layout=interleaved"
	return fmt.Sprintf(form, "S16LE", rate, channels), fmt.Sprintf(form, "F32LE", rate, channels)
}

// exit is what stands behind a mixer. Several who are loud at once are louder than 16 bit can say, and what is cut off there crackles:
// three tones of 0.6 of the loudest had 18 % of their samples at the end of the scale, and have none. What is below half of the loudest
// passes as it is; beyond that it is bent, sample by sample, so nothing is late. Dithering would make noise of silence.
func (b audio) exit(ending string) []element.Part {
	return []element.Part{
		capsfilter("sum"+ending, b.wide),
		{Name: "limit" + ending, Factory: "rglimiter"},
		{Name: "narrow" + ending, Factory: "audioconvert", Props: []element.Prop{element.Set("dithering", "none")}},
		capsfilter("caps"+ending, b.caps),
	}
}
