package mixer_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"sluice/api/mixer"
	"sluice/engine/fault"
	"sluice/engine/plan"
)

// A mixer whose graph is refused does not begin, whoever wants it; a guest with whom it would be is not let in, and those who are stay.
func TestChecked(t *testing.T) {
	no := fault.New(fault.Forbidden, "", "not this")
	var mu sync.Mutex
	refused, asked := false, make(chan string, 100)
	h := open(t, mixer.Options{AutoStart: true, Idle: idle, Usual: usual(), Check: func(graph string, params map[string]any) (func(*plan.Plan) error, error) {
		mu.Lock()
		defer mu.Unlock()
		if asked <- graph; refused || params["output"] == nil {
			return nil, no
		}
		return func(p *plan.Plan) error {
			for _, n := range p.Nodes {
				if strings.HasPrefix(n.Name, "seat[bad]/") {
					return no
				}
			}
			return nil
		}, nil
	}})
	for _, name := range []string{"good", "bad"} {
		h.publish(name)
	}
	m := h.begun("studio", usual())
	if got := <-asked; got != "wcs/mcu" {
		t.Error(got)
	}
	if err := m.Add(t.Context(), "good", joining()); err != nil {
		t.Error(err)
	}
	if err := m.Add(t.Context(), "bad", joining()); !errors.Is(err, fault.Forbidden) || len(in(m)) != 1 {
		t.Error(err, in(m))
	}
	mu.Lock()
	refused = true
	mu.Unlock()
	if _, err := h.Start(t.Context(), "other", "other-out", usual()); !errors.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	<-asked
	h.publish("ann#hall")
	<-asked // and it is tried again then
	h.clock.AwaitAlarms(1)
	if got := h.listed(); got != "studio" {
		t.Error(got)
	}
}
