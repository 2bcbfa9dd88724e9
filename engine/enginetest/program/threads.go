package program

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// threads tells of each thread of a process its name, which GStreamer gives after elements, whether it runs (R) or sleeps (S, D), and where
// in the kernel, as far as the kernel tells.
func threads(pid int) string {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(tasks) == 0 {
		return "not known"
	}
	var lines []string
	for _, task := range tasks {
		line := read(task, "comm")
		if stat := read(task, "stat"); stat != "" {
			_, after, _ := strings.Cut(stat, ") ") // proc(5): the name, which may have anything in it, ends so
			state, _, _ := strings.Cut(after, " ")
			line += " " + state
		}
		lines = append(lines, line+" "+read(task, "wchan"))
	}
	return strings.Join(lines, "\n")
}

func read(folder, name string) string {
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
