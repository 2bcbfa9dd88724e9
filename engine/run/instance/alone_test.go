package instance

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"sluice/engine/run"
)

const anns = "seat[ann]/own" // what is for ann alone

// listed are the branches of guests, by name.
func (r *rig) listed() []string {
	synctest.Wait()
	var out []string
	for _, b := range r.Status().Branches {
		if strings.HasPrefix(b.Name, "seat") {
			out = append(out, b.Name)
		}
	}
	return out
}

// What a guest has that is lazy goes when the guest does, however he went.
func TestWhatIsLazyGoesWithItsGuest(t *testing.T) {
	for name, leave := range map[string]func(*testing.T, *rig){
		"removed": func(t *testing.T, r *rig) {
			if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
				t.Error(err)
			}
		},
		"removed while his source ends": func(t *testing.T, r *rig) {
			entered, release := r.fake().Wedge(run.CallApply)
			r.fake().Tell(run.Notice{Kind: run.NodeEnded, Node: "seat[ann]/in", Branch: "seat[ann]"})
			<-entered
			gone := make(chan error)
			go func() { gone <- r.Remove(t.Context(), "seat", "ann") }()
			synctest.Wait()
			release()
			if err := <-gone; err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			live(t, &sketch{own: true}, func(t *testing.T, r *rig) {
				r.add("ann")
				r.Demand(anns)
				if got := r.listed(); !slices.Equal(got, []string{"seat[ann]", anns}) {
					t.Fatalf("there are %q", got)
				}
				leave(t, r)
				if got := r.listed(); len(got) != 0 {
					t.Errorf("left are %q", got)
				}
			})
		})
	}
}

// Who still reads what a guest had for himself reads it when the guest is back, and his leaving is counted as his.
func TestReadersOfAGuestWhoComesBack(t *testing.T) {
	live(t, &sketch{own: true}, func(t *testing.T, r *rig) {
		r.add("ann")
		r.Demand(anns)
		r.wantChanges("add_branch seat[ann]", "start_lazy "+anns)
		if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
			t.Fatal(err)
		}
		r.add("ann")
		want := []string{"add_branch seat[ann]", "start_lazy " + anns, "remove_branch seat[ann]", "add_branch seat[ann]", "start_lazy " + anns}
		r.wantChanges(want...)
		r.Idle(anns)
		r.Demand(anns)
		synctest.Wait()
		if b := r.Status().Branches; !slices.Contains(b, Branch{Name: anns, Kind: "lazy", Runs: true, Readers: 1}) {
			t.Errorf("the branches are %+v", b)
		}
		r.wantChanges(want...)
	})
}
