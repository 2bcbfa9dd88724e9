package lint_test

import (
	"errors"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/lint"
	"sluice/engine/spec"
)

// strict is an operator who rules out one element.
type strict string

func (s strict) Choose(among []string) (string, error) { return among[0], nil }

func (s strict) Refuse(factory string) error {
	switch factory {
	case string(s):
		return fault.New(fault.ElementUnavailable, factory, "%s is ruled out", factory).Advise("write something else")
	case "queue":
		return errors.New("no queues here")
	}
	return nil
}

func TestRefused(t *testing.T) {
	for node, want := range map[string]string{
		"opusenc":            `a.yaml:7:7: error[element_refused]: opusenc is ruled out (write something else)`,
		"queue":              `a.yaml:7:7: error[element_refused]: no queues here`,
		"convert codec=opus": "", // it finds another
	} {
		graphs, _ := spec.Parse("a.yaml", "a", []byte(graphWith(node)))
		found := lint.Check(graphs, registry(t).Choosing(strict("opusenc")), lint.Options{Only: []string{"element_refused"}})
		got := ""
		for _, d := range found {
			got += d.String()
		}
		if got != want {
			t.Errorf("%s: %q, not %q", node, got, want)
		}
	}
}
