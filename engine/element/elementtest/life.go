package elementtest

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/element"
)

// deadline is how long a start or stop may take: far more than any needs, so that only a hang meets it.
const deadline = 10 * time.Second

// life takes elements of the factory through their life, in order and out of it, and looks for goroutines left behind.
func life(t *testing.T, f element.Factory) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	courses := []struct {
		name  string
		steps []string
	}{
		{"never started", nil},
		{"stopped without start", []string{"stop"}},
		{"stopped twice without start", []string{"stop", "stop"}},
		{"started and stopped", []string{"start", "stop"}},
		{"started and stopped twice", []string{"start", "stop", "stop"}},
	}
	for _, c := range courses {
		t.Run(c.name, func(t *testing.T) {
			e, err := f.New(t.Context(), Env(t), Defaults(f.Spec()))
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			for _, step := range c.steps {
				take(t, e, step)
			}
			if err := goleak.Find(before); err != nil {
				t.Errorf("goroutines survive: %v", err)
			}
		})
	}
}

func take(t *testing.T, e element.Element, step string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	do := e.Start
	if step == "stop" {
		do = e.Stop
	}
	if err := do(ctx); err != nil {
		t.Errorf("%s: %v", step, err)
	}
}
