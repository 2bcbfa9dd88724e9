package roster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"sluice/engine/plan"
)

// hall is a template of which every guest in "seat" is a branch; it writes into the hash what it was given. Beside a
// placeholder, or anybody at all, there is a pipeline.
type hall struct{ fails error }

func (h hall) Resolve(in plan.Inputs) (*plan.Plan, error) {
	if h.fails != nil {
		return nil, h.fails
	}
	keys, known := in.Keys["seat"]
	if !known {
		keys = []plan.Key{{Name: "{guest}"}}
	}
	p := &plan.Plan{}
	var names []string
	for _, k := range keys {
		names = append(names, k.Name)
		b := Branch("seat", k.Name)
		if len(p.Pipelines) == 0 {
			p.Pipelines = []plan.Pipeline{{Name: "hall"}}
		}
		l := &p.Pipelines[0]
		l.Branches = append(l.Branches, plan.Branch{Name: b, Kind: plan.Keyed, Key: k.Name, OnError: "drop"})
		l.Elements = append(l.Elements, plan.Element{Name: b + "/dec", Node: b + "/dec", Branch: b})
		p.Nodes = append(p.Nodes, plan.Node{Name: b + "/dec"})
	}
	slices.Sort(names)
	p.Hash = fmt.Sprint(names, in.Set)
	return p, nil
}

func want(t *testing.T, p *plan.Plan, err error, hash string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if p.Hash != hash {
		t.Errorf("the plan is %q, want %q", p.Hash, hash)
	}
}

func TestKeysComeAndGo(t *testing.T) {
	r := New(plan.Inputs{Keys: map[string][]plan.Key{"seat": {{Name: "ann"}}}})
	bob := &Key{Branch: "seat[bob]", Node: "seat", Key: plan.Key{Name: "bob"}, In: true}
	r.Put(bob)
	p, err := r.Resolve(hall{})
	want(t, p, err, "[ann bob] map[]")
	if bob.In = false; !slices.Equal(r.Out(), []string{"seat[bob]"}) || !r.Awaits("seat[bob]/dec") || r.Awaits("seat[ann]/dec") || r.Awaits("seat[bob]") {
		t.Errorf("out are %q", r.Out())
	}
	bob.In = true
	p, err = r.Base(hall{})
	want(t, p, err, "[ann] map[]")
	if bob.In || r.Key("seat[ann]").OnError != "drop" || bob.OnError != "" {
		t.Errorf("%+v, %+v", bob, r.Key("seat[ann]"))
	}
	r.Delete("seat[ann]")
	if len(slices.Collect(r.All())) != 1 || r.Key("seat[ann]") != nil {
		t.Error("ann is still there")
	}
	p, err = r.Base(hall{})
	want(t, p, err, "[] map[]")
}

// A node whose keys nobody knew of has a placeholder, which no plan shows; that guests will need a Runtime shows.
func TestPlaceholders(t *testing.T) {
	r := New(plan.Inputs{})
	p, err := r.Resolve(hall{})
	want(t, p, err, "[] map[]")
	if len(p.Pipelines) > 0 || !r.Runs() {
		t.Errorf("%d pipelines, runs %v", len(p.Pipelines), r.Runs())
	}
	if broken := errors.New("no"); !fails(r, broken) {
		t.Error("an error of the template is lost")
	}
}

func fails(r *Roster, with error) bool {
	_, one := r.Resolve(hall{with})
	_, two := r.Base(hall{with})
	return errors.Is(one, with) && errors.Is(two, with)
}

func TestValues(t *testing.T) {
	given := map[string]map[string]any{"mix": {"level": 1}}
	r := New(plan.Inputs{Keys: map[string][]plan.Key{"seat": nil}, Set: given})
	undo := r.Set("mix", map[string]any{"level": 2, "wide": true})
	p, err := r.Resolve(hall{})
	want(t, p, err, "[] map[mix:map[level:2 wide:true]]")
	undo()
	p, err = r.Resolve(hall{})
	want(t, p, err, "[] map[mix:map[level:1]]")
	r.Set("new", map[string]any{"a": 1})()
	p, err = r.Resolve(hall{})
	want(t, p, err, "[] map[mix:map[level:1]]")
	ann := &Key{Branch: "seat[ann]", Node: "seat", Key: plan.Key{Name: "ann"}, In: true}
	r.Put(ann)
	r.Set("seat[ann]/dec", map[string]any{"gain": 3})
	p, err = r.Resolve(hall{})
	want(t, p, err, "[ann] map[mix:map[level:1] seat[ann]/dec:map[gain:3]]")
	ann.In = false // what is not there cannot be set
	p, err = r.Resolve(hall{})
	want(t, p, err, "[] map[mix:map[level:1]]")
	ann.In = true
	r.Unset("seat[ann]")
	p, err = r.Resolve(hall{})
	want(t, p, err, "[ann] map[mix:map[level:1]]")
	if !maps.Equal(given["mix"], map[string]any{"level": 1}) {
		t.Error("what was given has changed")
	}
}
