package live

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/graphs"
)

// dropped is a graph that comes, changes and goes.
const dropped = `graph: v1
about: The %dth.
route:
  - whep.play /only/here/{stream}
nodes:
  in: stream.in name=$stream
  out: webrtc.out
links:
  - in -> out
`

// fair is the fewest packets a second that a viewer gets who is not affected: 95 of 100 that were sent.
const fair = 0.95 * fps * ((gop-1)*((size+mtu-1)/mtu) + (keySize+mtu-1)/mtu) / gop

// BenchmarkReload changes graphs two hundred times a minute, for half a minute, while a hundred viewers watch: one that nobody
// uses comes, changes and goes, and so does the one that answered the viewers and their publisher. It counts the viewers who
// lost something or got too little, and compares how late frames are with the time before.
func BenchmarkReload(b *testing.B) {
	const viewers, reloads = 100, 100
	s, peers := serve(b), api(b)
	publish(b, peers, "http://"+s.web+"/cam/whip")
	all := make([]*reader, viewers)
	for i := range all {
		all[i] = read(b, peers, "http://"+s.web+"/cam/whep")
		all[i].await(b)
	}
	shipped, err := graphs.FS.ReadFile("web/whip.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		quiet := lateness(b, all, func() { <-time.After(measured) })
		lost, sent, begin := missed(all), each(all), time.Now()
		var took []time.Duration
		busy := lateness(b, all, func() { took = s.reload(b, reloads, string(shipped)) })
		wall := time.Since(begin)
		affected, flown := 0, 0.0
		for i, r := range all {
			got := float64(r.packets.Load()-sent[i]) / wall.Seconds()
			if r.lost.Load() > 0 || got < fair || r.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
				affected++
			}
			flown += got
		}
		b.ReportMetric(float64(affected), "viewers-affected")
		b.ReportMetric(float64(missed(all)-lost), "gaps")
		b.ReportMetric(flown, "packets/s")
		b.ReportMetric(reloads/wall.Minutes(), "reloads/min")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(took, 0.5)), "taken-p50-ms")
		b.ReportMetric(benchtest.Milliseconds(quiet), "quiet-p99-ms")
		b.ReportMetric(benchtest.Milliseconds(busy), "reload-p99-ms")
	}
}

// each is how many packets each reader has.
func each(all []*reader) []int64 {
	out := make([]int64, 0, len(all))
	for _, r := range all {
		out = append(out, r.packets.Load())
	}
	return out
}

// lateness is the delay of one frame in a hundred, of all readers, while something is done.
func lateness(b *testing.B, all []*reader, do func()) time.Duration {
	b.Helper()
	for _, r := range all {
		r.forget()
	}
	do()
	var delays []time.Duration
	for _, r := range all {
		delays = append(delays, r.delayed()...)
	}
	return benchtest.Quantile(delays, 0.99)
}

// reload changes the folder of graphs again and again, and gives how long each change took to be in use.
func (s *server) reload(b *testing.B, times int, shipped string) (took []time.Duration) {
	b.Helper()
	pace := time.NewTicker(300 * time.Millisecond)
	defer pace.Stop()
	own, used := filepath.Join(s.graphs(), "own.yaml"), filepath.Join(s.graphs(), "web", "whip.yaml")
	if err := os.MkdirAll(filepath.Dir(used), 0o700); err != nil {
		b.Fatal(err)
	}
	for n := range times {
		<-pace.C
		begin := time.Now()
		switch n % 5 {
		case 0, 1:
			s.put(b, own, fmt.Sprintf(dropped, n))
			s.await(b, "/v1/graphs/own", fmt.Sprintf("The %dth.", n))
		case 2:
			s.put(b, used, strings.ReplaceAll(shipped, "wait=5s", fmt.Sprintf("wait=%dms", 5001+n)))
			s.await(b, "/v1/graphs/web%2Fwhep", fmt.Sprintf("wait=%dms", 5001+n))
		case 3:
			s.remove(b, own)
			s.await(b, "/v1/graphs/own", "graph_not_found")
		default:
			s.remove(b, used)
			s.await(b, "/v1/graphs/web%2Fwhep", "wait=5s")
		}
		took = append(took, time.Since(begin))
	}
	return took
}

// put writes a file as editors do: beside it, and then in its place.
func (s *server) put(b *testing.B, name, text string) {
	b.Helper()
	err := os.WriteFile(name+".new", []byte(text), 0o600)
	if err == nil {
		err = os.Rename(name+".new", name)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func (s *server) remove(b *testing.B, name string) {
	b.Helper()
	if err := os.Remove(name); err != nil {
		b.Fatal(err)
	}
}

// await asks the REST API until a text is in its answer.
func (s *server) await(b *testing.B, path, text string) {
	b.Helper()
	late := time.Now().Add(patience)
	for {
		r, err := http.Get("http://" + s.rest + path)
		if err != nil {
			b.Fatal(err)
		}
		got, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
		if strings.Contains(string(got), text) {
			return
		}
		if time.Now().After(late) {
			b.Fatalf("%s: %q is not in %s", path, text, got)
		}
		<-time.After(5 * time.Millisecond)
	}
}
