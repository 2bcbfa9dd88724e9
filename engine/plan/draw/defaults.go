package draw

import (
	"time"

	"sluice/engine/plan"
)

// defaults is the policy of a graph that says nothing of it, as the compiler has it: what need not be printed.
func defaults() plan.Policy {
	return plan.Policy{
		Start: plan.Span(10 * time.Second), Stall: plan.Span(15 * time.Second), Drain: plan.Span(5 * time.Second),
		Latency: plan.Span(200 * time.Millisecond),
		Restart: plan.Restart{
			When: "error", Least: plan.Span(time.Second), Most: plan.Span(30 * time.Second), Tries: 5, Window: plan.Span(10 * time.Minute),
		},
		Reload: "keep",
	}
}
