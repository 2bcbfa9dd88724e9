package describe

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// CPU is the processor time that this process has used.
func CPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Memory is how many bytes this process holds; 0 if the system does not say.
func Memory() int64 {
	text, err := os.ReadFile("/proc/self/statm") // proc(5): the second number is in pages
	if err != nil {
		return 0
	}
	const resident = 1
	words := strings.Fields(string(text))
	if len(words) <= resident {
		return 0
	}
	pages, err := strconv.ParseInt(words[resident], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
