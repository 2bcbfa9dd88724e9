// Package plan compiles a graph: it expands fragments and conversions, decides where GStreamer begins and ends, puts in
// the tees, queues and guards that nobody should have to write, and gives a Plan that can be printed, compared, sent to
// a worker and run. It is pure: it reads no files and starts nothing.
package plan

import (
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Version of the plan format. A runtime refuses a plan with a higher one.
const Version = 1

// Plan is a resolved graph. It is immutable, holds no pointers into the tree it came from, marshals to JSON, and has a
// hash of its content. Names and order are deterministic (R10).
type Plan struct {
	Version   int        `json:"version"`
	Graph     string     `json:"graph"`
	Hash      string     `json:"hash"` // SHA-256 of the plan without the hash, in hexadecimal, first 16 digits
	Nodes     []Node     `json:"nodes"`
	Flows     []Flow     `json:"flows,omitempty"`     // links that stay in Go
	Bridges   []Bridge   `json:"bridges,omitempty"`   // links that cross
	Pipelines []Pipeline `json:"pipelines,omitempty"` // GStreamer's part
	Policy    Policy     `json:"policy"`
	Assumed   []string   `json:"assumed,omitempty"` // what was taken for granted because no session has said yet
	Notes     []string   `json:"notes,omitempty"`   // decisions worth telling
	Omitted   []Omission `json:"omitted,omitempty"` // what comes and cannot be used
	Unseen    []string   `json:"unseen,omitempty"`  // bridges into GStreamer of whose media nothing is shown now
}

// Omission is an optional link that is left out although media would come: nothing here can do anything with it.
type Omission struct {
	From string     `json:"from"` // the node that gives it
	Kind media.Kind `json:"kind"`
	Why  string     `json:"why"`
}

// Node is one node of the flattened graph, as its author knows it. Nodes of fragments have names like "slate/enc";
// those of an instance of an `each` node "seat[alice]/in".
type Node struct {
	Name     string         `json:"name"`
	Element  string         `json:"element"`
	Domain   element.Domain `json:"domain"`
	Settings []Setting      `json:"settings,omitempty"`
	Pipeline string         `json:"pipeline,omitempty"` // for GStreamer nodes
	Branch   string         `json:"branch,omitempty"`
	Passes   bool           `json:"passes,omitempty"` // a conversion that turned out to have nothing to do
	OnError  string         `json:"on_error,omitempty"`
	Fallback *Fallback      `json:"fallback,omitempty"`
	Lazy     bool           `json:"lazy,omitempty"`   // runs, with what only serves it, while somebody reads
	Linger   Span           `json:"linger,omitempty"` // lazy: how long it runs on after its last reader
	About    string         `json:"about,omitempty"`
}

// Setting is one resolved setting. Text is canonical (value.Text); a secret's text is "***" everywhere but in Open.
type Setting struct {
	Name   string     `json:"name"`
	Type   value.Type `json:"type"`
	Text   string     `json:"text"`
	Secret bool       `json:"secret,omitempty"`
	Over   Span       `json:"over,omitempty"` // how long a change of this number takes while media flows; 0 is at once
	hidden value.Hidden
}

// Fallback says what plays while a node is silent.
type Fallback struct {
	Node  string `json:"node"`
	After Span   `json:"after"`
	// Keep is how long it plays once the main source has come to its end. 0 is as long as somebody reads, Forever until the
	// instance is stopped.
	Keep Span `json:"keep,omitempty"`
}

// Span is a time.Duration that marshals as text: "250ms".
type Span time.Duration

// Pad is an end of a link: of a node in Flow and Bridge, of an element in Link.
type Pad struct {
	Of   string `json:"of"`
	Name string `json:"name,omitempty"` // "" lets the runtime choose a compatible one
}

// Flow is a link between two Go nodes: units and packets pass from one to the other.
type Flow struct {
	From     Pad            `json:"from"`
	To       Pad            `json:"to"`
	Format   element.Format `json:"format"`
	Optional bool           `json:"optional,omitempty"`
	Fallback bool           `json:"fallback,omitempty"` // used only while the sink's main source is silent
	Branch   string         `json:"branch,omitempty"`
}

// Direction of a bridge.
type Direction string

// The directions.
const (
	IntoGst  Direction = "in"  // an appsrc takes access units from a Go node
	OutOfGst Direction = "out" // an appsink hands access units to a Go node
)

// Bridge is a link between a Go node and a GStreamer element. What crosses is access units (D3).
type Bridge struct {
	Name      string         `json:"name"` // of the appsrc or appsink element
	Direction Direction      `json:"direction"`
	Node      Pad            `json:"node"`
	Pipeline  string         `json:"pipeline"`
	Format    element.Format `json:"format"`
	Optional  bool           `json:"optional,omitempty"`
	Fallback  bool           `json:"fallback,omitempty"`
	Branch    string         `json:"branch,omitempty"`
}

// Pipeline is one GStreamer pipeline: a connected set of elements (R2).
type Pipeline struct {
	Name     string    `json:"name"` // of its first node
	Elements []Element `json:"elements"`
	Links    []Link    `json:"links"`
	Branches []Branch  `json:"branches,omitempty"`
	Linger   Span      `json:"linger,omitempty"`   // the whole pipeline is lazy: started on demand
	OnError  string    `json:"on_error,omitempty"` // of a lazy one: fail, drop, restart; "" leaves it to the next reader
	Lazy     bool      `json:"lazy,omitempty"`
	Encoders int       `json:"encoders,omitempty"`
	Decoders int       `json:"decoders,omitempty"`
	Video    bool      `json:"video,omitempty"`
	Offline  bool      `json:"offline,omitempty"` // reads files: runs as fast as it can
	// Chain says that it needs no threads: sound is pushed through it, and comes out within the call (D10). It has one
	// bridge in, one out, and elements in a row between them.
	Chain bool `json:"chain,omitempty"`
}

// Role says why an element is there.
type Role string

// The roles. Only RoleNode is written by the graph's author; the others are the compiler's work.
const (
	RoleNode   Role = "node"
	RolePart   Role = "part"   // of a conversion, mixer, … (R8)
	RoleBridge Role = "bridge" // R1
	RoleTee    Role = "tee"    // R3
	RoleQueue  Role = "queue"  // R4
	RoleGuard  Role = "guard"  // R11, R12, R13
)

// Element is one GStreamer element.
type Element struct {
	Name    string    `json:"name"` // unique in the plan; {key} stands for the key of a keyed branch
	Factory string    `json:"factory"`
	Node    string    `json:"node"` // whose fault it is when it fails
	Role    Role      `json:"role"`
	Props   []Setting `json:"props,omitempty"`
	Branch  string    `json:"branch,omitempty"`
	Drain   bool      `json:"drain,omitempty"` // what leaves sometimes pads that nobody links is dropped (R6)
	// Replaceable says that with the factory in Inputs.Without another element would do this work.
	Replaceable bool `json:"replaceable,omitempty"`
}

// Link joins two elements of a pipeline.
type Link struct {
	From      Pad       `json:"from"`
	To        Pad       `json:"to"`
	Caps      string    `json:"caps,omitempty"`
	Delayed   bool      `json:"delayed,omitempty"`    // made when the sometimes pad appears
	Optional  bool      `json:"optional,omitempty"`   // which need not happen
	EachOther bool      `json:"each_other,omitempty"` // once for every other key; only where a key is still a placeholder
	PadProps  []Setting `json:"pad_props,omitempty"`  // set on the sink's pad
	Queue     []Setting `json:"queue,omitempty"`      // of an each-other link: what the queue of each pair will be
	// Instead is the element whose link to the same element this one stands in for: its pad is see-through unless that one has given
	// nothing for After. "" for all others.
	Instead string `json:"instead,omitempty"`
	After   Span   `json:"after,omitempty"`
	Branch  string `json:"branch,omitempty"`
}

// BranchKind says what makes a branch come and go.
type BranchKind string

// The kinds of branches.
const (
	Lazy  BranchKind = "lazy"  // from the first reader until Linger after the last
	Keyed BranchKind = "keyed" // one for each key, added and removed by request
	Apart BranchKind = "apart" // always there, but may fail alone (on_error: drop or restart)
)

// Branch is a part of a pipeline that comes or goes by itself.
type Branch struct {
	Name    string     `json:"name"`
	Kind    BranchKind `json:"kind"`
	Linger  Span       `json:"linger,omitempty"`
	Key     string     `json:"key,omitempty"` // the key's name, for Keyed
	Max     int        `json:"max,omitempty"` // how many keys at most
	OnError string     `json:"on_error,omitempty"`
}

// Policy is how an instance starts, stalls, restarts, drains and ends.
type Policy struct {
	Start   Span     `json:"start"`
	Stall   Span     `json:"stall"`
	Restart Restart  `json:"restart"`
	Drain   Span     `json:"drain"`
	End     []string `json:"end,omitempty"` // nodes whose end ends the instance; empty means all sources
	Never   bool     `json:"never,omitempty"`
	Latency Span     `json:"latency"`
	Cost    float64  `json:"cost"`   // CPUs
	Worker  string   `json:"worker"` // own, shared, none
	Reload  string   `json:"reload"` // keep, restart
}

// Restart is when and how fast a failed instance is started again.
type Restart struct {
	When   string `json:"when"` // never, error, always
	Least  Span   `json:"least,omitempty"`
	Most   Span   `json:"most,omitempty"`
	Tries  int    `json:"tries,omitempty"` // give up after this many in Window; 0 means never
	Window Span   `json:"window,omitempty"`
}

// Counts sums up a plan, as tests in graphs expect it.
type Counts struct {
	Nodes, Pipelines, Bridges, Flows, Encoders, Decoders, Elements, Queues, Tees, Branches int
}

// Counts of the plan.
func (p *Plan) Counts() Counts {
	c := Counts{Nodes: len(p.Nodes), Pipelines: len(p.Pipelines), Bridges: len(p.Bridges), Flows: len(p.Flows)}
	for _, l := range p.Pipelines {
		c.Encoders += l.Encoders
		c.Decoders += l.Decoders
		c.Elements += len(l.Elements)
		c.Branches += len(l.Branches)
		for _, e := range l.Elements {
			switch e.Role {
			case RoleQueue:
				c.Queues++
			case RoleTee:
				c.Tees++
			}
		}
	}
	return c
}
