// Package worker runs plans in processes of their own, so that what crashes or hangs in GStreamer costs one stream and
// never the server (decision D4). The parent's side is Pool, whose Open makes run.Runtimes; the child's is Serve, which
// serves any run.Open over the socket. It decides nothing about restarts of instances, which is the supervisor's, and
// knows nothing of GStreamer.
//
// Units cross by copy. A port that is given units by this package may keep them, unless it is a run.Copier: then units
// cost no allocation.
package worker

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"os"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/stat"
	"sluice/engine/worker/process"
)

// Options of a Pool. A zero field means the default.
type Options struct {
	Path string   // of the program; default this program
	Args []string // default, with the default Path, "worker"
	Env  []string // "NAME=value", besides what workers inherit and are given anyway

	Limits  process.Limits
	Memory  int64         // bytes that a worker may hold; looked at with every beat; default 4 GiB, negative for no limit
	Shared  int           // instances in one shared worker at most; default 32
	Spare   int           // workers that wait, ready, for an instance; default 1, negative for none
	Most    int           // workers at most, the spare one included; default 512
	Beat    time.Duration // between two signs of life; default 500 ms
	Silence time.Duration // without a sign of life, then the worker is killed; default 2 s
	Ready   time.Duration // from the start of a worker to its first word; default 10 s
	Grace   time.Duration // for each gentle step of ending a worker; default 2 s
	Log     *slog.Logger  // default: none

	// Line takes each line that a worker writes to its standard error, secrets hidden. It is called from several goroutines, and
	// a worker that writes waits for it. Default: it is logged as information.
	Line func(text string)
}

func (o Options) orDefault() (Options, error) {
	if o.Path == "" {
		path, err := os.Executable()
		if err != nil {
			return o, fault.New(fault.GstUnavailable, "", "the program's own path is not known").Because(err)
		}
		o.Path = path
		if o.Args == nil {
			o.Args = []string{"worker"}
		}
	}
	o.Memory, o.Shared, o.Most = cmp.Or(o.Memory, 4<<30), cmp.Or(o.Shared, 32), cmp.Or(o.Most, 512)
	o.Spare = max(0, cmp.Or(o.Spare, 1))
	o.Beat, o.Silence = cmp.Or(o.Beat, 500*time.Millisecond), cmp.Or(o.Silence, 2*time.Second)
	o.Ready, o.Grace = cmp.Or(o.Ready, 10*time.Second), cmp.Or(o.Grace, 2*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// Environment is what each worker is given besides what it inherits, as "NAME=value". The registry of GStreamer is scanned
// by the server's own commands and never by a worker, and glibc gives memory back only with fixed thresholds (measured: 200
// against 55 MiB for 40 pipelines).
func Environment() []string {
	return []string{
		"GST_REGISTRY_UPDATE=no", "GST_REGISTRY_FORK=no", "MALLOC_MMAP_THRESHOLD_=131072", "MALLOC_TRIM_THRESHOLD_=131072", "GOGC=50",
	}
}

// Pool keeps worker processes: spare ones that are always ready, one for each instance of its own, and shared ones. All
// methods are safe for concurrent use.
type Pool struct {
	o      Options
	ctx    context.Context //nolint:containedctx // of starting workers; it ends with Stop
	cancel context.CancelFunc
	wake   chan struct{}
	tasks  sync.WaitGroup

	mu       sync.Mutex
	state    state
	links    map[*link]bool // all that are not dead; true for spares that are ready
	shared   map[*link]int  // instances in each shared worker
	starting int
	waiting  [2]int // calls of take: for workers of their own, and for shared ones
	changed  chan struct{}
	failure  *fault.Fault // why the last worker could not be started; nil if it could
	delay    time.Duration
	retry    time.Time
	died     uint64
	deaths   map[fault.Code]uint64
	hatches  stat.Durations // of those that became ready
	failures uint64         // that did not
}

type state int

const (
	fresh state = iota
	running
	over
)

// New makes a pool. It starts nothing.
func New(o Options) *Pool {
	return &Pool{
		o: o, wake: make(chan struct{}, 1), links: map[*link]bool{}, shared: map[*link]int{}, changed: make(chan struct{}),
		deaths: map[fault.Code]uint64{},
	}
}

// Start begins to keep spare workers ready. It does not wait for it: that none can be started is found out, and said, by
// the Prepare that needs one, since a server does without as long as no graph needs GStreamer. The context's end does
// not stop the pool. Start may be called once.
func (p *Pool) Start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != fresh {
		return fault.New(fault.Internal, "", "a pool of workers is started a second time")
	}
	o, err := p.o.orDefault()
	if err != nil {
		return err
	}
	p.o, p.state = o, running
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	p.tasks.Go(p.keep)
	return nil
}

// Open makes a Runtime whose plan will play in a worker. It is a run.Open.
func (p *Pool) Open(id string) (run.Runtime, error) { return newRuntime(p, id), nil }

// Stop ends all workers, also those that have instances, whose hosts are told, and returns when they are gone. If they
// are not when the context is done, they are killed; the only error is fault.Lost, when even that did not help.
func (p *Pool) Stop(ctx context.Context) error {
	p.mu.Lock()
	first := p.state == running
	p.state = over
	links := make([]*link, 0, len(p.links))
	for l := range p.links {
		links = append(links, l)
	}
	p.announce()
	p.mu.Unlock()
	if first {
		p.cancel()
	}
	for _, l := range links {
		p.tasks.Go(func() { l.quit(ctx) })
	}
	done := make(chan struct{})
	go func() {
		p.tasks.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-done: // quit kills them now
		return nil
	case <-time.After(2 * reap):
		return fault.New(fault.Lost, "", "workers were killed and are not gone")
	}
}

// Counts of a pool at one moment.
type Counts struct {
	Workers   int    // processes in all
	Spare     int    // of them ready for an instance
	Shared    int    // of them shared
	Instances int    // in shared ones
	Died      uint64 // workers that ended without being told to, so far
}

// Counts tells how many workers there are.
func (p *Pool) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := Counts{Workers: len(p.links), Shared: len(p.shared), Died: p.died}
	for _, ready := range p.links {
		if ready {
			c.Spare++
		}
	}
	for _, n := range p.shared {
		c.Instances += n
	}
	return c
}

// Past is what became of the workers of a pool so far.
type Past struct {
	// Deaths are those that died, by why: fault.Lost hung, fault.GstElement crashed, fault.Overloaded took too much of the
	// machine, fault.ProtocolViolation broke the protocol or off.
	Deaths   map[fault.Code]uint64
	Failures uint64      // starts of which no worker came, so far
	Starts   stat.Spread // the others, and how long each took until it was ready
}

// Past tells what became of workers.
func (p *Pool) Past() Past {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Past{Deaths: maps.Clone(p.deaths), Failures: p.failures, Starts: p.hatches.Snapshot()}
}
