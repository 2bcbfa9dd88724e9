// Package codec knows which GStreamer 1.22 elements parse, decode and encode each codec, and with which settings they keep
// up with live media. It is tables and pure functions that builders use; it chooses no codecs and starts nothing.
package codec

import "sluice/engine/element"

// Step is one GStreamer element of a chain.
type Step struct {
	Name    string // of the part, after the chain's prefix: "dec"
	Factory string
	Props   []element.Prop
	Before  string // caps that must hold on the link into it; "" for any
	Out     string // the pad the chain goes on from; "" if there is only one
	// Device says that it needs one, which may fail: an element that needs none can take its place.
	Device bool
}

// Chain is elements one after the other.
type Chain []Step

// Ends are the two pads by which a chain is linked.
type Ends struct{ First, Last element.Pad }

// AddTo puts the chain into a piece, in the branch of key ("" for the trunk), with names that begin with the prefix.
// The first element is linked to from, unless that is the zero Pad. An empty chain ends where it begins, at from.
func (c Chain) AddTo(p *element.Piece, from element.Pad, key, prefix string) Ends {
	ends := Ends{First: from, Last: from}
	for i, s := range c {
		name := prefix + s.Name
		p.Parts = append(p.Parts, element.Part{Name: name, Factory: s.Factory, Props: s.Props, Key: key, Replaceable: s.Device})
		if ends.Last.Part != "" {
			p.Joints = append(p.Joints, element.Joint{From: ends.Last, To: element.Pad{Part: name}, Caps: s.Before, Key: key})
		}
		if i == 0 {
			ends.First = element.Pad{Part: name}
		}
		ends.Last = element.Pad{Part: name, Name: s.Out}
	}
	return ends
}

// Factories lists the elements of the chain in order.
func (c Chain) Factories() []string {
	out := make([]string, 0, len(c))
	for _, s := range c {
		out = append(out, s.Factory)
	}
	return out
}
