package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"
)

// memory is what a process holds, in kilobytes, as smaps_rollup has it (proc(5)).
type memory struct {
	resident float64
	share    float64 // its proportional share (PSS): what several have in common is divided among them
	own      float64 // what would be free if it ended
}

func memoryOf(b *testing.B, pid int) memory {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		b.Skip(err)
	}
	values := map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[2] == "kB" {
			values[fields[0]], _ = strconv.ParseFloat(fields[1], 64)
		}
	}
	if values["Rss:"] == 0 {
		b.Skipf("smaps_rollup has no Rss: %s", data)
	}
	return memory{values["Rss:"], values["Pss:"], values["Private_Clean:"] + values["Private_Dirty:"]}
}

// holdings are what this process has that could leak.
type holdings struct {
	goroutines, files, threads int
	kilobytes                  int // its own memory
	heap                       int // bytes of it that Go's objects take
}

// held counts them, having given back what memory is free.
func held(b *testing.B) holdings {
	b.Helper()
	runtime.GC() // what has a finalizer, or lies in a pool, goes in the second
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return holdings{
		goroutines: runtime.NumGoroutine(), files: entries(b, "/proc/self/fd"), threads: entries(b, "/proc/self/task"),
		kilobytes: int(memoryOf(b, os.Getpid()).own), heap: int(m.HeapAlloc),
	}
}

func entries(b *testing.B, dir string) int {
	b.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		b.Skip(err)
	}
	return len(list)
}

// ran is the processor time of a process's threads so far; of one that has ended, none.
func ran(pid int) time.Duration {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	list, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	sum := time.Duration(0)
	for _, task := range list {
		data, err := os.ReadFile(filepath.Join(dir, task.Name(), "schedstat"))
		if err != nil {
			continue // the thread has just ended
		}
		text, _, _ := strings.Cut(string(data), " ")
		ns, _ := strconv.ParseInt(text, 10, 64)
		sum += time.Duration(ns)
	}
	return sum
}
