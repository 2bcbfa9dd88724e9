package mix

import (
	"slices"

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
	b.tick("", "")
	exit := p.Chain("mix", "", capsfilter("caps", b.caps))
	p.Exit(out, "", element.Pad{Part: exit}, element.Format{Kind: "audio", Caps: b.caps})
	listeners := b.listeners()
	heard := b.entries(listeners)
	for _, key := range listeners {
		b.listener(key, heard)
	}
	return nil
}

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

// tick adds a mixer, for a listener or, with no key, for all, and a live silence that drives it if it keeps time. ending is
// what the parts' names end with.
func (b audio) tick(key, ending string) {
	from := ""
	if keepsTime(b.conf) {
		from = b.Chain("", key,
			element.Part{Name: "silence" + ending, Factory: "audiotestsrc", Props: []element.Prop{
				element.Set("wave", "silence"), element.Set("is-live", true),
			}},
			capsfilter("silencecaps"+ending, b.caps),
		)
	}
	b.Chain(from, key, b.mixer("mix"+ending))
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

// listener adds the parts of one key: the tee for what it says, also if it says nothing yet, and its own mix.
func (b audio) listener(key, heard string) {
	split := b.Chain("", key, tee("split-"+key))
	b.tick(key, "-"+key)
	mixer := "mix-" + key
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
