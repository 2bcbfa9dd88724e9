// Package spec turns graph YAML into a tree in which every value knows its line and column, and writes such a tree
// back in its shortest form. It knows the shape of the language and nothing of elements, types or routes: those are
// checked by lint, param and route.
package spec

import "slices"

// Text is a piece of text from a file with its place. The zero Text means "not written".
type Text struct {
	Text string
	Pos  Pos
}

// Set tells whether the text was written at all.
func (t Text) Set() bool { return t.Pos.Line > 0 }

// Kind is the YAML kind of a value.
type Kind uint8

// The kinds of a Value. Scalars keep the kind their writer's notation gives them: "5" quoted is a String.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

// Value is any YAML value.
type Value struct {
	Kind    Kind
	Text    string  // a scalar as written, without quotes
	Items   []Value // of a List
	Entries []Entry // of a Map, in the order written
	Pos     Pos
}

// Set tells whether the value was written at all.
func (v Value) Set() bool { return v.Pos.Line > 0 }

// Get finds an entry of a Map by key.
func (v Value) Get(key string) (Value, bool) {
	for _, e := range v.Entries {
		if e.Key.Text == key {
			return e.Value, true
		}
	}
	return Value{}, false
}

// Entry is one key of a map and its value.
type Entry struct {
	Key   Text
	Value Value
}

// Graph is one YAML document: a graph, or a fragment if it has exports.
type Graph struct {
	Name     string // "live/rtmp": from the path, and from name: in files of several documents
	Pos      Pos    // where the document begins
	Version  Text   // graph: v1
	About    Text
	Labels   []Entry
	Params   []Param
	Routes   []Route
	Nodes    []Node
	Links    []Link
	Exports  []Export
	Policy   []Entry
	Tests    []Test
	Ignores  []Ignore
	Document Text // name:, in files of several documents

	// Broken names the nodes that were left out because their body could not be read. What links to them or plays them is
	// not worth another diagnostic.
	Broken []string
	// Gaps names the sections from which something was left out that no other field names. What is missing there may have
	// been written.
	Gaps []string
}

// Gap tells whether something was left out of a section, so that a missing name may be a follow-on of that error.
func (g *Graph) Gap(section string) bool { return slices.Contains(g.Gaps, section) }

// Fragment tells whether the graph is made to be used by others.
func (g *Graph) Fragment() bool { return len(g.Exports) > 0 }

// Node finds a node by name.
func (g *Graph) Node(name string) (*Node, bool) {
	for i := range g.Nodes {
		if g.Nodes[i].Name.Text == name {
			return &g.Nodes[i], true
		}
	}
	return nil, false
}

// Param is one entry under params:. Body is the type's name, or a map of type, default, min, max and so on.
type Param struct {
	Name Text
	Body Value
}

// Route is one entry under route:. The short form "event /path" and the long form fill the same fields.
type Route struct {
	Pos   Pos
	Event Text
	Path  Text
	Where []Entry
	With  []Entry
	Share Value
}

// Node is one entry under nodes:. The short form fills Element and Set.
type Node struct {
	Name     Text
	Pos      Pos
	Element  Text
	Set      []Entry
	Use      Text
	With     []Entry
	Each     *Each
	Lazy     Value // a duration
	OnError  Text  // fail, drop, restart
	Fallback *Fallback
	Queue    *Queue
	About    Text
}

// Each makes a node a set of instances of a fragment: one per item of a list parameter (List), or one per key,
// added and removed while it runs (Key, at most Max).
type Each struct {
	Pos  Pos
	List Value
	Key  Text
	Max  Value
}

// Fallback names the node to play when this one has been silent for After, and says how long it plays when what feeds this
// one has come to its end.
type Fallback struct {
	Pos   Pos
	Node  Text
	After Value
	Keep  Value // a duration, "watched" or "forever"
	// Warm has it run all the time. It is never written in a file: those who run graphs without an audience set it.
	Warm bool
}

// Queue overrides the queue the compiler would put in front of a node or into a link.
type Queue struct {
	Pos     Pos
	Time    Value
	Buffers Value
	Drop    Text // oldest, newest, never
}

// Link is one entry under links:, a chain of at least two nodes.
type Link struct {
	Pos  Pos
	Text string // the chain as written; "" for the long form
	Hops []Hop
	Long bool // written as {from: …, to: …}
	Pad  []Entry
	// Queue overrides the compiler's queue; only the long form can carry one.
	Queue *Queue
}

// Hop is one step of a chain: a node with an optional pad, or caps between two nodes.
type Hop struct {
	Pos      Pos
	Node     string // "" if the hop is caps
	Pad      string // "" if no pad is named; "minus" for minus[seat]
	Key      string // "seat" for minus[seat]
	Optional bool   // written with "?"
	Caps     Text   // the text between the brackets, if the hop is caps
}

// Export offers a pad of a fragment under a name.
type Export struct {
	Name Text
	Node string
	Pad  string
	Pos  Pos // of the value
}

// Test is one entry under tests:.
type Test struct {
	Pos    Pos
	Name   Text
	With   []Entry
	Given  []Entry // what sources turned out to give: a node and its codecs
	Want   []Entry // what sinks turned out to take, best first
	Mock   []Node  // what replaces the nodes of these names: an element, and nothing else of a node
	Limit  Value
	Expect []Entry
}

// Ignore is a "# lint:ignore code reason" comment; it silences that code on Line.
type Ignore struct {
	Pos    Pos
	Line   int
	Code   string
	Reason string
}
