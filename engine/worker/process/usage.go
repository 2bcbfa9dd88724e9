package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit of CPU times in /proc, fixed for programs at 100 a second.
const tick = 10 * time.Millisecond

// Usage is what a program takes at one moment.
type Usage struct {
	CPU    time.Duration // in all
	Memory int64         // bytes resident
}

// Usage asks the kernel. It fails once the program is gone.
func (p *Process) Usage() (Usage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped { // the number may be somebody else's now
		return Usage{}, os.ErrProcessDone
	}
	data, err := os.ReadFile("/proc/" + strconv.Itoa(p.PID()) + "/stat")
	if err != nil {
		return Usage{}, fmt.Errorf("usage of a worker: %w", err)
	}
	// The name, in brackets, may hold anything; numbers follow its last bracket. Fields 14, 15 and 24 of proc(5).
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 22 {
		return Usage{}, fmt.Errorf("usage of a worker: %d fields", len(fields))
	}
	var n [3]int64
	for i, at := range []int{11, 12, 21} {
		if n[i], err = strconv.ParseInt(string(fields[at]), 10, 64); err != nil {
			return Usage{}, fmt.Errorf("usage of a worker: %w", err)
		}
	}
	return Usage{CPU: time.Duration(n[0]+n[1]) * tick, Memory: n[2] * int64(os.Getpagesize())}, nil
}
