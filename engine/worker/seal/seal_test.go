package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

func same(text string) string { return text }

// cross takes an error over the wire.
func cross(t testing.TB, err error, hide func(string) string) error {
	t.Helper()
	text, wrong := json.Marshal(FlawOf(err))
	if wrong != nil {
		t.Fatal(wrong)
	}
	var f *Flaw
	if wrong := json.Unmarshal(text, &f); wrong != nil {
		t.Fatal(wrong)
	}
	return f.Err(hide)
}

func TestErrorsReadTheSameAfterwards(t *testing.T) {
	inner := fault.New(fault.MediaCorrupt, "dec", "bad").Because(errors.New("disk"))
	for _, err := range []error{
		nil, errors.New("plain"), fault.New(fault.Stalled, "a", "b").Advise("c"), fault.New(fault.Lost, "", "x").Because(inner),
		fmt.Errorf("around: %w", inner), fault.Closed,
	} {
		got := cross(t, err, same)
		if fmt.Sprint(got) != fmt.Sprint(err) || fault.CodeOf(got) != fault.CodeOf(err) {
			t.Errorf("%v (%s) became %v (%s)", err, fault.CodeOf(err), got, fault.CodeOf(got))
		}
	}
	if got := cross(t, fault.New(fault.Lost, "", "x").Because(inner), same); !errors.Is(got, fault.MediaCorrupt) {
		t.Error("the cause lost its code")
	}
	if got := cross(t, fault.New("nonsense", "", "x"), same); fault.CodeOf(got) != fault.Internal {
		t.Errorf("a code that nobody knows became %s", fault.CodeOf(got))
	}
	deep := errors.New("end")
	for range 1000 {
		deep = fault.New(fault.Lost, "", "x").Because(deep)
	}
	if got := cross(t, deep, same); strings.Count(got.Error(), "x") != depth+1 {
		t.Errorf("of a thousand causes %d come", strings.Count(got.Error(), "x"))
	}
	hidden := cross(t, fault.New(fault.Lost, "p", "with hunter2").Because(errors.New("hunter2")).Advise("not hunter2"), func(s string) string {
		return strings.ReplaceAll(s, "hunter2", "***")
	})
	if strings.Contains(hidden.Error(), "hunter2") || hidden.Error() != "p: with ***: *** (not ***)" {
		t.Errorf("%v", hidden)
	}
}

func TestEpochCrosses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		epoch := time.Now().Add(time.Duration(rapid.Int64Range(-1e15, 1e12).Draw(t, "ago")))
		begun := time.Now()
		sealed, err := Epoch(epoch)
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenEpoch(sealed)
		// Each side reads two clocks one after the other: a pause between them, which is part of this, is the only error.
		if off := got.Sub(epoch).Abs(); err != nil || off > time.Since(begun) {
			t.Fatalf("off by %s, %v", off, err)
		}
		if !strings.Contains(got.String(), "m=") {
			t.Fatal("no monotonic reading")
		}
	})
}

func TestChangesCrossWithTheirSecrets(t *testing.T) {
	hidden := func(texts ...string) []plan.Setting {
		list := make([]plan.Setting, len(texts))
		for i := range list {
			list[i] = plan.Setting{Name: "n", Secret: true, Text: "***"}
		}
		if err := plan.Unveil(list, texts); err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, c := range []run.Change{
		{Verb: run.StartLazy, Branch: "b"},
		{Verb: run.Do, Node: "n", Action: "a", Settings: hidden("one", "two")},
		{Verb: run.Set, Plan: &plan.Plan{Version: plan.Version, Nodes: []plan.Node{{Settings: hidden("three")}}}, Settings: hidden("four")},
	} {
		text, secrets, err := Change(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append(SecretsOf(c).Plan, SecretsOf(c).Settings...) {
			if strings.Contains(string(text), s) {
				t.Errorf("%s holds %q", text, s)
			}
		}
		got, err := OpenChange(text, secrets)
		if err != nil || fmt.Sprint(SecretsOf(got)) != fmt.Sprint(SecretsOf(c)) || got.Verb != c.Verb {
			t.Errorf("%+v became %+v, %v", c, got, err)
		}
	}
}

func TestMessagesThatCannotBeRead(t *testing.T) {
	for name, err := range map[string]error{
		"a plan":           second(OpenPlan([]byte("{"), []byte("[]"))),
		"a plan's secrets": second(OpenPlan([]byte("{}"), []byte("{hunter2"))),
		"secrets too many": second(OpenPlan([]byte("{}"), []byte(`["hunter2"]`))),
		"a change":         second(OpenChange([]byte("["), []byte("{}"))),
		"settings' secret": second(OpenChange([]byte("{}"), []byte(`{"Settings":["hunter2"]}`))),
		"the plan of one":  second(OpenChange([]byte(`{"plan":{}}`), []byte(`{"Plan":["hunter2"]}`))),
	} {
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
