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

// tee may stand with nothing linked, while the last listener has left and the next has not come.
func tee(name string) element.Part {
	return element.Part{Name: name, Factory: "tee", Props: []element.Prop{element.Set("allow-not-linked", true)}}
}

// soundCaps is what a mixer makes and takes, in 16 bit: the format of the telephone and Opus codecs on either side.
func soundCaps(conf element.Conf) string {
	rate, channels := conf.Int("rate"), conf.Int("channels")
	if rate == 0 {
		rate = usualRate
	}
	if channels == 0 {
		channels = 2
	}
	return fmt.Sprintf("audio/x-raw,format=S16LE,rate=%d,channels=%d,layout=interleaved", rate, channels)
}
