package trial_test

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/spec"
	"sluice/engine/trial"
	"sluice/engine/value"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is what a runtime of the lab plays.
type script struct {
	passes map[string][]run.Passed // by node
	fails  error                   // after that
	hangs  bool                    // it never ends
	writes map[string][]byte       // by the end of the path that a sink writes to
	untapd string                  // a node that cannot be tapped
}

// lab plays scripts instead of graphs.
type lab struct {
	script script
	files  map[string][]run.Passed // what is in files, by their contents
	plain  []run.Passed            // what comes out of decoding
	fails  error                   // of decoding

	mu      sync.Mutex
	decoded [][]run.Passed
	opened  int
	lazy    []string
}

func (l *lab) Open(string) (run.Runtime, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opened++
	return &player{Runtime: fake.New(), lab: l, taps: map[string][]func(run.Passed){}}, nil
}

func (l *lab) Demux(_ context.Context, path string, see func(run.Passed)) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fault.New(fault.ResourceNotFound, "", "no file").Because(err)
	}
	list, ok := l.files[string(data)]
	if !ok {
		return fault.New(fault.MediaCorrupt, "apart", "no media")
	}
	var wg sync.WaitGroup
	for _, pad := range []string{"audio_0", "video_0"} { // as demuxers do, each track in its own thread
		wg.Go(func() {
			for _, p := range list {
				if p.Pad == pad {
					see(p)
				}
			}
			see(run.Passed{Pad: pad, End: true})
		})
	}
	wg.Wait()
	return nil
}

func (l *lab) Decode(_ context.Context, coded []run.Passed, see func(run.Passed)) error {
	l.mu.Lock()
	l.decoded = append(l.decoded, coded)
	l.mu.Unlock()
	for _, p := range l.plain {
		see(p)
	}
	return l.fails
}

// player is a Runtime that plays the lab's script once it is started.
type player struct {
	*fake.Runtime
	lab  *lab
	plan *plan.Plan
	taps map[string][]func(run.Passed)
	wg   sync.WaitGroup
}

func (p *player) Prepare(ctx context.Context, plan *plan.Plan, host run.Host) (run.Inlets, error) {
	p.plan = plan
	return p.Runtime.Prepare(ctx, plan, host)
}

func (p *player) Apply(ctx context.Context, c run.Change) (run.Result, error) {
	p.lab.mu.Lock()
	if c.Verb == run.StartLazy {
		p.lab.lazy = append(p.lab.lazy, c.Branch)
	}
	p.lab.mu.Unlock()
	return p.Runtime.Apply(ctx, c)
}

func (p *player) Tap(node string, see func(run.Passed)) error {
	if node == p.lab.script.untapd {
		return fault.New(fault.ResourceNotFound, node, "the node is not in GStreamer")
	}
	p.taps[node] = append(p.taps[node], see)
	return nil
}

func (p *player) Start(ctx context.Context) error {
	if err := p.Runtime.Start(ctx); err != nil {
		return err
	}
	p.wg.Go(p.play)
	return nil
}

func (p *player) Stop(ctx context.Context) error {
	err := p.Runtime.Stop(ctx)
	p.wg.Wait()
	return err
}

func (p *player) play() {
	for _, n := range p.plan.Nodes {
		p.Tell(run.Notice{Kind: run.FirstMedia, Node: n.Name})
	}
	for node, sees := range p.taps {
		for _, see := range sees {
			for _, one := range p.lab.script.passes[node] {
				see(one)
			}
			see(run.Passed{Pad: "src", End: true})
		}
	}
	for _, l := range p.plan.Pipelines {
		for _, e := range l.Elements {
			for _, prop := range e.Props {
				for end, data := range p.lab.script.writes {
					if prop.Name == "location" && strings.HasSuffix(prop.Reveal(), end) {
						_ = os.WriteFile(strings.ReplaceAll(prop.Reveal(), "%d", string(data[:1])), data, 0o600)
					}
				}
			}
		}
	}
	switch {
	case p.lab.script.fails != nil:
		p.Tell(run.Notice{Kind: run.Broken, Err: p.lab.script.fails})
	case !p.lab.script.hangs:
		for _, n := range p.plan.Nodes {
			p.Tell(run.Notice{Kind: run.NodeEnded, Node: n.Name})
		}
	}
}

// library finds the graphs of a test.
type library []*spec.Graph

func (l library) Graph(name string) (*spec.Graph, bool) {
	for _, g := range l {
		if g.Name == name {
			return g, true
		}
	}
	return nil, false
}

