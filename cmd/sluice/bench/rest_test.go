package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// sending is a graph that codes and sends to a port, so that it can be told from outside when media comes.
const sending = `graph: v1
about: A coded picture, sent to a port of this machine.
params:
  port: int
route:
  - rest.start
nodes:
  in: videotestsrc is-live=true pattern=ball
  size: capsfilter caps=video/x-raw,width=640,height=360,framerate=30/1
  enc: vp8enc deadline=1 cpu-used=8
  pay: rtpvp8pay
  out: udpsink host=127.0.0.1 port=$port
links:
  - in -> size -> enc -> pay -> out
`

// served is `sluice serve` with its REST API.
type served struct {
	base string // of the API
	cmd  *exec.Cmd
}

// serveREST starts a server with the graph "sending", which ends with the benchmark.
func serveREST(b *testing.B, path string, env ...string) *served {
	b.Helper()
	folder := b.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "graphs"), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "graphs", "sending.yaml"), []byte(sending), 0o600); err != nil {
		b.Fatal(err)
	}
	at := benchtest.Free(b)
	cmd := benchtest.Serve(b, path, folder, benchtest.Free(b), append([]string{
		"SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0", "SLUICE_METRICS_LISTEN=",
		"SLUICE_REST_LISTEN=" + at, "SLUICE_REST_HOSTS=127.0.0.1",
	}, env...)...)
	return &served{base: "http://" + at, cmd: cmd}
}

// ask makes a request that is to succeed, and reads the answer into something.
func (s *served) ask(b *testing.B, method, path string, body []byte, into any) {
	b.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, s.base+path, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode >= http.StatusMultipleChoices {
		b.Fatalf("%s %s: %s %s %v", method, path, r.Status, text, err)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(text, into); err != nil {
		b.Fatal(err)
	}
}

// warm waits until nothing runs and a spare worker has nothing to do any more.
func (s *served) warm(b *testing.B) {
	b.Helper()
	until(b, "the pipeline to go", func() bool {
		var now struct{ Pipelines int }
		s.ask(b, http.MethodGet, "/v1/server", nil, &now)
		return now.Pipelines == 0
	})
	const calm = 300 * time.Millisecond // a worker loads ahead when it has had nothing to do for a while
	var at time.Time
	used, of := time.Duration(0), []int(nil)
	until(b, "a spare worker with nothing to do", func() bool {
		if time.Since(at) < calm {
			return false
		}
		was, before := used, of
		at, of, used = time.Now(), children(s.cmd.Process.Pid), 0
		for _, pid := range of {
			used += ran(pid)
		}
		return len(of) == 1 && slices.Equal(of, before) && used-was < time.Millisecond
	})
}

// children are the processes that a process has started.
func children(pid int) (out []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range lists {
		text, _ := os.ReadFile(name) // a thread that has just ended has none
		for word := range strings.FieldsSeq(string(text)) {
			if n, err := strconv.Atoi(word); err == nil {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out
}

// BenchmarkRESTStart starts a graph by its name over the REST API, thirty times (SLUICE_BENCH_REST), with a warm worker, and waits
// for its first packet at the port that it sends to: the encoder is part of it. The answer is that of a request that waits for
// media to flow.
func BenchmarkRESTStart(b *testing.B) {
	s := serveREST(b, benchtest.Program(b))
	port, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = port.Close() }()
	body, err := json.Marshal(map[string]any{
		"graph": "sending", "id": "bench", "params": map[string]any{"port": port.LocalAddr().(*net.UDPAddr).Port},
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var first, answered []float64
		for range benchtest.Number(b, "REST", 30) {
			s.warm(b)
			forget(b, port)
			begun, came := time.Now(), make(chan time.Duration, 1)
			go func() {
				_, _ = port.Read(make([]byte, 1500)) // its deadline is the end of patience
				came <- time.Since(begun)
			}()
			var p struct{ State string }
			s.ask(b, http.MethodPost, "/v1/pipelines?wait=10s", body, &p)
			answered = append(answered, float64(time.Since(begun))/float64(time.Millisecond))
			if p.State != "live" {
				b.Fatalf("the pipeline is %s", p.State)
			}
			first = append(first, float64(<-came)/float64(time.Millisecond))
			s.ask(b, http.MethodDelete, "/v1/pipelines/bench?drain=0s", nil, nil)
		}
		b.ReportMetric(rank(first).median(), "p50-ms")
		b.ReportMetric(rank(first).at(0.95), "p95-ms")
		b.ReportMetric(rank(first).at(0), "min-ms")
		b.ReportMetric(rank(answered).median(), "answered-p50-ms")
	}
}

// forget throws away what came to a port so far, and sets how long the next is waited for.
func forget(b *testing.B, port *net.UDPConn) {
	b.Helper()
	_ = port.SetReadDeadline(time.Now().Add(time.Millisecond))
	for buf := make([]byte, 1500); ; {
		if _, err := port.Read(buf); err != nil {
			break
		}
	}
	if err := port.SetReadDeadline(time.Now().Add(patience)); err != nil {
		b.Fatal(err)
	}
}
