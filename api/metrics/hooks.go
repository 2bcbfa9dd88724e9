package metrics

// Hooked is what was called of one application's back end.
type Hooked struct {
	App string // its key

	Done, Refused, Late, Failed uint64 // calls, by what came of them
	Dropped                     uint64 // events that were not told, because too many waited
	Waiting, Calling            int    // now
}

func hookFamilies() []Family {
	app := labels("app")
	return []Family{
		{
			"sluice_hook_calls_total", Counter, labels("app", "result"),
			"Calls of applications' back ends: ok, refused (4xx), timeout or failed.",
		},
		{"sluice_hook_dropped_events_total", Counter, app, "Events that a back end was not told, because too many waited for it."},
		{"sluice_hook_waiting", Gauge, app, "What waits to be called, by application."},
		{"sluice_hook_calling", Gauge, app, "Calls that are not answered yet, by application."},
	}
}

// hooks writes down how back ends are called.
func (c *collector) hooks(s sheet) {
	if c.from.Hooks == nil {
		return
	}
	for _, h := range c.from.Hooks() {
		for result, n := range map[string]uint64{ok: h.Done, "refused": h.Refused, "timeout": h.Late, "failed": h.Failed} {
			s.count("sluice_hook_calls_total", n, h.App, result)
		}
		s.count("sluice_hook_dropped_events_total", h.Dropped, h.App)
		s.put("sluice_hook_waiting", float64(h.Waiting), h.App)
		s.put("sluice_hook_calling", float64(h.Calling), h.App)
	}
}