func elements(t testing.TB) *element.Registry {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(snapshot, []element.Declared{peer{}}, []element.Trigger{
		{Event: "rtmp.publish", Vars: []element.Var{{Name: "app", Type: value.String}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// peer is an element that needs somebody outside.
type peer struct{}

func (peer) Spec() element.Spec {
	return element.Spec{
		Name: "peer.in", About: "Gives what a peer sends.", Domain: element.Go,
		Ports: []element.Port{element.Out("video", media.Video, media.VP8)},
	}
}

// graph is what tests run: pictures and sound into a file, with a second reader of the pictures that is lazy.
const graph = `graph: v1
about: Bars and a tone.
params:
  target: {type: file, default: out/film.webm}
  name: {type: string, default: x}
route:
  - {event: rtmp.publish, path: "/live/{stream...}", where: {app: live}, with: {name: preset}}
nodes:
  pic: videotestsrc num-buffers=10
  enc: vp8enc
  snd: audiotestsrc num-buffers=10
  aenc: opusenc
  mux: webmmux
  write: filesink location=$target
links:
  - pic -> enc -> mux
  - snd -> aenc -> mux
  - mux -> write
`

// called is a graph whose pictures come from a peer.
func called() string {
	return strings.NewReplacer("  pic: videotestsrc num-buffers=10\n", "", "enc: vp8enc", "enc: peer.in", "pic -> enc", "enc").Replace(graph)
}

func parse(t testing.TB, text string) library {
	t.Helper()
	graphs, diags := spec.Parse("graphs/g.yaml", "g", []byte(text))
	for _, d := range diags {
		t.Fatal(d)
	}
	return graphs
}

// try runs the tests of the graph, written as the items of tests:, and gives their results.
func try(t testing.TB, l trial.Lab, opts trial.Options, tests string) []trial.Result {
	t.Helper()
	return tryGraph(t, l, opts, graph+"tests:\n"+tests)
}

func tryGraph(t testing.TB, l trial.Lab, opts trial.Options, text string) []trial.Result {
	t.Helper()
	lib := parse(t, text)
	var entries []route.Entry
	for _, g := range lib {
		e, _ := route.Entries(g)
		entries = append(entries, e...)
	}
	routes, _ := route.Build(entries)
	if opts.Lab = l; l == nil {
		opts.Lab, opts.Why = nil, "no lab"
	}
	r := trial.New(trial.Set{Library: lib, Routes: routes, Registry: elements(t)}, opts)
	return r.Run(t.Context(), trial.Cases(lib...))
}

// expectOne runs one test that is written as what it expects, in one line.
func expectOne(t testing.TB, l trial.Lab, body string) trial.Result {
	t.Helper()
	return try(t, l, trial.Options{}, "  - {name: one, expect: "+body+"}\n")[0]
}

// failed lists what failed, as "enc.frames: 10".
func failed(r trial.Result) []string {
	var out []string
	for _, f := range r.Found {
		if !f.OK {
			out = append(out, f.What+": "+f.Saw)
		}
	}
	return out
}

// frames are coded or raw pictures at 25 a second, every fifth a key frame.
func frames(pad, caps string, n int, data []byte) []run.Passed {
	var out []run.Passed
	for i := range n {
		at := time.Duration(i) * 40 * time.Millisecond
		out = append(out, run.Passed{Pad: pad, Caps: caps, PTS: at, DTS: at, Duration: 40 * time.Millisecond, Key: i%5 == 0, Data: data})
	}
	return out
}

// packets are 20 ms of something each.
func packets(pad, caps string, n int, data []byte) []run.Passed {
	var out []run.Passed
	for i := range n {
		at := time.Duration(i) * 20 * time.Millisecond
		out = append(out, run.Passed{Pad: pad, Caps: caps, PTS: at, DTS: at, Duration: 20 * time.Millisecond, Key: true, Data: data})
	}
	return out
}

const (
	rawSound   = "audio/x-raw, format=(string)S16LE, layout=(string)interleaved, rate=(int)8000, channels=(int)1"
	rawPicture = "video/x-raw, format=(string)RGB, width=(int)40, height=(int)20, framerate=(fraction)25/1"
	vp8        = "video/x-vp8, profile=(string)0, width=(int)320, height=(int)180"
	opus       = "audio/x-opus, channel-mapping-family=(int)0"
)

// tone is raw sound of two pitches: one for the first half of it, one for the rest, 0 for silence.
func tone(pad string, n int, first, second float64) []run.Passed {
	out := packets(pad, rawSound, n, nil)
	for i := range out {
		hz := first
		if i >= n/2 {
			hz = second
		}
		for k := range 160 {
			v := 10_000 * math.Sin(2*math.Pi*hz*float64(i*160+k)/8000)
			out[i].Data = binary.LittleEndian.AppendUint16(out[i].Data, uint16(int16(v)))
		}
	}
	return out
}

// paint is a raw picture whose left half is red and whose right half is blue.
func paint() []byte {
	data := make([]byte, 40*3*20)
	for i := 0; i < len(data); i += 3 {
		data[i+map[bool]int{true: 0, false: 2}[i/3%40 < 20]] = 255
	}
	return data
}
