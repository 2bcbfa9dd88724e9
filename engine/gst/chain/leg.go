//go:build cgo && !nogst

package chain

import (
	"sync"
	"sync/atomic"
	"time"

	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/stat"
)

// mostConcealed is how much of a gap is filled. Decoders fade a guess out within a tenth of a second; beyond that the far side
// is told of the gap.
const mostConcealed = 200 * time.Millisecond

// Leg runs a pipeline that is marked Chain: it takes the media of the bridge in, as the run.Port that it is, and hands what
// comes out to the outlet of the bridge out, on the goroutine of whoever gave it the media. It starts no goroutine.
//
// Prepare makes the elements, and may be left out; Start lets media flow, and drops what comes before; Stop frees
// everything. A leg that was stopped may be started again, as a lazy pipeline is. All methods are safe for concurrent use; all
// but Samples wait for the unit that is being converted, and so for ever if an element hangs.
type Leg struct {
	p       *plan.Pipeline
	in, out plan.Bridge
	node    string // the last one before the bridge out
	host    run.Host
	failed  func(error)
	// conceals says that a decoder fills gaps.
	conceals bool

	mu     sync.Mutex
	chain  *Chain // nil before Prepare or Start and after Stop
	phase  legPhase
	track  media.Track // what comes in
	told   bool        // the chain knows track
	first  bool        // something has come out
	ended  bool        // by a mark
	outlet run.Port
	copies bool       // the outlet does
	lent   media.Unit // what an outlet that copies is given, over and over
	batch  *batch
	joined []byte        // parts of a unit in one piece
	next   time.Duration // when the unit after the last one is due
	epoch  time.Time

	// Counted without the lock, so that a call that hangs in an element holds up nobody who looks.
	got, gave         stat.Set
	gotLast, gaveLast atomic.Int64 // since the epoch, in nanoseconds; 0 if there was none
}

// legPhase is how far a leg has been taken.
type legPhase uint8

const (
	legIdle   legPhase = iota // no media flows
	legFlows                  // started
	legBroken                 // failed: drops everything until it is stopped
)

// NewLeg describes a leg and makes nothing yet. in and out are the pipeline's two bridges. failed is called at most once
// after each Start, when the chain is of no use any more, from the goroutine that gave the leg something to do, and must not
// call the leg; its error is a fault whose place is the node.
func NewLeg(p *plan.Pipeline, in, out plan.Bridge, host run.Host, failed func(error)) *Leg {
	l := &Leg{p: p, in: in, out: out, host: host, failed: failed, epoch: host.Epoch(), track: media.NewTrack(in.Format.Codec)}
	if n := len(p.Elements); n > 1 {
		l.node = p.Elements[n-2].Node
	}
	for _, e := range p.Elements {
		l.conceals = l.conceals || setting(e.Props, "plc") == "true"
	}
	return l
}

// Prepare makes the elements, so that what is wrong with them shows. Errors are those of New.
func (l *Leg) Prepare() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.make()
}

func (l *Leg) make() error {
	if l.chain != nil {
		return nil
	}
	c, err := New(l.p)
	if err != nil {
		return err
	}
	l.chain, l.told = c, false
	return nil
}

// Start lets media flow.
func (l *Leg) Start() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != legIdle {
		return nil
	}
	if err := l.make(); err != nil {
		return err
	}
	l.outlet = l.host.Outlet(l.out.Name)
	_, l.copies = l.outlet.(run.Copier)
	l.phase, l.first, l.ended = legFlows, false, false
	return nil
}

// Stop frees everything at once; what is held back is lost.
func (l *Leg) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.chain != nil {
		l.chain.Close()
	}
	l.chain, l.batch, l.outlet, l.phase = nil, nil, nil, legIdle
}

// Set changes a property of an element while media flows. Errors are those of Chain.Set; a leg that was not prepared
// knows no element.
func (l *Leg) Set(element string, s plan.Setting) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.chain == nil {
		return closed()
	}
	return l.chain.Set(element, s)
}

// Samples tells what went in, what came out, and the same of the node that gave it. It waits for nothing.
func (l *Leg) Samples() []run.Sample {
	in := run.Sample{Kind: run.OfBridge, Name: l.in.Name, Counts: l.got.Snapshot(), Silent: l.silent(&l.gotLast)}
	out := run.Sample{Kind: run.OfBridge, Name: l.out.Name, Counts: l.gave.Snapshot(), Silent: l.silent(&l.gaveLast)}
	node := out
	node.Kind, node.Name = run.OfNode, l.node
	return []run.Sample{in, out, node}
}

// silent is how long ago a moment was; negative if it never came.
func (l *Leg) silent(last *atomic.Int64) time.Duration {
	at := last.Load()
	if at == 0 {
		return -1
	}
	return time.Duration(max(l.now()-at, 0))
}

// now is the time since the epoch in nanoseconds, and never 0.
func (l *Leg) now() int64 { return max(int64(time.Since(l.epoch)), 1) }
