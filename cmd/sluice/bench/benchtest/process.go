package benchtest

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ran is the processor time that a process has used so far, but for that of threads that have ended.
func Ran(b testing.TB, pid int) time.Duration {
	b.Helper()
	tasks := fmt.Sprintf("/proc/%d/task", pid)
	list, err := os.ReadDir(tasks)
	if err != nil {
		b.Fatal(err)
	}
	sum := time.Duration(0)
	for _, task := range list {
		data, err := os.ReadFile(filepath.Join(tasks, task.Name(), "schedstat"))
		if err != nil {
			continue // the thread has just ended
		}
		text, _, _ := strings.Cut(string(data), " ")
		ns, _ := strconv.ParseInt(text, 10, 64)
		sum += time.Duration(ns)
	}
	return sum
}

// Used is the processor time of this process so far.
func Used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Memory is what would be free if a process ended, in kilobytes.
func Memory(b testing.TB, pid int) float64 {
	b.Helper()
	kb, err := Private(pid)
	if err != nil {
		b.Fatal(err)
	}
	return kb
}

// Private is Memory for who is no benchmark.
func Private(pid int) (kb float64, err error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && (fields[0] == "Private_Clean:" || fields[0] == "Private_Dirty:") {
			n, _ := strconv.ParseFloat(fields[1], 64)
			kb += n
		}
	}
	return kb, lines.Err()
}

// Quantile of what is measured, which it sorts.
func Quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(q*float64(len(all))), len(all)-1)]
}

// Milliseconds is a time as metrics have it.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
