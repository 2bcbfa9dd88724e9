package mix

import (
	"fmt"
	"slices"
	"time"

	"sluice/engine/element"
)

// Build makes silence, a mixer and caps for what all hear, and the same once more for every listener who is to hear all but
// itself:
//
//	                 silence ─▶ mix ─▶ out
//	in[k] ─▶ split-k ──────────▶ ┘
//	         split-j (all j but k) ─▶ mix-k ─▶ minus[k]
//	                     silence-k ─▶ ┘
//
// Sounds that belong to no listener are heard by all: they are added up first, in rest, and split from there.
// Silence makes a mixer tick while nobody speaks; each has its own, so that one listener's failure silences only it.
// Joins and leaves touch nothing but the parts and joints of their key.
func (Audio) Build(p *element.Piece, conf element.Conf) error {
	b := audio{Piece: p, conf: conf, caps: soundCaps(conf)}
	b.tick("silence", "mix", "")
	exit := p.Chain("mix", "", capsfilter("caps", b.caps))
	p.Exit(out, "", element.Pad{Part: exit}, element.Format{Kind: "audio", Caps: b.caps})
	listeners := b.listeners()
	heard := b.entries(listeners)
	for _, key := range listeners {
		b.listener(key, heard)
	}
	return nil
}

// opusFrame is the length of the packets that nearly all listeners get.
const opusFrame = 20 * time.Millisecond

// audio is a piece under construction.
type audio struct {
	*element.Piece
	conf element.Conf
	caps string
}

// listeners are the keys whose minus port is linked, in the order given.
func (b audio) listeners() []string {
	var out []string
	for _, o := range b.Outputs {
		if o.Port == minus && !slices.Contains(out, o.Key) {
			out = append(out, o.Key)
		}
	}
	return out
}

// tick adds a live silence, and a mixer that it drives.
func (b audio) tick(silence, mixer, key string) {
	b.Chain("", key,
		element.Part{Name: silence, Factory: "audiotestsrc", Props: []element.Prop{
			element.Set("wave", "silence"), element.Set("is-live", true),
		}},
		capsfilter(silence+"caps", b.caps),
		b.mixer(mixer),
	)
}

// mixer sets alignment-threshold to the latency: at its 40 ms default, jitter becomes gaps (livekit/egress#924).
func (b audio) mixer(name string) element.Part {
	late := nanoseconds(b.conf)
	return element.Part{Name: name, Factory: "audiomixer", Props: []element.Prop{
		element.Set("latency", late), element.Set("alignment-threshold", late), element.Set("ignore-inactive-pads", true),
		element.Set("output-buffer-duration", int64(opusFrame)), // 10 ms at its default: twice the wake-ups for nothing
	}}
}

// entries says where sounds come in, and gives the trunk's tee of those that belong to no listener; "" if there are none.
// Without listeners everything goes straight to the mixer.
func (b audio) entries(listeners []string) string {
	mixer := element.Pad{Part: "mix", Name: "sink_%u"}
	heard := ""
	for _, i := range b.Inputs {
		switch _, again := b.Entries[element.PortKey{Port: in, Key: i.Key}]; {
		case again: // another sound of one key joins the first
		case len(listeners) == 0:
			b.Enter(in, i.Key, mixer)
		case slices.Contains(listeners, i.Key):
			b.Enter(in, i.Key, element.Pad{Part: "split-" + i.Key})
		default:
			if heard == "" {
				heard = b.Chain("", "", b.mixer("rest"), tee("restsplit"))
				b.Joints = append(b.Joints, element.Joint{From: element.Pad{Part: heard}, To: mixer})
			}
			b.Enter(in, i.Key, element.Pad{Part: "rest", Name: "sink_%u"})
		}
	}
	return heard
}

// tee may stand with nothing linked, while the last listener has left and the next has not come.
func tee(name string) element.Part {
	return element.Part{Name: name, Factory: "tee", Props: []element.Prop{element.Set("allow-not-linked", true)}}
}

// listener adds the parts of one key: the tee for what it says, also if it says nothing yet, and its own mix.
func (b audio) listener(key, heard string) {
	mixer := "mix-" + key
	split := b.Chain("", key, tee("split-"+key))
	b.tick("silence-"+key, mixer, key)
	exit := b.Chain(mixer, key, capsfilter("caps-"+key, b.caps))
	b.Exit(minus, key, element.Pad{Part: exit}, element.Format{Kind: "audio", Caps: b.caps})
	to := element.Pad{Part: mixer, Name: "sink_%u"}
	b.Joints = append(b.Joints,
		element.Joint{From: element.Pad{Part: split}, To: element.Pad{Part: "mix", Name: "sink_%u"}, Key: key},
		element.Joint{From: element.Pad{Part: split}, To: to, Key: key, EachOther: true})
	if heard != "" {
		b.Joints = append(b.Joints, element.Joint{From: element.Pad{Part: heard}, To: to, Key: key})
	}
}

func soundCaps(conf element.Conf) string {
	rate, channels := conf.Int("rate"), conf.Int("channels")
	if rate == 0 {
		rate = usualRate
	}
	if channels == 0 {
		channels = 2
	}
	// 16 bit, the format of the telephone and Opus codecs on either side.
	return fmt.Sprintf("audio/x-raw,format=S16LE,rate=%d,channels=%d,layout=interleaved", rate, channels)
}
