package phone

import (
	"testing"
	"time"

	"sluice/api/sip/siptest"
	"sluice/cmd/sluice/bench/benchtest"
)

// BenchmarkSetUp has SIPp make calls to a graph, each of which is answered, acknowledged and left at once (INVITE, 200, ACK, BYE). At the rate of
// SLUICE_BENCH_RATE, a hundred a second, no call may fail; then as fast as they go, fifty at a time. SIPp has the same processors.
func BenchmarkSetUp(b *testing.B) {
	path := benchtest.Program(b)
	for name, o := range map[string]siptest.SIPpOptions{
		"paced": {Rate: benchtest.Number(b, "RATE", 100), Calls: 2000},
		"most":  {Rate: 10_000, Limit: 50, Calls: 5000},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s := benchtest.ServeExchange(b, path, b.TempDir(), "")
				o.Scenario, o.To, o.Within = siptest.Scenarios(4, "call"), s.SIP, 2*time.Minute
				o.Words = map[string]string{"from": "alone", "to": "c[call_number]@sluice", "after": "1"}
				before, _ := s.Ran(b)
				r := siptest.StartSIPp(b, o).Result()
				after, _ := s.Ran(b)
				if r.Good != o.Calls || r.Failed != 0 {
					b.Errorf("of %d calls %d went well and %d failed", o.Calls, r.Good, r.Failed)
				}
				b.ReportMetric(r.Rate, "calls/s")
				b.ReportMetric(float64(r.Failed), "failed")
				b.ReportMetric(float64(r.Resent), "resent")
				b.ReportMetric(benchtest.Milliseconds(after-before)/float64(o.Calls), "cpu-ms/call")
			}
		})
	}
}
