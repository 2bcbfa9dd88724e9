package job

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/stat"
	"sluice/engine/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// film is a plan of one pipeline: a file is read, coded by two encoders, one with a queue behind it and one with a parser
// between, and written.
type film struct{ read, write string }

func (f film) Resolve(plan.Inputs) (*plan.Plan, error) { return f.plan(), nil }

func (f film) plan() *plan.Plan {
	p := &plan.Plan{Graph: "jobs/film", Hash: "film", Policy: plan.DefaultPolicy()}
	l := plan.Pipeline{Name: "read", Offline: true}
	for _, e := range []plan.Element{
		{Name: "read", Factory: "filesrc", Props: []plan.Setting{{Name: "location", Type: value.String, Text: f.read}}},
		{Name: "venc", Factory: "vp8enc"}, {Name: "vq", Factory: "queue", Role: plan.RoleQueue, Node: "venc"},
		{Name: "aenc", Factory: "avenc_aac"}, {Name: "apar", Factory: "aacparse"}, {Name: "aq", Factory: "queue", Role: plan.RoleQueue, Node: "apar"},
		{Name: "write", Factory: "filesink", Props: []plan.Setting{{Name: "location", Type: value.String, Text: f.write}}},
	} {
		if e.Node == "" {
			e.Node = e.Name
			p.Nodes = append(p.Nodes, plan.Node{Name: e.Name, Element: e.Factory, Domain: element.Gst, Pipeline: "read"})
		}
		l.Elements = append(l.Elements, e)
	}
	for _, pair := range [][2]string{{"read", "venc"}, {"read", "aenc"}, {"venc", "vq"}, {"vq", "write"}, {"aenc", "apar"}, {"apar", "aq"}, {"aq", "write"}} {
		l.Links = append(l.Links, plan.Link{From: plan.Pad{Of: pair[0]}, To: plan.Pad{Of: pair[1]}})
	}
	p.Pipelines = []plan.Pipeline{l}
	return p
}

// specs knows the elements of the film.
func specs(name string) (*element.Spec, bool) {
	class := map[string]string{
		"filesrc": "Source/File", "vp8enc": "Codec/Encoder/Video", "avenc_aac": "Codec/Encoder/Audio", "aacparse": "Codec/Parser/Audio",
		"queue": "Generic", "filesink": "Sink/File", "splitmuxsink": "Sink/File", "hlssink2": "Sink/File",
	}
	k, ok := class[name]
	s := &element.Spec{Name: name, Klass: k}
	in, out := element.Port{Name: "sink", Dir: element.Sink}, element.Port{Name: "src", Dir: element.Source}
	switch {
	case s.Is("Sink"):
		s.Ports = []element.Port{in}
	case s.Is("Source"):
		s.Ports = []element.Port{out}
	default:
		s.Ports = []element.Port{in, out}
	}
	return s, ok
}

// projector plays a film of ten seconds at twice its speed. Its time is that of the bubble.
type projector struct {
	*fake.Runtime
	begun  time.Time
	timers []*time.Timer
	mu     sync.Mutex
	stop   time.Time // when it stopped moving
	drains time.Duration
	fails  error // in mid-film, if not nil

	once    sync.Once
	stopped chan struct{}
}

func newProjector() *projector {
	p := &projector{Runtime: fake.New(), stopped: make(chan struct{})}
	p.Inspected(func(r *run.Report) {
		r.Position, r.Length = p.position(), 10*time.Second
		frames := uint64(r.Position / (40 * time.Millisecond))
		r.Samples = []run.Sample{
			{Kind: run.OfNode, Name: "venc", Counts: stat.Snapshot{Units: 9999}}, // of more than the encoder
			{Kind: run.OfQueue, Name: "vq", Counts: stat.Snapshot{Units: frames, Keyframes: frames/50 + 1, Bytes: frames * 1000}},
			{Kind: run.OfQueue, Name: "aq", Counts: stat.Snapshot{Units: 2 * frames, Bytes: frames * 100}},
		}
	})
	return p
}

func (p *projector) position() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun.IsZero() {
		return 0
	}
	end := time.Now()
	if !p.stop.IsZero() {
		end = p.stop
	}
	return min(10*time.Second, 2*end.Sub(p.begun))
}

// Start implements run.Runtime.
func (p *projector) Start(ctx context.Context) error {
	err := p.Runtime.Start(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun = time.Now()
	p.Tell(run.Notice{Kind: run.FirstMedia, Node: "read"})
	p.after(5*time.Second, run.Notice{Kind: run.NodeEnded, Node: "read"})
	if p.fails != nil {
		p.after(2*time.Second, run.Notice{Kind: run.Broken, Node: "venc", Err: p.fails})
	}
	return err
}

func (p *projector) after(d time.Duration, n run.Notice) {
	p.timers = append(p.timers, time.AfterFunc(d, func() { p.Tell(n) }))
}

// Drain implements run.Runtime. It takes as long as drains says.
func (p *projector) Drain(ctx context.Context) error {
	select {
	case <-time.After(p.drains):
	case <-ctx.Done():
	case <-p.stopped:
	}
	p.halt()
	return p.Runtime.Drain(ctx)
}

// Stop implements run.Runtime.
func (p *projector) Stop(ctx context.Context) error {
	p.halt()
	p.once.Do(func() { close(p.stopped) })
	for _, t := range p.timers {
		t.Stop()
	}
	return p.Runtime.Stop(ctx)
}

func (p *projector) halt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop.IsZero() {
		p.stop = time.Now()
	}
}

// job is one that a projector runs, in a folder of its own with the film in it.
func (p *projector) job(t *testing.T) (Job, film) {
	t.Helper()
	folder := t.TempDir()
	f := film{filepath.Join(folder, "in.flv"), filepath.Join(folder, "out.webm")}
	put(t, f.read, "film")
	return Job{
		Graph: "jobs/film", Template: f, Plan: f.plan(), Spec: specs, Log: slog.New(slog.DiscardHandler),
		Open: func(string) (run.Runtime, error) { return p, nil },
	}, f
}
