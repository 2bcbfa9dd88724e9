package run

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/plan"
)

func states() []State {
	return []State{Planned, Starting, Live, Degraded, Draining, Stopped, Failed, Lost}
}

// The whole table, written as a picture: a row may become the columns marked with an x.
func TestTransitions(t *testing.T) {
	picture := []string{
		//         P S L D d s F X
		"planned   . x . . . x . .",
		"starting  . . x . x . x x",
		"live      . . . x x . x x",
		"degraded  . . x . x . x x",
		"draining  . . . . . x x x",
		"stopped   x . . . . . . .",
		"failed    x . . . . . . .",
		"lost      x . . . . . . .",
	}
	for _, row := range picture {
		cells := strings.Fields(row)
		from := State(cells[0])
		for i, to := range states() {
			err := from.To(to)
			if (err == nil) != (cells[i+1] == "x") {
				t.Errorf("%s to %s: %v", from, to, err)
			}
			if err != nil && !errors.Is(err, fault.Internal) {
				t.Errorf("%s to %s is refused with %v", from, to, err)
			}
		}
	}
	if err := State("dreaming").To(Live); err == nil {
		t.Error("an unknown state became live")
	}
}

// Apart from live and degraded, which alternate, no state comes back but by a restart through planned.
func TestStatesGoForward(t *testing.T) {
	for _, from := range states() {
		if from.Over() {
			continue
		}
		var reached []State
		next := []State{from}
		for len(next) > 0 {
			s := next[0]
			next = next[1:]
			for _, to := range transitions(s) {
				if to != Planned && !slices.Contains(reached, to) {
					reached, next = append(reached, to), append(next, to)
				}
			}
		}
		if slices.Contains(reached, from) && from != Live && from != Degraded {
			t.Errorf("%s comes back to itself", from)
		}
		if !slices.Contains(reached, Stopped) {
			t.Errorf("%s can never be stopped", from)
		}
	}
}

func TestPhases(t *testing.T) {
	phases := []Phase{Fresh, Prepared, Running, Drained, Spoilt, Closed}
	legal := map[Phase]map[Call]Phase{
		Fresh: {CallPrepare: Prepared}, Prepared: {CallStart: Running}, Running: {CallApply: Running, CallDrain: Drained},
	}
	for _, p := range phases {
		for _, c := range []Call{CallPrepare, CallStart, CallApply, CallDrain} {
			want, ok := legal[p][c]
			got, err := p.After(c)
			switch {
			case ok && (err != nil || got != want):
				t.Errorf("%s after %s: %s, %v", c, p, got, err)
			case !ok && (err == nil || got != p):
				t.Errorf("%s after %s: %s, %v", c, p, got, err)
			case !ok && errors.Is(err, fault.Closed) != (p == Closed):
				t.Errorf("%s after %s is refused with %v", c, p, err)
			}
		}
		if got, err := p.After(CallStop); got != Closed || err != nil {
			t.Errorf("stop after %s: %s, %v", p, got, err)
		}
	}
}

func TestChangeCheck(t *testing.T) {
	p, settings := &plan.Plan{}, []plan.Setting{{Name: "x"}}
	for _, c := range []struct {
		change Change
		want   string // "" if sound
	}{
		{Change{Verb: AddBranch, Branch: "seat[a]", Plan: p}, ""},
		{Change{Verb: AddBranch, Branch: "seat[a]"}, "no plan"},
		{Change{Verb: AddBranch, Plan: p}, "no branch"},
		{Change{Verb: RemoveBranch, Branch: "seat[a]", Plan: p}, ""},
		{Change{Verb: RemoveBranch, Branch: "seat[a]"}, "no plan"},
		{Change{Verb: StartLazy, Branch: "b"}, ""},
		{Change{Verb: StartLazy}, "no branch"},
		{Change{Verb: EndLazy, Branch: "b"}, ""},
		{Change{Verb: EndLazy}, "no branch"},
		{Change{Verb: Set, Plan: p}, ""},
		{Change{Verb: Set, Node: "n", Settings: settings}, "no plan"},
		{Change{Verb: Do, Node: "n", Action: "a"}, ""},
		{Change{Verb: Do, Action: "a"}, "no node"},
		{Change{Verb: Do, Node: "n"}, "no action"},
		{Change{Verb: AskKey, Bridge: "b"}, ""},
		{Change{Verb: AskKey}, "no bridge"},
		{Change{Verb: "dance"}, `no change "dance"`},
		{Change{}, `no change ""`},
	} {
		err := c.change.Check()
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, fault.InvalidRequest) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.change, err, c.want)
		}
	}
}
