package mix

import (
	"slices"

	"sluice/engine/element"
)

// Build makes silence, a mixer and caps for what all hear, and the same once more for every listener who is to hear all but
// itself:
//
//	                           silence ─▶ mix ─▶ limit ─▶ out
//	in[k] ─▶ asrc-k ─▶ gain-k ─▶ level-k ─▶ split-k ─▶ ┘
//	                                          split-j (all j but k) ─▶ mix-k ─▶ limit-k ─▶ minus[k]
//	                               silence-k ─▶ ┘
//
// Sounds that belong to no listener are heard by all: they are added up first, in rest, and split from there.
// Silence makes a mixer tick while nobody speaks; each has its own, so that one listener's failure silences only it.
// Joins and leaves touch nothing but the parts and joints of their key.
func (Audio) Build(p *element.Piece, conf element.Conf) error {
	b := audio{Piece: p, conf: conf, muted: map[string]bool{}}
	b.caps, b.wide = soundCaps(conf)
	var err error
	if b.volumes, err = volumes(conf); err != nil {
		return err
	}
	for _, key := range conf.List("muted") {
		if k, ok := key.(string); ok {
			b.muted[k] = true
		}
	}
	b.tick("", "")
	exit := p.Chain("mix", "", b.exit("")...)
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
	conf    element.Conf
	caps    string // of what comes out
	wide    string // of what is added up
	volumes map[string]float64
	muted   map[string]bool
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
			capsfilter("silencecaps"+ending, b.wide),
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
			b.enter(i.Key, mixer)
		case slices.Contains(listeners, i.Key):
			b.enter(i.Key, element.Pad{Part: "alone-" + i.Key})
		default:
			if heard == "" {
				heard = b.Chain("", "", b.mixer("rest"), capsfilter("restsum", b.wide), alone("restalone"), tee("restsplit"))
				b.Joints = append(b.Joints, element.Joint{From: element.Pad{Part: heard}, To: mixer})
			}
			b.enter(i.Key, element.Pad{Part: "rest", Name: "sink_%u"})
		}
	}
	return heard
}

// enter leads what comes in to a pad: that of a guest by its volume.
func (b audio) enter(key string, to element.Pad) {
	if key == "" {
		b.Enter(in, "", to)
		return
	}
	b.Joints = append(b.Joints, element.Joint{From: element.Pad{Part: b.gain(key)}, To: to, Key: key})
}

// listener adds the parts of one key: the tee for what it says, also if it says nothing yet, and its own mix.
func (b audio) listener(key, heard string) {
	split := b.Chain("", key, alone("alone-"+key), tee("split-"+key))
	b.tick(key, "-"+key)
	mixer := "mix-" + key
	exit := b.Chain(mixer, key, b.exit("-"+key)...)
	b.Exit(minus, key, element.Pad{Part: exit}, element.Format{Kind: "audio", Caps: b.caps})
	to := element.Pad{Part: mixer, Name: "sink_%u"}
	b.Joints = append(b.Joints,
		element.Joint{From: element.Pad{Part: split}, To: element.Pad{Part: "mix", Name: "sink_%u"}, Key: key},
		element.Joint{From: element.Pad{Part: split}, To: to, Key: key, EachOther: true})
	if heard != "" {
		b.Joints = append(b.Joints, element.Joint{From: element.Pad{Part: heard}, To: to, Key: key})
	}
}
