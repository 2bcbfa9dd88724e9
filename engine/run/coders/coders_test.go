package coders

import (
	"maps"
	"testing"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/testdata/registry"
)

// encoding is a plan that decodes, and encodes in every kind of branch.
func encoding() *plan.Plan {
	elems := func(list ...string) (out []plan.Element) {
		for i := 0; i < len(list); i += 2 {
			out = append(out, plan.Element{Factory: list[i], Branch: list[i+1]})
		}
		return out
	}
	return &plan.Plan{Pipelines: []plan.Pipeline{
		{
			Name: "main", Decoders: 1, Encoders: 5,
			Elements: elems("vp8dec", "", "queue", "", "x264enc", "", "x264enc", "own", "opusenc", "guest[ann]", "opusenc", "guest[{key}]", "vp8enc", "apart"),
			Branches: []plan.Branch{
				{Name: "own", Kind: plan.Lazy}, {Name: "guest[ann]", Kind: plan.Keyed}, {Name: "guest[{key}]", Kind: plan.Keyed}, {Name: "apart", Kind: plan.Apart},
			},
		},
		{Name: "small", Lazy: true, Encoders: 1, Elements: elems("x264enc", "", "flacenc", "")},
		{Name: "other", Elements: elems("fakesink", "")},
	}}
}

func TestCounts(t *testing.T) {
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(snapshot, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	type counts = map[media.Codec]int
	for _, row := range []struct {
		name     string
		state    run.State
		branches []instance.Branch
		encoders counts
		decoders counts
	}{
		{"before it begins", run.Planned, nil, counts{}, counts{}},
		{"over", run.Failed, nil, counts{}, counts{}},
		{"nobody there", run.Live, nil, counts{media.H264: 1, media.VP8: 1}, counts{media.VP8: 1}},
		{
			"everybody there", run.Degraded,
			[]instance.Branch{{Name: "own", Runs: true}, {Name: "guest[ann]", Runs: true}, {Name: "small", Runs: true}},
			counts{media.H264: 3, media.Opus: 1, media.VP8: 1, Other: 1}, counts{media.VP8: 1},
		},
		{
			"what does not run", run.Draining,
			[]instance.Branch{{Name: "own"}, {Name: "guest[ann]"}, {Name: "small"}, {Name: "apart"}}, counts{media.H264: 1}, counts{media.VP8: 1},
		},
	} {
		c := tally{reg.Spec, map[string]coder{}, Counts{counts{}, counts{}}}
		c.add(instance.Status{State: row.state, Branches: row.branches}, encoding())
		if !maps.Equal(c.counts.Encoders, row.encoders) || !maps.Equal(c.counts.Decoders, row.decoders) {
			t.Errorf("%s: %v", row.name, c.counts)
		}
		if sum := Sum(c.counts.Decoders); sum != len(row.decoders) {
			t.Errorf("%s: %d decoders", row.name, sum)
		}
	}
	if c := Of(nil, reg.Spec); Sum(c.Encoders)+Sum(c.Decoders) != 0 {
		t.Errorf("%v", c)
	}
}
