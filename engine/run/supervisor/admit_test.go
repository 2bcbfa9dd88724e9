package supervisor

import (
	"context"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
)

// machine is one whose workers use what they are told, by the names of instances.
type machine struct {
	*Supervisor
	t    *testing.T
	st   stage
	now  time.Time
	own  time.Duration
	cpus map[string]float64
	used map[string]time.Duration
}

func newMachine(t *testing.T, cpus float64) *machine {
	m := &machine{t: t, now: time.Unix(1, 0), cpus: map[string]float64{}, used: map[string]time.Duration{}}
	m.Supervisor = New(Options{Open: func(id string) (run.Runtime, error) {
		rt, err := m.st.open(id)
		pid := len(m.st.fakes)
		m.st.of(id).Used(func() (run.Usage, bool) { return run.Usage{PID: pid, CPU: m.used[id]}, true })
		return rt, err
	}, CPUs: cpus})
	t.Cleanup(func() {
		if err := m.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}

// start starts a film that is estimated to cost so much, and costs something else.
func (m *machine) start(id string, estimate, costs float64) error {
	m.cpus[id] = costs
	i, err := m.Start(m.t.Context(), instance.Spec{ID: id, Template: film(estimate)})
	if err == nil {
		err = i.Ready(m.t.Context())
	}
	return err
}

// pass lets measurements pass.
func (m *machine) pass(n int, own float64) {
	const window = 5 * time.Second
	for range n {
		m.now, m.own = m.now.Add(window), m.own+time.Duration(own*float64(window))
		for id, c := range m.cpus {
			m.used[id] += time.Duration(c * float64(window))
		}
		m.Measure(m.now, m.own)
	}
}

// What costs more than was estimated leaves no room for others, and what costs less leaves some.
func TestMeasuredCostsCount(t *testing.T) {
	for _, row := range []struct {
		name            string
		estimate, costs float64
		own             float64
		next            fault.Code // of another of 0.3; "" if it may start
	}{
		{"as estimated", 0.6, 0.6, 0, ""},
		{"dearer", 0.6, 0.8, 0, fault.Overloaded},
		{"cheaper", 0.8, 0.5, 0, ""},
		{"estimated too high, and so it stays until it has run for a while", 0.8, 0.8, 0, fault.Overloaded},
		{"this process takes what is left", 0.6, 0.6, 0.2, fault.Overloaded},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := newMachine(t, 1)
			if err := m.start("a", row.estimate, row.costs); err != nil {
				t.Fatal(err)
			}
			m.pass(10, row.own)
			i, _ := m.Get("a")
			if busy := i.Status().Busy; busy < row.costs-0.01 || busy > row.costs+0.01 {
				t.Errorf("its status says %.2f CPUs", busy)
			}
			if err := m.start("b", 0.3, 0.3); fault.CodeOf(err) != row.next {
				t.Errorf("the next: %v, want %q", err, row.next)
			}
		})
	}
}

// What one instance of a graph cost is expected of the next.
func TestNextIsExpectedToCostTheSame(t *testing.T) {
	m := newMachine(t, 1)
	if err := m.start("a", 0.4, 0.7); err != nil {
		t.Fatal(err)
	}
	m.pass(10, 0)
	i, _ := m.Get("a")
	if err := i.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := m.Load(); l.Held != 0 || l.Limit != 1 {
		t.Errorf("with nothing running: %+v", l)
	}
	if err := m.start("b", 0.4, 0.7); err != nil {
		t.Fatal(err)
	}
	if l := m.Load(); l.Held < 0.69 || l.Held > 0.71 {
		t.Errorf("%+v, and 0.7 are expected", l)
	}
}

// A plan that grows costs as much more as it was estimated to, beside what it was measured to cost; one that shrinks is never refused.
func TestReserveAddsToWhatIsMeasured(t *testing.T) {
	m := newMachine(t, 1)
	if err := m.start("a", 0.2, 0.5); err != nil {
		t.Fatal(err)
	}
	m.pass(10, 0)
	if err := m.reserve("a", 0.8); fault.CodeOf(err) != fault.Overloaded {
		t.Errorf("0.5 and 0.6 more of 1: %v", err)
	}
	if err := m.reserve("a", 0.6); err != nil {
		t.Errorf("0.5 and 0.4 more of 1: %v", err)
	}
	if l := m.Load(); l.Held < 0.89 || l.Held > 0.91 {
		t.Errorf("%+v, and 0.9 are expected", l)
	}
	if err := m.reserve("a", 0.1); err != nil {
		t.Error(err)
	}
	if l := m.Load(); l.Held != 0.1 {
		t.Errorf("%+v, and 0.1 are expected", l)
	}
}

var _ run.Metered = (*fake.Runtime)(nil)
