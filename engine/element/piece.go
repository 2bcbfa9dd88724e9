package element

import (
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
	Value any // typed as in package value
}

// Set makes a Prop.
func Set(name string, v any) Prop { return Prop{Name: name, Value: v} }

// Part is one GStreamer element of a piece.
type Part struct {
	Name    string // within the node: "dec"; unique in the piece
	Factory string
	Props   []Prop
	Key     string // of a keyed branch; "" for the trunk
}

// Pad names a pad of a part. An empty Name lets the compiler choose one that fits.
type Pad struct{ Part, Name string }

// Joint links two pads of a piece.
type Joint struct {
	From, To Pad
	Caps     string
	Key      string
	// EachOther joins the From part of every other key to the To part of this one: a mix without oneself. The names of
	// keyed parts end with their key, by which the others are found.
	EachOther bool
}

// Piece is what a Builder makes of one node: parts, joints, and which pads stand for the node's ports.
type Piece struct {
	Node    string
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
}

// PortKey names a port, and the key if it is keyed.
type PortKey struct{ Port, Key string }

// NewPiece makes an empty piece for a node.
func NewPiece(node string, in []Input, out []Output) *Piece {
	return &Piece{
		Node: node, Inputs: in, Outputs: out, Entries: map[PortKey]Pad{}, Exits: map[PortKey]Pad{}, Places: map[PortKey][]Prop{},
		Gives: map[PortKey]Format{}, Passes: map[PortKey]PortKey{},
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
