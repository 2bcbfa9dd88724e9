package benchtest

import (
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// Player is a command that does the same as others do.
type Player struct {
	Name string
	Args []string // the program is the first

	wrote int64 // bytes, the first time
}

// Contest has players write the same files in turns, so that whatever else the machine does hits all alike, and gives the processor time
// that each took, in milliseconds with that of its children, in every turn. A turn before them, which is not counted, brings
// files and plugins into memory.
func Contest(b *testing.B, turns int, files []string, players ...*Player) map[string][]float64 {
	b.Helper()
	took := map[string][]float64{}
	for turn := -1; turn < turns; turn++ {
		order := slices.Clone(players)
		for range turn % len(players) { // whoever is later has it a little warmer
			order = append(order[1:], order[0])
		}
		for _, p := range order {
			if ms := p.play(b, files); turn >= 0 {
				took[p.Name] = append(took[p.Name], ms)
			}
		}
	}
	return took
}

// play runs the command. What it writes must be about as large as the first time, or it did something else.
func (p *Player) play(b *testing.B, files []string) float64 {
	b.Helper()
	for _, f := range files {
		_ = os.Remove(f) // the first time there is none
	}
	cmd := exec.CommandContext(b.Context(), p.Args[0], p.Args[1:]...) //nolint:gosec // what is compared
	if said, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", p.Args, err, said)
	}
	wrote := int64(0)
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			b.Fatal(err)
		}
		wrote += info.Size()
	}
	if p.wrote == 0 {
		p.wrote = wrote
	}
	if off := wrote - p.wrote; max(off, -off) > p.wrote/10 {
		b.Fatalf("%v wrote %d bytes, where it wrote %d at first", p.Args, wrote, p.wrote)
	}
	return float64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()) / float64(time.Millisecond)
}

// Script writes what `sluice show --as launch` makes of a graph into a file, and gives the player that plays it with gst-launch-1.0.
func Script(b *testing.B, path, file string, graph ...string) *Player {
	b.Helper()
	text := Output(b, path, append([]string{"show", "--as", "launch"}, graph...)...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.Fatal(err)
	}
	return &Player{Name: "gst", Args: []string{"sh", file}}
}

// Median is the value in the middle.
func Median(values []float64) float64 {
	all := slices.Sorted(slices.Values(values))
	n := len(all)
	if n == 0 {
		return 0
	}
	return (all[(n-1)/2] + all[n/2]) / 2
}

// Report tells what a player took: the median, and the least and the most.
func Report(b *testing.B, name string, took []float64) {
	b.Helper()
	b.ReportMetric(Median(took), name+"-cpu-ms")
	b.ReportMetric(slices.Min(took), name+"-min-ms")
	b.ReportMetric(slices.Max(took), name+"-max-ms")
}
