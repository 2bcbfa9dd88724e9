package elementtest

import (
	"context"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/element"
)

// deadline is how long a start or stop may take: far more than any needs, so that only a hang meets it.
const deadline = 10 * time.Second

// Lives takes elements of a factory through their life, in order and out of it, and lists what is wrong: errors, and
// goroutines left behind.
func Lives(ctx context.Context, env element.Env, f element.Factory) []string {
	var found faults
	before := goleak.IgnoreCurrent()
	for _, steps := range [][]string{{}, {"stop"}, {"stop", "stop"}, {"start", "stop"}, {"start", "stop", "stop"}} {
		e, err := f.New(ctx, env, Defaults(f.Spec()))
		if err != nil {
			found.add("new: %v", err)
			continue
		}
		for _, step := range steps {
			if err := take(ctx, e, step); err != nil {
				found.add("after new, %v: %s: %v", steps, step, err)
			}
		}
		if err := goleak.Find(before); err != nil {
			found.add("after new, %v, goroutines survive: %v", steps, err)
		}
	}
	return found
}

func take(ctx context.Context, e element.Element, step string) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if step == "stop" {
		return e.Stop(ctx)
	}
	return e.Start(ctx)
}
