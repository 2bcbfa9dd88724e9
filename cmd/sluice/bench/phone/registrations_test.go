package phone

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/api/sip/siptest"
	"sluice/cmd/sluice/bench/benchtest"
)

// BenchmarkRegistrations keeps a thousand accounts (SLUICE_BENCH_LINES) registered at Kamailio, and tells what they hold and what they take for
// twenty seconds (SLUICE_BENCH_SECONDS): at rest, and where the registrar wants to hear of each of them every minute.
func BenchmarkRegistrations(b *testing.B) {
	lines := benchtest.Number(b, "LINES", 1000)
	for name, lasts := range map[string]time.Duration{"resting": time.Hour, "refreshing": time.Minute} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := register(b, lines, lasts)
				length := time.Duration(benchtest.Number(b, "SECONDS", 20)) * time.Second
				before := benchtest.Ran(b, r.server.Cmd.Process.Pid)
				<-time.After(length)
				took := benchtest.Ran(b, r.server.Cmd.Process.Pid) - before
				if n := r.registered(); n != lines {
					b.Errorf("of %d lines %d are registered after %v", lines, n, length)
				}
				b.ReportMetric(r.took.Seconds(), "s-to-register")
				b.ReportMetric(float64(took)/float64(length), "cores")
				b.ReportMetric(r.goroutines, "goroutines")
				b.ReportMetric(r.ports, "ports")
				b.ReportMetric(r.memory/float64(lines), "KB/line")
			}
		})
	}
}

// TestRegistrations: a hundred accounts of the configuration are registered, at few ports, and without a goroutine for each of all the things that a line
// could be doing.
func TestRegistrations(t *testing.T) {
	const lines, share, most = 100, 16, 4 // most is how many goroutines a line may have
	r := register(t, lines, time.Hour)
	if want := float64((lines + share - 1) / share); r.ports > want+1 { // one of the accounts that others call in on
		t.Errorf("%v ports are bound for %d lines, of %v", r.ports, lines, want)
	}
	if r.goroutines > lines*most {
		t.Errorf("%v goroutines more for %d lines", r.goroutines, lines)
	}
}

// registrations are lines that are registered, and what there is since then that was not before.
type registrations struct {
	server                    *benchtest.Exchange
	b                         testing.TB
	took                      time.Duration
	goroutines, ports, memory float64 // memory in KB
}

// register starts servers without accounts, and with so many, and waits until all of them are registered. lasts is how long that is good for.
func register(b testing.TB, lines int, lasts time.Duration) *registrations {
	b.Helper()
	path := benchtest.Program(b)
	k := siptest.StartRegistrar(b, siptest.RegistrarOptions{MaxExpires: lasts})
	host, _, _ := strings.Cut(k.Address, ":")
	var accounts strings.Builder
	for n := range lines {
		fmt.Fprintf(&accounts, "    - {name: line%d, login: \"%d\", password: secret, domain: %s, proxy: \"%s\", register: true}\n",
			n, 90_000+n, host, k.Address)
	}
	bare := &registrations{server: benchtest.ServeExchange(b, path, b.TempDir(), ""), b: b}
	began := time.Now()
	r := &registrations{server: benchtest.ServeExchange(b, path, b.TempDir(), accounts.String()), b: b}
	benchtest.Until(b, "the registrations", 50*time.Millisecond, func() bool { return r.registered() == lines })
	r.took = time.Since(began)
	r.goroutines = r.metric("go_goroutines") - bare.metric("go_goroutines")
	pid, without := r.server.Cmd.Process.Pid, bare.server.Cmd.Process.Pid
	r.ports = float64(sockets(b, pid) - sockets(b, without))
	r.memory = benchtest.Memory(b, pid) - benchtest.Memory(b, without)
	return r
}

func (r *registrations) registered() int {
	return int(r.metric(`sluice_sip_lines{state="registered"}`))
}

// metric is the value of one.
func (r *registrations) metric(name string) float64 {
	r.b.Helper()
	req, err := http.NewRequestWithContext(r.b.Context(), http.MethodGet, "http://"+r.server.Metrics+"/metrics", http.NoBody)
	if err != nil {
		r.b.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.b.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindSubmatch(text)
	if m == nil {
		return 0
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		r.b.Fatal(err)
	}
	return v
}

// sockets counts those of a process.
func sockets(b testing.TB, pid int) int {
	b.Helper()
	folder := fmt.Sprintf("/proc/%d/fd/", pid)
	list, err := os.ReadDir(folder)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, one := range list {
		if to, err := os.Readlink(folder + one.Name()); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}
