package supervisor

import (
	"fmt"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/load"
)

// Load is how busy the machine is with what runs, in CPUs.
type Load struct {
	Limit float64 // 0 is none
	Held  float64 // kept for all instances: what they keep busy, or were thought to before that is known
	Own   float64 // that this process itself keeps busy, at the most lately
}

// Load tells how busy the machine is.
func (s *Supervisor) Load() Load {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Load{Limit: s.cpus, Held: s.held(""), Own: s.meter.Own()}
}

// Measure looks at what workers have used until now. What this process itself has used in all is given. It is called every few seconds,
// by one goroutine.
func (s *Supervisor) Measure(now time.Time, own time.Duration) {
	var list []load.Used
	for _, i := range s.Instances() {
		used, ok := i.Usage()
		if !ok {
			continue
		}
		p, waits := i.Plan(), false
		for _, b := range i.Status().Branches {
			waits = waits || b.Kind == plan.Lazy && !b.Runs
		}
		list = append(list, load.Used{ID: i.ID(), Kind: kind(p), Estimate: p.Policy.Cost, PID: used.PID, CPU: used.CPU, Waits: waits})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meter.Take(now, own, list)
	for _, u := range list {
		if e := s.running[u.ID]; e != nil && e.inst != nil {
			busy, _ := s.meter.Measured(u.ID)
			e.inst.Measured(busy)
		}
	}
}

// kind is of instances that should cost the same: of one graph, whose plans have as much to code.
func kind(p *plan.Plan) string { return fmt.Sprintf("%s %.2f", p.Graph, p.Policy.Cost) }

// admit keeps CPUs for an instance that is to begin.
func (s *Supervisor) admit(id string, p *plan.Plan) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, thought := s.running[id], s.meter.Expected(kind(p), p.Policy.Cost)
	if err := s.room(id, thought); err != nil {
		return err
	}
	e.estimate, e.thought = p.Policy.Cost, thought
	return nil
}

// reserve keeps CPUs for an instance whose plan is to cost something else. What costs less is never refused.
func (s *Supervisor) reserve(id string, cpus float64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.running[id]
	if e == nil || cpus == e.estimate {
		return nil // it has just ended, or nothing changes
	}
	thought := cpus
	if cpus > e.estimate { // it costs so much more than it does
		thought = s.meter.Holds(id, e.thought) + cpus - e.estimate
		if err := s.room(id, thought); err != nil {
			return err
		}
	}
	e.estimate, e.thought = cpus, thought
	s.meter.Changed(id)
	return nil
}

// room tells whether an instance may cost so much, whatever it cost before. The caller holds the lock.
func (s *Supervisor) room(id string, cpus float64) error {
	const rounding = 1e-6
	left := max(s.cpus-s.held(id)-s.meter.Own(), 0)
	if s.cpus == 0 || cpus <= left+rounding {
		return nil
	}
	return fault.New(fault.Overloaded, id, "it costs %.2f CPUs and %.2f of %.2f are free", cpus, left, s.cpus).
		Advise("end something else first; policy.cost corrects a wrong estimate, in graphs that no caller wrote")
}

// held is how many CPUs are kept for all instances but one. The caller holds the lock.
func (s *Supervisor) held(but string) float64 {
	sum := 0.0
	for id, e := range s.running {
		if id != but {
			sum += s.meter.Holds(id, e.thought)
		}
	}
	return sum
}

// release frees the name and the CPUs of an instance that has ended.
func (s *Supervisor) release(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, id)
	s.meter.Changed(id)
}
