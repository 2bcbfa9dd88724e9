package statistics

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Machine tells of the machine and of the process in it.
type Machine interface {
	// Memory is how many bytes the machine has, and how many of them can still be had.
	Memory() (total, free int)
	// Load is how many processes have wanted to run during the last minute.
	Load() float64
	// Busy is how long processors have worked for the process.
	Busy() time.Duration
	// Files is how many are open.
	Files() int
}

// Proc is the Machine that Linux tells of below /proc, or wherever that is mounted (proc(5)). What cannot be read is 0.
type Proc string

// Memory implements Machine.
func (p Proc) Memory() (total, free int) {
	const kilo = 1024
	text, _ := os.ReadFile(filepath.Join(string(p), "meminfo"))
	for line := range bytes.Lines(text) {
		f := strings.Fields(string(line))
		if len(f) < 2 {
			continue
		}
		n, _ := strconv.Atoi(f[1])
		switch f[0] {
		case "MemTotal:":
			total = n * kilo
		case "MemAvailable:":
			free = n * kilo
		}
	}
	return total, free
}

// Load implements Machine.
func (p Proc) Load() float64 {
	text, _ := os.ReadFile(filepath.Join(string(p), "loadavg"))
	first, _, _ := strings.Cut(string(text), " ")
	n, _ := strconv.ParseFloat(first, 64)
	return n
}

// Busy implements Machine.
func (p Proc) Busy() time.Duration {
	const (
		utime = 14 - 3 // fields are counted from 1, and two are before the name's end
		tick  = 10 * time.Millisecond
	)
	text, _ := os.ReadFile(filepath.Join(string(p), "self", "stat"))
	_, rest, ok := strings.Cut(string(text[max(bytes.LastIndexByte(text, ')'), 0):]), ")") // the name may have parentheses
	f := strings.Fields(rest)
	if !ok || len(f) <= utime+1 {
		return 0
	}
	user, _ := strconv.Atoi(f[utime])
	system, _ := strconv.Atoi(f[utime+1])
	return time.Duration(user+system) * tick // USER_HZ is 100 on all that Go runs on
}

// Files implements Machine.
func (p Proc) Files() int {
	list, _ := os.ReadDir(filepath.Join(string(p), "self", "fd"))
	return len(list)
}

// usage remembers how busy the process was when somebody asked last. Safe for concurrent use.
type usage struct {
	begun time.Time

	mu    sync.Mutex
	at    time.Time
	busy  time.Duration
	share float64
}

func newUsage(now time.Time) *usage { return &usage{begun: now, at: now} }

// percent is how much of all processors the process has used since somebody asked last, at least a second ago, or since the beginning.
func (u *usage) percent(now time.Time, busy time.Duration) float64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	if passed := now.Sub(u.at); passed >= time.Second {
		const all = 100
		u.share = all * (busy - u.busy).Seconds() / passed.Seconds() / float64(runtime.NumCPU())
		u.at, u.busy = now, busy
	}
	const steps = 100
	return float64(int(u.share*steps)) / steps
}

// system tells of the machine.
func (s *Statistics) system() []Value {
	if s.from.Machine == nil {
		return nil
	}
	total, free := s.from.Machine.Memory()
	return []Value{
		{"system_java_cpu_usage", s.usage.percent(s.from.Now(), s.from.Machine.Busy())},
		{"system_memory_total", total}, {"system_memory_free", free},
		{"system_load_average", s.from.Machine.Load()}, {"system_cpus", runtime.NumCPU()},
	}
}

// core tells of the process, in Java's words.
func (s *Statistics) core() []Value {
	const (
		threads, routines, ready = "/sched/threads/total:threads", "/sched/goroutines:goroutines", "/sched/goroutines/runnable:goroutines"
		mapped, released         = "/memory/classes/total:bytes", "/memory/classes/heap/released:bytes"
		heap                     = "/memory/classes/heap/objects:bytes"
	)
	got := runtimeMetrics(threads, routines, ready, mapped, released, heap)
	out := []Value{
		{"core_threads", got[threads]}, {"core_java_threads", got[routines]}, {"core_java_threads_blocked", got[ready]},
		{"core_java_committedMemory", got[mapped] - got[released]}, {"core_java_heapMemory", got[heap]},
		{"core_java_uptime", int(s.from.Now().Sub(s.usage.begun).Milliseconds())},
	}
	if s.from.Machine != nil {
		total, free := s.from.Machine.Memory()
		out = append(out, Value{"core_java_totalPhysicalMemorySize", total}, Value{"core_java_freePhysicalMemorySize", free},
			Value{"core_java_openFileDescriptorCount", s.from.Machine.Files()})
	}
	return out
}

// runtimeMetrics asks Go's runtime.
func runtimeMetrics(names ...string) map[string]int {
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	metrics.Read(samples)
	out := make(map[string]int, len(names))
	for _, one := range samples {
		if one.Value.Kind() == metrics.KindUint64 {
			out[one.Name] = int(min(one.Value.Uint64(), 1<<62))
		}
	}
	return out
}
