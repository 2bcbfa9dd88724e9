// Package able finds out which encoders on devices work: it has each encode one picture in a worker process, so that a driver which
// crashes or hangs costs no more than that process. It decides nothing about which encoder is used.
package able

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"sluice/elements/codec"
	"sluice/elements/convert"
	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/spec"
)

// Trials are how encoders are tried.
type Trials struct {
	Open    run.Open // makes what plays in a worker
	Catalog catalog.Catalog
	// Limit is how long all may take together; 0 is 6 s. A driver that wakes a graphics card up takes some of them.
	Limit time.Duration
}

const (
	usualLimit = 6 * time.Second
	patience   = 2 * time.Second // for a worker to end
)

// All tries encoders, and gives for each why it is of no use: nil if it is. Kinds of devices are tried at the same time, and of one kind
// one after the other, as some cards encode a few streams at a time only. It takes no longer than the limit, and two seconds for workers
// to end: an encoder that hangs takes the time of those that go to the same driver, and of no others.
func (t Trials) All(ctx context.Context, encoders []string) map[string]error {
	end := time.Now().Add(t.limit())
	within, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	kinds := map[string][]string{}
	for _, name := range encoders {
		kind := codec.Family(name)
		kinds[kind] = append(kinds[kind], name)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	out := map[string]error{}
	for _, list := range kinds {
		all.Go(func() {
			before := ""
			for _, name := range list {
				err := fmt.Errorf("it was not tried, as %s took all the time there was", before)
				if before == "" || within.Err() == nil && time.Now().Before(end) { // a context ends a little late
					err = t.One(within, name)
				}
				before = name
				mu.Lock()
				out[name] = err
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return out
}

func (t Trials) limit() time.Duration { return cmp.Or(max(t.Limit, 0), usualLimit) }

// One has an encoder encode one picture.
func (t Trials) One(ctx context.Context, encoder string) error {
	p, err := trial(encoder, t.Catalog)
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, t.limit())
	defer cancel()
	rt, err := t.Open("trial-" + encoder)
	if err != nil {
		return err
	}
	err = play(within, rt, p)
	if errors.Is(within.Err(), context.DeadlineExceeded) && err != nil {
		err = fmt.Errorf("it gave no picture within %s", t.limit())
	}
	ending, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer done()
	if stopped := rt.Stop(ending); stopped != nil && err == nil {
		err = fmt.Errorf("it did not end: %w", stopped)
	}
	return plain(err)
}

// play waits for the first picture that comes out.
func play(ctx context.Context, rt run.Runtime, p *plan.Plan) error {
	h := newWitness()
	if _, err := rt.Prepare(ctx, p, h); err != nil {
		return err
	}
	if err := rt.Start(ctx); err != nil {
		return err
	}
	select {
	case err := <-h.told:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// plain leaves out of a fault where it was, which is a graph that nobody wrote.
func plain(err error) error {
	var f *fault.Fault
	if errors.As(err, &f) {
		return errors.New(f.Msg)
	}
	return err
}

// trial is the plan: one picture, of a size that every encoder takes, encoded as conversions do it.
func trial(encoder string, cat catalog.Catalog) (*plan.Plan, error) {
	of, ok := makes(encoder)
	if !ok {
		return nil, fmt.Errorf("%s encodes nothing that is known here", encoder)
	}
	text := "graph: v1\nnodes:\n  in: videotestsrc num-buffers=1\n" +
		"  enc: convert codec=" + string(of) + " encoder=" + encoder + "\n  out: trial.out\n" +
		"links:\n  - in -> [video/x-raw,width=640,height=360,framerate=30/1] -> enc -> out\n"
	graphs, wrong := spec.Parse("trial.yaml", "trial", []byte(text))
	if len(graphs) != 1 || len(wrong) > 0 {
		return nil, fault.New(fault.Internal, encoder, "the trial's graph cannot be read: %v", wrong)
	}
	reg, err := element.NewRegistry(cat, []element.Declared{convert.Convert{}, out{}}, nil)
	if err != nil {
		return nil, err
	}
	t, err := plan.Compile(graphs[0], nil, reg)
	if err != nil {
		return nil, err
	}
	return t.Resolve(plan.Inputs{})
}

// makes finds the codec that an encoder makes.
func makes(encoder string) (media.Codec, bool) {
	for _, of := range media.Codecs() {
		if of.Kind == media.Video && slices.Contains(codec.Makers(of.Codec), encoder) {
			return of.Codec, true
		}
	}
	return "", false
}

// out is where the picture goes.
type out struct{}

// Spec describes trial.out.
func (out) Spec() element.Spec {
	var all []media.Codec
	for _, of := range media.Codecs() {
		if of.Kind == media.Video {
			all = append(all, of.Codec)
		}
	}
	return element.Spec{Name: "trial.out", Domain: element.Go, Ports: []element.Port{element.In("video", media.Video, all...)}}
}
