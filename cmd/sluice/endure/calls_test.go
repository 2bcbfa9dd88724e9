//go:build cgo && !nogst

package endure

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/enginetest/program"
)

// What a call may do at most.
const (
	driftMost  = 40 * time.Millisecond // from its beginning to its end
	growthMost = 4 << 10               // KB of server and workers together, of ten minutes without their first
	pulse      = time.Second           // from one beep of a telephone to the next
)

// TestCalls has a row of four telephones, each of which hears the one before, for ten minutes if it is long: µ-law becomes Opus, Opus becomes
// µ-law, and µ-law is relayed. Those who speak have clocks that are 500 ppm fast, 500 ppm slow, and right. What is heard comes as late in the end as it
// did in the beginning, nothing of it is missing, and nobody's memory grows.
func TestCalls(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg")
	length, settled := 12*time.Second, 4*time.Second
	if long() {
		length, settled = 10*time.Minute, time.Minute
	}
	s := benchtest.ServeExchange(t, benchtest.Program(t), t.TempDir(), "")
	phones := benchtest.NewPhones(t, s.SIP)
	ways := []*way{
		{name: "µ-law to Opus", said: benchtest.PCMU, heard: benchtest.Opus, ppm: 500},
		{name: "Opus to µ-law", said: benchtest.Opus, heard: benchtest.PCMU, ppm: -500},
		{name: "relayed", said: benchtest.PCMU, heard: benchtest.PCMU},
	}
	frames := map[benchtest.Sound][][]byte{benchtest.PCMU: beepsPCMU(), benchtest.Opus: beepsOpus(t)}
	from := benchtest.Listen(t, nil)
	who, whom := "alone", "row0"
	for i, w := range ways {
		w.ear = benchtest.Listen(t, w.hear)
		w.mouth = &benchtest.Mouth{From: from, Sound: w.said, Frames: frames[w.said], Source: uint32(i + 1)}
		w.mouth.To = phones.Call(who, whom, w.said, from.Port()).Up()
		who, whom, from = fmt.Sprint("row", i+1), fmt.Sprint("row", i), w.ear
	}
	phones.Call(who, whom, ways[2].heard, from.Port()).Up()
	var talking sync.WaitGroup
	for _, w := range ways {
		talking.Go(func() { w.talk(length) })
	}
	<-time.After(settled)
	before := memoryOf(t, s)
	talking.Wait()
	if more := memoryOf(t, s) - before; long() && more > growthMost {
		t.Errorf("server and workers have grown by %v KB", more)
	} else {
		t.Logf("server and workers have grown by %v KB", more)
	}
	if n := phones.Left(); n > 0 {
		t.Errorf("%d calls have ended", n)
	}
	for _, w := range ways {
		w.judge(t)
	}
}

// memoryOf is the memory of a server and its workers that is no file's, in KB (RssAnon, proc(5)): pages of the program are counted for whoever
// is the only one to run it, and so depend on what others do.
func memoryOf(t *testing.T, s *benchtest.Exchange) int {
	t.Helper()
	sum := 0
	for _, pid := range append(benchtest.Children(s.Cmd.Process.Pid), s.Cmd.Process.Pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			continue // it has just ended
		}
		_, rest, _ := strings.Cut(string(text), "RssAnon:")
		kb := 0
		_, _ = fmt.Sscan(rest, &kb)
		sum += kb
	}
	return sum
}

// way is what one telephone says and the next one hears.
type way struct {
	name        string
	said, heard benchtest.Sound
	ppm         int
	mouth       *benchtest.Mouth
	ear         *benchtest.Ear

	told []time.Time // when each packet was said; talk's
	came []time.Time // when each was heard, and what it was; hear's until all is over
	kept [][]byte
	mu   sync.Mutex
}

// hear implements what benchtest.Listen calls.
func (w *way) hear(_ netip.AddrPort, at time.Time, packet []byte) {
	const header = 12 // the server's packets have no more
	w.mu.Lock()
	defer w.mu.Unlock()
	w.came = append(w.came, at)
	w.kept = append(w.kept, append([]byte(nil), packet[header:]...))
}

// talk says packets at the pace of the telephone's own clock.
func (w *way) talk(length time.Duration) {
	began := time.Now()
	for n := time.Duration(0); ; n++ {
		due := n * benchtest.Packet
		due -= due * time.Duration(w.ppm) / 1e6
		if due >= length {
			return
		}
		<-time.After(time.Until(began.Add(due)))
		w.told = append(w.told, time.Now())
		w.mouth.Say()
	}
}
