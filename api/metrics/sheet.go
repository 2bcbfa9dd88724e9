package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sluice/engine/fault"
	"sluice/engine/stat"
)

// ok stands where a code would if something had gone wrong.
const ok = "ok"

// coded is a code as a label.
func coded(c fault.Code) string {
	if c == "" {
		return ok
	}
	return string(c)
}

// sheet is what one scrape is written on.
type sheet struct {
	families map[string]described
	out      chan<- prometheus.Metric
}

// put writes a value down. The labels are those of the family, in its order.
func (s sheet) put(name string, value float64, labels ...string) {
	f := s.families[name]
	m, err := prometheus.NewConstMetric(f.desc, f.kind, value, labels...)
	if err != nil {
		m = prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
	}
	s.out <- m
}

// count writes a number down.
func (s sheet) count(name string, n uint64, labels ...string) { s.put(name, float64(n), labels...) }

// spread writes durations down.
func (s sheet) spread(name string, d stat.Spread, labels ...string) {
	buckets := make(map[float64]uint64, len(d.AtMost))
	for i, most := range stat.Bounds() {
		buckets[most.Seconds()] = d.AtMost[i]
	}
	m, err := prometheus.NewConstHistogram(s.families[name].desc, d.Count, d.Sum.Seconds(), buckets, labels...)
	if err != nil {
		m = prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
	}
	s.out <- m
}

// moment writes a time down; 0 for none.
func (s sheet) moment(name string, t time.Time) {
	const nano = 1e9
	if t.IsZero() {
		s.put(name, 0)
		return
	}
	s.put(name, float64(t.UnixNano())/nano)
}
