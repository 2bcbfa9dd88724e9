package stat

import (
	"encoding/json"
	"reflect"
	"sync"
	"testing"
	"time"
)

func TestSnapshotHoldsWhatWasCounted(t *testing.T) {
	var s Set
	s.Units.Add(3)
	s.Units.Inc()
	s.Bytes.Add(1200)
	s.Keyframes.Inc()
	s.Drops.Add(Slow, 2)
	s.Drops.Add(AwaitKey, 5)
	s.Lag.Set(int64(40 * time.Millisecond))
	s.Level.Set(7)
	s.Level.Add(-3)
	want := Snapshot{
		Units: 4, Bytes: 1200, Keyframes: 1, Lag: 40 * time.Millisecond, Level: 4,
		Drops: map[string]uint64{"slow": 2, "await_key": 5},
	}
	if got := s.Snapshot(); !reflect.DeepEqual(got, want) {
		t.Errorf("snapshot %+v, want %+v", got, want)
	}
	if n := s.Drops.Total(); n != 7 {
		t.Errorf("%d drops in all, want 7", n)
	}
}

func TestSnapshotOfNothingHasNoDrops(t *testing.T) {
	var s Set
	got, err := json.Marshal(s.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"units":0,"bytes":0,"keyframes":0,"lag":0,"level":0}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReasonsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Reasons() {
		name := r.String()
		if name == "unknown" || seen[name] {
			t.Errorf("reason %d is called %q", r, name)
		}
		seen[name] = true
	}
	if Reason(200).String() != "unknown" {
		t.Error("a reason outside the list has a name")
	}
}

func TestUnlistedReasonIsNotCounted(t *testing.T) {
	var d Drops
	d.Add(Reason(200), 1)
	if d.Total() != 0 || d.Load(Reason(200)) != 0 {
		t.Error("a reason outside the list was counted")
	}
}

func TestCountersAreExactUnderContention(t *testing.T) {
	var s Set
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				s.Units.Inc()
				s.Drops.Add(Late, 2)
				s.Level.Add(1)
			}
		})
	}
	wg.Wait()
	if got := s.Snapshot(); got.Units != 4000 || got.Drops["late"] != 8000 || got.Level != 4000 {
		t.Errorf("counts went missing: %+v", got)
	}
}

func TestCountingDoesNotAllocate(t *testing.T) {
	var s Set
	if n := testing.AllocsPerRun(100, func() {
		s.Units.Add(8)
		s.Bytes.Add(9600)
		s.Drops.Add(Slow, 1)
		s.Lag.Set(1)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCount(b *testing.B) {
	var s Set
	b.ReportAllocs()
	for b.Loop() {
		s.Units.Add(8)
		s.Bytes.Add(9600)
	}
}
