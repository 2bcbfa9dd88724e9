//go:build cgo && !nogst

package chain

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run/fake"
)

// Every chain that the compiler makes of the shipped graphs can be made, and takes and gives what the plan says.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "graphs", "golden", "*.plan.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans: %v", err)
	}
	made := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var p plan.Plan
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for i := range p.Pipelines {
			if !p.Pipelines[i].Chain {
				continue
			}
			made++
			t.Run(filepath.Base(file)+" "+p.Pipelines[i].Name, func(t *testing.T) { planned(t, &p, &p.Pipelines[i]) })
		}
	}
	if made < 5 {
		t.Errorf("only %d chains", made)
	}
}

// planned pushes a second of the codec that a pipeline takes through it.
func planned(t *testing.T, p *plan.Plan, l *plan.Pipeline) {
	var in, out plan.Bridge
	for _, b := range p.Bridges {
		if b.Pipeline == l.Name {
			*map[plan.Direction]*plan.Bridge{plan.IntoGst: &in, plan.OutOfGst: &out}[b.Direction] = b
		}
	}
	frames, track := speech(440, 50), media.NewTrack(media.PCMU)
	for _, c := range conversions() { // the first coder that gives it
		if track.Codec != in.Format.Codec && c.codec == in.Format.Codec {
			frames, track = through(t, row1(media.PCMU, c.there...), track, c.codec, frames)
		}
	}
	if track.Codec != in.Format.Codec {
		t.Fatalf("nothing here makes %s", in.Format.Codec)
	}
	host := fake.NewHost()
	leg := NewLeg(l, in, out, host, func(err error) { t.Error(err) })
	defer leg.Stop()
	if err := leg.Start(); err != nil {
		t.Fatal(err)
	}
	leg.Codec(track)
	for _, u := range toUnits(frames) {
		if !leg.Unit(u) {
			t.Fatal("dropped")
		}
	}
	port := host.Port(out.Name)
	if n := len(port.Units()); n < 20 {
		t.Errorf("%d units of a second came out", n)
	}
	if tracks := port.Tracks(); len(tracks) != 1 || tracks[0].Codec != out.Format.Codec {
		t.Errorf("tracks %v", tracks)
	}
}
