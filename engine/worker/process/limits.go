package process

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

const (
	defaultFiles = 4096
	// oomScore makes the kernel, out of memory, end a worker and not the server (0 is usual, 1000 the most).
	oomScore = "500"
)

// Limits of a program. They are set from outside right after its start, for good: it cannot raise them. There is never a
// core file, since one holds what streams hold.
type Limits struct {
	Files int // open at a time; 0 means 4096. Never more than our own limit
	CPU   int // seconds in all, then it is killed; 0 means no limit, as is right for streams without end
	// AddressSpace is in bytes; 0 means no limit. Threads and allocators reserve far more than they use, so it must be
	// generous: what a program really holds is Usage.Memory.
	AddressSpace uint64
	Nice         int // 0 to 19: how far it stands back for others
}

// apply puts the limits on a process and all its threads.
func (l Limits) apply(pid int) error {
	files := uint64(defaultFiles)
	if l.Files > 0 {
		files = uint64(l.Files)
	}
	var own unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &own); err == nil {
		files = min(files, own.Max)
	}
	for _, r := range []struct {
		name     string
		resource int
		set      bool
		value    uint64
	}{
		{"core", unix.RLIMIT_CORE, true, 0},
		{"files", unix.RLIMIT_NOFILE, true, files},
		{"cpu", unix.RLIMIT_CPU, l.CPU > 0, uint64(max(l.CPU, 0))},
		{"address space", unix.RLIMIT_AS, l.AddressSpace > 0, l.AddressSpace},
	} {
		if !r.set {
			continue
		}
		// Soft and hard are one: Go ignores SIGXCPU, which the soft limit of CPU time alone would send.
		if err := unix.Prlimit(pid, r.resource, &unix.Rlimit{Cur: r.value, Max: r.value}, nil); err != nil {
			return fmt.Errorf("set the limit of %s: %w", r.name, err)
		}
	}
	if l.Nice > 0 {
		// By group, because on Linux nice is of a thread: this reaches those there are, and they hand it on.
		if err := unix.Setpriority(unix.PRIO_PGRP, pid, l.Nice); err != nil {
			return fmt.Errorf("set nice: %w", err)
		}
	}
	// Where /proc is not to be written, the kernel chooses as it likes.
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte(oomScore), 0)
	return nil
}
