//go:build cgo && !nogst

package trials_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/trials/harm"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

// How long a case may take: to play, and to be stopped. What is still at it then is stalled, and its worker is killed.
const (
	playTime  = 10 * time.Second
	againTime = 2 * time.Second // of what was kept, some of which always stalls
	stopTime  = 10 * time.Second
	slack     = 20 * time.Second // of the machine
)

// theatre plays hostile media, one worker for each case, beside a witness in the same pool.
type theatre struct {
	pool  *worker.Pool
	other *witness
	dir   string
	most  time.Duration // that a case may play
}

func theatreOf(t testing.TB, as string, most time.Duration) *theatre {
	t.Helper()
	pool, _ := start(t, as, func(o *worker.Options) {
		o.Memory, o.Grace = 1<<30, 500*time.Millisecond
		o.Limits.CPU = 60
	})
	return &theatre{pool: pool, other: observe(t, pool), dir: t.TempDir(), most: most}
}

// outcome is how a case ended.
type outcome struct {
	how   string // "fine", "stalled", "signal 11", or a code
	err   error
	units int   // that came out of a stream
	wrong error // what must never be, whatever the media
}

// stream plays a stream through its decoder.
func (h *theatre) stream(s harm.Stream, unguarded bool) outcome {
	p, err := decoding(s.Track.Codec, unguarded)
	if err != nil {
		return outcome{wrong: err}
	}
	return h.play(p, func(ctx context.Context, rt run.Runtime, inlets run.Inlets, host *fake.Host) error {
		in, base := inlets[bridge(p, plan.IntoGst)], time.Since(host.Epoch())
		in.Codec(s.Track)
		for _, u := range s.Units {
			u.PTS, u.DTS = u.PTS+base, u.DTS+base
			in.Unit(&u) // one that is dropped is dropped
		}
		in.Mark(run.End)
		return rt.Drain(ctx)
	})
}

// file plays a file through its demuxer and decoders.
func (h *theatre) file(name string, data []byte) outcome {
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return outcome{wrong: err}
	}
	defer os.Remove(path)
	p, err := reading(path)
	if err != nil {
		return outcome{wrong: err}
	}
	return h.play(p, func(ctx context.Context, _ run.Runtime, _ run.Inlets, host *fake.Host) error {
		for {
			n, err := host.Next(ctx)
			switch {
			case err != nil:
				return fault.New(fault.Stalled, "in", "it neither ends nor fails").Because(err)
			case n.Kind == run.Broken:
				return n.Err
			case n.Kind == run.NodeEnded && n.Node == "out":
				return nil
			}
		}
	})
}

// play plays a plan in a worker of its own and looks at everything that must hold whatever the media does.
func (h *theatre) play(p *plan.Plan, feed func(context.Context, run.Runtime, run.Inlets, *fake.Host) error) outcome {
	const id = "guest"
	begun := time.Now()
	rt, err := h.pool.Open(id)
	if err != nil {
		return outcome{wrong: err}
	}
	host := fake.NewHost()
	// A spare worker may take long to come, and that is not the media's fault.
	waiting, done := context.WithTimeout(context.Background(), patience)
	defer done()
	inlets, err := rt.Prepare(waiting, p, host)
	prepared := time.Now()
	if err == nil {
		ctx, done := context.WithTimeout(context.Background(), h.most)
		defer done()
		if err = rt.Start(ctx); err == nil {
			err = feed(ctx, rt, inlets, host)
		}
	}
	var wrong error
	if took := time.Since(prepared); took > h.most+slack {
		wrong = fmt.Errorf("playing takes %s", took)
	}
	played := time.Now()
	stopping, stopped := context.WithTimeout(context.Background(), stopTime)
	defer stopped()
	wrong = errors.Join(wrong, rt.Stop(stopping))
	if took := time.Since(played); took > stopTime+slack {
		wrong = errors.Join(wrong, fmt.Errorf("stopping takes %s", took))
	}
	if err == nil {
		err = broken(host)
	}
	wrong = errors.Join(wrong, sound(p, id, err), h.other.alive())
	if wrong != nil {
		wrong = fmt.Errorf("%w (after %s)", wrong, time.Since(begun).Round(time.Millisecond))
	}
	return outcome{how: how(err), err: err, units: len(host.Port(bridge(p, plan.OutOfGst)).Units()), wrong: wrong}
}

// broken is the error of a notice that came and was not read.
func broken(host *fake.Host) error {
	now, done := context.WithCancel(context.Background())
	done()
	for {
		n, err := host.Next(now)
		if err != nil {
			return nil //nolint:nilerr // there are no more
		}
		if n.Kind == run.Broken {
			return n.Err
		}
	}
}

// sound checks that an error says what went wrong and where.
func sound(p *plan.Plan, id string, err error) error {
	var f *fault.Fault
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &f):
		return fmt.Errorf("%w is no fault", err)
	case f.Code == fault.Internal || f.Msg == "":
		return fmt.Errorf("%w is a defect of ours", err)
	case strange(p, id, f):
		return fmt.Errorf("%w is at no node", err)
	}
	return nil
}

var death = regexp.MustCompile(`the worker died: (signal \d+|exit code \d+)`)

// how sums up an error.
func how(err error) string {
	switch code := fault.CodeOf(err); {
	case err == nil:
		return "fine"
	case death.MatchString(err.Error()):
		return death.FindStringSubmatch(err.Error())[1]
	case code == fault.Lost:
		return string(fault.Stalled) // its worker had to be killed
	default:
		return string(code)
	}
}

// grave tells whether an outcome is worth keeping: the worker died, or had to be killed.
func (o outcome) grave() bool {
	return strings.HasPrefix(o.how, "signal") || strings.HasPrefix(o.how, "exit") || o.how == string(fault.Stalled) || o.how == string(fault.Overloaded)
}

// again plays media that was kept: a stream as JSON, or a file.
func (h *theatre) again(path string) outcome {
	data, err := os.ReadFile(path)
	if err != nil {
		return outcome{wrong: err}
	}
	if filepath.Ext(path) != ".json" {
		return h.file(filepath.Base(path), data)
	}
	s, err := harm.Parse(data)
	if err != nil {
		return outcome{wrong: err}
	}
	return h.stream(s, strings.Contains(filepath.Base(path), "unguarded"))
}

// attack plays a base with the damage of a seed, and gives what was played and the extension it would be kept under.
func (h *theatre) attack(b base, seed uint64, unguarded bool) (o outcome, played []byte, ext string) {
	if b.file != nil {
		data := harm.File(seed, b.file)
		return h.file(fmt.Sprintf("%s-%d.%s", b.name, seed, b.ext), data), data, b.ext
	}
	s := b.stream.Damage(seed)
	data, err := s.Bytes()
	if err != nil {
		return outcome{wrong: err}, nil, ""
	}
	return h.stream(s, unguarded), data, "json"
}

// audible tells whether a base can be a call's: its codec's decoder may run as a chain.
func audible(b base) bool { return b.file == nil && b.stream.Track.Codec.Kind() == media.Audio }
