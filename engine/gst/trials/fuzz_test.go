//go:build cgo && !nogst

package trials_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"sluice/engine/fault"
)

// What `make fuzz` says: go test ./engine/gst/trials -run TestMediaFuzz -hostile 10m -first 1 -keep
var (
	hostile = flag.Duration("hostile", 0, "how long to play damaged media; 0 not at all")
	first   = flag.Uint64("first", 1, "seed of the first damage")
	keep    = flag.Bool("keep", false, "keep media that workers die of in testdata/fuzz-media")
	only    = flag.String("only", "", "only the codec or container of this name")
)

const (
	kept      = "../../../testdata/fuzz-media"
	atOnce    = 4 // cases
	mostKept  = 2 // of one base and one kind of death
	largeKept = 64 << 10
)

// Media as it should be is decoded, by every decoder and demuxer: the fuzzing below would find nothing otherwise.
func TestMediaIsDecoded(t *testing.T) {
	stages := map[string]*theatre{chains: theatreOf(t, chains, playTime), pipelines: theatreOf(t, pipelines, playTime)}
	all := bases(t, stages[chains].pool)
	t.Run("all", func(t *testing.T) {
		for as, stage := range stages {
			for _, b := range all {
				if as == pipelines && !audible(b) {
					continue // it is the same
				}
				t.Run(as+" "+b.name, func(t *testing.T) {
					t.Parallel()
					o, _, _ := stage.attack(b, 0, false)
					if o.wrong != nil {
						t.Error(o.wrong)
					}
					if !b.broken && (o.how != "fine" || b.file == nil && o.units < 2) {
						t.Errorf("%s with %d units: %v", o.how, o.units, o.err)
					}
					if b.broken && o.grave() {
						t.Errorf("%s: %v", o.how, o.err)
					}
				})
			}
		}
	})
}

// What workers once died of, or hung in, still hurts nobody else. The worker may die of it again.
func TestKeptMedia(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(kept, "*-*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing is kept: %v", err)
	}
	stage := theatreOf(t, chains, againTime)
	t.Run("all", func(t *testing.T) {
		for _, f := range files {
			t.Run(filepath.Base(f), func(t *testing.T) {
				t.Parallel()
				o := stage.again(f)
				if o.wrong != nil {
					t.Error(o.wrong)
				}
				t.Logf("%s: %v", o.how, o.err)
			})
		}
	})
}

// TestMediaFuzz plays damaged media for as long as it is told to, in turn through everything that decodes. It fails if the
// server's side is hurt. Workers may die; what they died of is kept and told.
func TestMediaFuzz(t *testing.T) {
	if *hostile == 0 {
		t.Skip("it takes as long as -hostile says")
	}
	end := time.Now().Add(*hostile)
	stages := []*theatre{theatreOf(t, chains, playTime), theatreOf(t, pipelines, playTime)}
	all := bases(t, stages[0].pool)
	if *only != "" {
		all = slices.DeleteFunc(all, func(b base) bool { return b.name != *only })
	}
	table := &tally{counts: map[string]map[string]int{}}
	next := make(chan func())
	var players sync.WaitGroup
	for range atOnce {
		players.Go(func() {
			for play := range next {
				play()
			}
		})
	}
	seed := *first
	for ; time.Now().Before(end) && !t.Failed(); seed++ {
		for _, b := range all {
			stage := stages[0]
			if audible(b) {
				stage = stages[seed%2]
			}
			s := seed
			next <- func() { table.add(t, b, s, stage) }
			if time.Now().After(end) {
				break
			}
		}
	}
	close(next)
	players.Wait()
	t.Logf("seeds %d to %d\n%s", *first, seed-1, table)
}

// tally counts how cases ended.
type tally struct {
	mu     sync.Mutex
	counts map[string]map[string]int // by base and outcome
}

// add plays a case and counts it.
func (y *tally) add(t *testing.T, b base, seed uint64, stage *theatre) {
	o, played, ext := stage.attack(b, seed, false)
	if o.wrong == nil && o.how == string(fault.Stalled) {
		if o, _, _ = stage.attack(b, seed, false); o.how != string(fault.Stalled) {
			o.how = "stalled once" // a race, which nothing that is kept would show
		}
	}
	if o.wrong != nil {
		t.Errorf("%s, seed %d: %v", b.name, seed, o.wrong)
		save(t, fmt.Sprintf("%s-%d-wrong.%s", b.name, seed, ext), played)
	}
	y.mu.Lock()
	if y.counts[b.name] == nil {
		y.counts[b.name] = map[string]int{}
	}
	y.counts[b.name][o.how]++
	n := y.counts[b.name][o.how]
	y.mu.Unlock()
	if !o.grave() {
		return
	}
	t.Logf("%s, seed %d: %v", b.name, seed, o.err)
	if n <= mostKept && len(played) <= largeKept {
		save(t, fmt.Sprintf("%s-%d-%s.%s", b.name, seed, strings.ReplaceAll(o.how, " ", "-"), ext), played)
	}
}

// save keeps media under a name, if it is to be kept.
func save(t *testing.T, name string, data []byte) {
	if !*keep {
		return
	}
	if err := os.WriteFile(filepath.Join(kept, name), data, 0o600); err != nil {
		t.Error(err)
	}
	t.Logf("kept as testdata/fuzz-media/%s", name)
}

// String is a table of all outcomes.
func (y *tally) String() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(y.counts)) {
		fmt.Fprint(w, name)
		for _, how := range slices.Sorted(maps.Keys(y.counts[name])) {
			fmt.Fprintf(w, "\t%s %d", how, y.counts[name][how])
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush()
	return b.String()
}
