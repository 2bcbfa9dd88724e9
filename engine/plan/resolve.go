package plan

import (
	"errors"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/param"
)

// Inputs are what a plan depends on beyond its template. Each may be empty: what is not known is assumed, and the plan
// says so.
type Inputs struct {
	Params map[string]any // by name, typed or as JSON has them
	Scope  param.Scope    // captures, the trigger's variables, env; nil if none
	// Given says what source nodes turned out to give, by node name; a node that is listed gives nothing else.
	Given map[string][]element.Format
	// Want says what sink nodes turned out to take, best first, by node name.
	Want map[string][]element.Format
	// Keys are the instances of keyed nodes, by node name. A keyed node that is not listed is shown once, with a
	// placeholder for its key.
	Keys map[string][]Key
	// Set are other values of fields that may change while media flows, by node name and field, typed or as JSON has them.
	Set map[string]map[string]any
	// Without names factories of replaceable elements that failed, by the node that is to do without them.
	Without map[string][]string
}

// Key is one instance of a keyed node and its parameters.
type Key struct {
	Name   string
	Params map[string]any
}

// Format makes a coded format as sessions report it.
func Format(c media.Codec) element.Format { return element.Format{Kind: c.Kind(), Codec: c} }

// Resolve makes the plan of one instance. It is pure and safe for concurrent use. Errors are faults whose place names
// the node: invalid_params for parameters, codec_not_available where two sides share no codec. What a node can do nothing with is
// left out, where its link may be without, and is listed in the plan.
func (t *Template) Resolve(in Inputs) (*Plan, error) {
	var without []*leftOut
	for {
		p, err := t.resolve(in, without)
		var more *leftOut
		switch {
		case errors.As(err, &more):
			without = append(without, more)
		case err != nil && len(without) > 0:
			return nil, without[0].why // without it, it does not work either
		default:
			return p, err
		}
	}
}

// resolve makes the plan without some links. Its error is a *leftOut if one more might help.
func (t *Template) resolve(in Inputs, without []*leftOut) (*Plan, error) {
	r, err := t.begun(in)
	if err != nil {
		return nil, err
	}
	r.without = without
	steps := []func() error{
		r.knowSet,
		r.placeFallbacks,
		r.order,
		r.wire,
		r.settle,
		r.assemble,
		r.permitted,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	pol, err := r.policy(r.scope)
	if err != nil {
		return nil, err
	}
	return r.finish(pol)
}

// begun has the nodes of the flattened graph.
func (t *Template) begun(in Inputs) (*resolver, error) {
	outer := in.Scope
	if outer == nil {
		outer = param.Values{}
	}
	vals, errs := param.Bind(t.root.defs, in.Params, outer)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	r := &resolver{
		tmpl: t, in: in, outer: outer, scope: param.Chain(vals, outer), byName: map[string]*node{}, most: map[string]int{},
	}
	return r, r.instantiate(t.root, "", r.scope, inherit{})
}

// resolver holds the state of one Resolve.
type resolver struct {
	tmpl    *Template
	in      Inputs
	outer   param.Scope
	scope   param.Scope // with the graph's own parameters
	nodes   []*node     // in the order written; in data order after order
	byName  map[string]*node
	edges   []*wiring
	wires   []*wire
	dropped []*wire // that nobody behind a conversion takes
	plan    Plan
	missing map[end]bool // pads behind an optional one that has nothing to give
	without []*leftOut
	net     network

	keyed   map[string]*branch // by branch name
	apart   map[string]*branch // of parts that come and go by themselves, by branch name
	latency time.Duration
	most    map[string]int // keys allowed, by keyed node
}

// node is one node of the flattened graph.
type node struct {
	name     string
	stmt     *stmt
	spec     *element.Spec
	conf     element.Conf
	settings []Setting
	domain   element.Domain
	linger   Span
	lazy     bool
	unit     string // the node by which it is lazy or may fail alone: itself, or the use of its fragment
	onError  string
	fallback *Fallback
	queue    *queue
	keyNode  string // the `each` node this is an instance of: "seat"; "" if none
	key      string // its key: "alice", or "{guest}" when only shown
	rank     int    // position in the file, flattened
	ins      []*wire
	outs     []*wire
	fed      bool  // has edges into it
	feeds    bool  // guests, of which there may be none now
	hosts    bool  // guests feed it, of which there may be none now
	stands   *node // the node that this conversion brings a fallback to
	piece    *element.Piece
}

// wiring is an edge between two flattened nodes, before ports are chosen.
type wiring struct {
	edge     *edge
	from, to *node
	fromPad  string
	toPad    string
	fromKey  string
	toKey    string
	optional bool
	caps     []string
	pad      []Setting
	queue    *queue
	fallback bool
	try      bool // one of several pairs of a link between fragments: need not fit
}

// wire is one port joined to another; it carries one kind of media.
type wire struct {
	*wiring
	fromPort element.Port
	toPort   element.Port
	kind     media.Kind
	format   element.Format
	want     []element.Format
	maybe    bool // one of several kinds that a link without pads found: not every file has all of them
}

// queue is a user's queue, evaluated.
type queue struct {
	time    Span
	buffers int64
	drop    string
}

// wrong is a fault at a node of the graph.
func (r *resolver) wrong(code fault.Code, n string, format string, args ...any) *fault.Fault {
	return fault.New(code, r.tmpl.root.graph+"/"+n, format, args...)
}
