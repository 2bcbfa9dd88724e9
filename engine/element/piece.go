package element

import (
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Format is what flows over a link, as far as it is known when planning.
type Format struct {
	Kind  media.Kind  `json:"kind"`
	Codec media.Codec `json:"codec,omitempty"` // "" if raw, or not known
	Caps  string      `json:"caps,omitempty"`  // narrower than the codec alone says, or of raw media
	// BFrames says that frames are reordered, which RTP peers in browsers cannot show.
	BFrames bool `json:"bframes,omitempty"`
	// Rate in samples a second and Channels of sound whose configuration decoders get once, beside it: AAC. 0 is any, or not known.
	Rate     int `json:"rate,omitempty"`
	Channels int `json:"channels,omitempty"`
}

// Input is a linked sink port of the node that a Builder builds.
type Input struct {
	Port   string
	Key    string // of a keyed branch; "" if none
	Format Format
	// Outside says that the media came from a peer, so that decoders need a guard (R12).
	Outside bool
}

// Output is a linked source port, with what its readers take, best first. An empty list means: anything.
type Output struct {
	Port string
	Key  string
	Want []Format
}

// Prop is a setting of a GStreamer element.
type Prop struct {
	Name  string
	Value any           // typed as in package value
	Over  time.Duration // how long a change of it takes while media flows, if it is a number; 0 is at once
}

// Set makes a Prop.
func Set(name string, v any) Prop { return Prop{Name: name, Value: v} }

// During gives a copy of a Prop whose changes take a while.
func (p Prop) During(d time.Duration) Prop { p.Over = d; return p }

// Part is one GStreamer element of a piece.
type Part struct {
	Name    string // within the node: "dec"; unique in the piece
	Factory string
	Props   []Prop
	Key     string // of a keyed branch; "" for the trunk
	// Apart names, within the node, what may come, go and fail by itself while the rest plays, together with all parts of that
	// name; it may be another one in the next plan. "" for what stays.
	Apart string
	// Replaceable says that the chooser would find another element for this work if this one failed.
	Replaceable bool
}

// Pad names a pad of a part. An empty Name lets the compiler choose one that fits.
type Pad struct{ Part, Name string }

// Joint links two pads of a piece.
type Joint struct {
	From, To Pad
	Caps     string
	Props    []Prop // set on the pad that it ends at; they may change while playing
	Key      string
	// EachOther joins the From part of every other key to the To part of this one: a mix without oneself. The names of
	// keyed parts end with their key, by which the others are found.
	EachOther bool
	// Instead is a part whose joint to the same part this one stands in for: it is seen only while that one has given nothing for
	// After. "" for one that always is.
	Instead string
	After   time.Duration
}

// Piece is what a Builder makes of one node: parts, joints, and which pads stand for the node's ports.
type Piece struct {
	Node    string
	Chooser Chooser // of elements that do the same; nil: those that are always there
	Inputs  []Input
	Outputs []Output
	Parts   []Part
	Joints  []Joint
	Entries map[PortKey]Pad     // where a link to a sink port ends
	Places  map[PortKey][]Prop  // what is set on the pad of an entry, and may change while playing
	Exits   map[PortKey]Pad     // where a link from a source port begins
	Gives   map[PortKey]Format  // what an exit gives
	Passes  map[PortKey]PortKey // output to input: nothing to do, the link goes through
	Notes   []string            // decisions worth telling, shown by plan
	// Absent are the keys from which an optional link leads here that has nothing to bring: a guest without a picture. Sorted.
	Absent []string
	// Unseen are entries of which nothing is shown now: what comes there need not be decoded.
	Unseen map[PortKey]bool
}

// PortKey names a port, and the key if it is keyed.
type PortKey struct{ Port, Key string }

// NewPiece makes an empty piece for a node.
func NewPiece(node string, in []Input, out []Output) *Piece {
	return &Piece{
		Node: node, Inputs: in, Outputs: out, Entries: map[PortKey]Pad{}, Exits: map[PortKey]Pad{}, Places: map[PortKey][]Prop{},
		Gives: map[PortKey]Format{}, Passes: map[PortKey]PortKey{}, Unseen: map[PortKey]bool{},
	}
}

// Input finds the input of a port; false if it is not linked.
func (p *Piece) Input(port string) (Input, bool) {
	for _, in := range p.Inputs {
		if in.Port == port {
			return in, true
		}
	}
	return Input{}, false
}

// Output finds the output of a port; false if it is not linked.
func (p *Piece) Output(port string) (Output, bool) {
	for _, out := range p.Outputs {
		if out.Port == port {
			return out, true
		}
	}
	return Output{}, false
}

// Chain adds parts one after the other, linked, all in the branch of key, and gives the last one's name. The first is
// linked to from unless that is empty.
func (p *Piece) Chain(from, key string, parts ...Part) string {
	for _, part := range parts {
		part.Key = key
		p.Parts = append(p.Parts, part)
		if from != "" {
			p.Joints = append(p.Joints, Joint{From: Pad{Part: from}, To: Pad{Part: part.Name}, Key: key})
		}
		from = part.Name
	}
	return from
}

// Enter says which pad a link to the port ends at.
func (p *Piece) Enter(port, key string, pad Pad) { p.Entries[PortKey{port, key}] = pad }

// Exit says which pad a link from the port begins at, and what it gives.
func (p *Piece) Exit(port, key string, pad Pad, f Format) {
	p.Exits[PortKey{port, key}], p.Gives[PortKey{port, key}] = pad, f
}

// Pass says that an output is an input as it came.
func (p *Piece) Pass(in, out string) { p.Passes[PortKey{out, ""}] = PortKey{in, ""} }

// Note records a decision for the reader of the plan.
func (p *Piece) Note(text string) { p.Notes = append(p.Notes, text) }

// Refuse is the error of a Builder that cannot build: the codecs do not suit, say.
func (p *Piece) Refuse(format string, args ...any) error {
	return fault.New(fault.CodecNotAvailable, p.Node, format, args...)
}

// Unable is the error of a Builder that can do nothing with what comes in at one port. Without that input it could go on.
type Unable struct {
	Port string
	Why  *fault.Fault
}

// Error and Unwrap give why.
func (u *Unable) Error() string { return u.Why.Error() }
func (u *Unable) Unwrap() error { return u.Why }

// Unable is the error of a Builder that can do nothing with what comes in at a port.
func (p *Piece) Unable(port, format string, args ...any) error {
	return &Unable{Port: port, Why: fault.New(fault.CodecNotAvailable, p.Node, format, args...)}
}
