package plan_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/plan"
)

const veiled = `graph: v1
params:
  key: secret
  host: {type: string, default: "rtmp://bob:pass1word@example.com/live"}
nodes:
  in: peer.in
  seen: stream.out name=a login=$key
  out: {element: stream.out, set: {name: x, hosts: [a, $key], login: $host}}
links:
  - in -> seen
  - in -> out
`

// sent is the plan as another process reads it.
func sent(t *testing.T, p *plan.Plan) *plan.Plan {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out plan.Plan
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func revealed(p *plan.Plan) []string {
	var out []string
	for _, n := range p.Nodes {
		for _, s := range n.Settings {
			out = append(out, s.Name+"="+s.Reveal())
		}
	}
	return out
}

func TestSecretsComeAlongBesideThePlan(t *testing.T) {
	p := resolve(t, plan.Inputs{Params: map[string]any{"key": "hunter2"}}, veiled)
	secrets := p.Secrets()
	if len(secrets) < 3 || !slices.Contains(secrets, "hunter2") || !slices.Contains(secrets, "a,hunter2") {
		t.Fatalf("the secrets are %q", secrets)
	}
	got := sent(t, p)
	if slices.Equal(revealed(got), revealed(p)) {
		t.Fatal("the JSON alone gave the secrets away")
	}
	if err := got.Unveil(secrets); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(revealed(got), revealed(p)) {
		t.Errorf("revealed %q, want %q", revealed(got), revealed(p))
	}
	if !reflect.DeepEqual(got, p) {
		t.Error("the plan is not what it was")
	}
	again, err := json.Marshal(got)
	if err != nil || strings.Contains(string(again), "hunter2") || strings.Contains(string(again), "pass1word") {
		t.Errorf("unveiled, it marshals as %s, %v", again, err)
	}
}

func TestSecretsOfEveryPlace(t *testing.T) {
	hidden := func(name, text string) []plan.Setting {
		list := []plan.Setting{{Name: name, Secret: true, Text: "***"}, {Name: "plain", Text: "seen"}}
		if err := plan.Unveil(list, []string{text}); err != nil {
			t.Fatal(err)
		}
		return list
	}
	p := &plan.Plan{
		Nodes: []plan.Node{{Settings: hidden("a", "1")}, {}, {Settings: hidden("b", "2")}},
		Pipelines: []plan.Pipeline{{
			Elements: []plan.Element{{Props: hidden("c", "3")}},
			Links:    []plan.Link{{PadProps: hidden("d", "4"), Queue: hidden("e", "5")}},
		}},
	}
	if got := strings.Join(p.Secrets(), ""); got != "12345" {
		t.Errorf("secrets in the order %q", got)
	}
	got := sent(t, p)
	if err := got.Unveil(p.Secrets()); err != nil || strings.Join(got.Secrets(), "") != "12345" {
		t.Errorf("%v, %q", err, got.Secrets())
	}
	if s := got.Pipelines[0].Links[0].Queue; s[0].Reveal() != "5" || s[1].Reveal() != "seen" {
		t.Errorf("a queue's settings are %q and %q", s[0].Reveal(), s[1].Reveal())
	}
}

func TestUnveilWantsEverySecret(t *testing.T) {
	for _, secrets := range [][]string{nil, {"a"}, {"a", "b", "c"}} {
		list := []plan.Setting{{Secret: true}, {Text: "x"}, {Secret: true}}
		if err := plan.Unveil(list, secrets); !errors.Is(err, fault.Internal) {
			t.Errorf("%d secrets for two: %v", len(secrets), err)
		}
		if got := plan.Secrets(list); strings.Join(got, "") != "" {
			t.Errorf("refused, and yet it set %q", got)
		}
	}
}
