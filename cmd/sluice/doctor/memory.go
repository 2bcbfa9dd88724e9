package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

const (
	littleMemory = 512 << 20 // bytes; a ladder of three renditions takes 150 MB
	oneCPU       = 1.0
	littleShared = 16 << 20 // bytes
)

func memory(_ context.Context, m *Machine) []Finding {
	if n, err := m.System.Limit(AddressSpace); err == nil && n < littleMemory {
		return bad(Warn, fmt.Sprintf("a process may use %s of addresses", size(n)),
			"`ulimit -v unlimited`, or LimitAS=infinity in the systemd unit")
	}
	left, ok := m.available()
	if !ok {
		return skipped("/proc/meminfo does not tell")
	}
	if limit, ok := m.group("memory", "memory.max", "memory.limit_in_bytes"); ok && limit < left {
		if limit < littleMemory {
			return bad(Warn, fmt.Sprintf("the control group allows %s: a ladder of three renditions takes 150 MB", size(limit)),
				"raise MemoryMax= in the systemd unit, or --memory for docker")
		}
		return good("%s by the control group", size(limit))
	}
	if left < littleMemory {
		return bad(Warn, fmt.Sprintf("%s are free: a ladder of three renditions takes 150 MB", size(left)), "end other programs, or add memory")
	}
	return good("%s free", size(left))
}

// available is what /proc/meminfo calls MemAvailable, in bytes.
func (m *Machine) available() (uint64, bool) {
	for line := range strings.Lines(m.text("proc/meminfo")) {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kilobytes, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kilobytes << 10, err == nil
		}
	}
	return 0, false
}

// group is the narrowest limit that the control groups of this process set, of all those above it. names are the limit's files in
// version 2 and, after it, version 1. False means that there is none.
func (m *Machine) group(controller string, names ...string) (uint64, bool) {
	least, found := uint64(0), false
	for _, folder := range m.groups(controller) {
		for _, name := range names {
			// Version 1 writes the largest page-aligned number for no limit.
			if n, ok := m.number(path.Join(folder, name)); ok && n < 1<<62 && (!found || n < least) {
				least, found = n, true
			}
		}
	}
	return least, found
}

// groups are the folders of the control groups of this process, from its own to the root.
func (m *Machine) groups(controller string) []string {
	const root = "sys/fs/cgroup"
	var out []string
	for line := range strings.Lines(m.text("proc/self/cgroup")) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		base := root
		if parts[1] != "" { // version 1 has a tree for each controller
			if parts[1] != controller && !strings.HasPrefix(parts[1], controller+",") && !strings.HasSuffix(parts[1], ","+controller) {
				continue
			}
			base = path.Join(root, controller)
		}
		for at := path.Join("/", parts[2]); ; at = path.Dir(at) {
			out = append(out, path.Join(base, at))
			if at == "/" {
				break
			}
		}
	}
	return out
}

func cpu(_ context.Context, m *Machine) []Finding {
	share, limited := float64(m.CPUs), false
	for _, folder := range m.groups("cpu") {
		if n, ok := m.quota(folder); ok && n < share {
			share, limited = n, true
		}
	}
	switch {
	case share < oneCPU:
		return bad(Warn, fmt.Sprintf("the control group allows %.2g of a processor: enough for sound, not for 720p in real time", share),
			"raise CPUQuota= in the systemd unit, or --cpus for docker")
	case limited:
		return good("%.3g of %d processors, by the control group", share, m.CPUs)
	case m.CPUs == 1:
		return good("1 processor")
	}
	return good("%d processors", m.CPUs)
}

// quota is how many processors a control group allows: time over period, in version 2 in one file.
func (m *Machine) quota(folder string) (float64, bool) {
	words := strings.Fields(m.text(path.Join(folder, "cpu.max")))
	if len(words) != 2 {
		words = []string{m.text(path.Join(folder, "cpu.cfs_quota_us")), m.text(path.Join(folder, "cpu.cfs_period_us"))}
	}
	time, err1 := strconv.ParseFloat(words[0], 64)
	period, err2 := strconv.ParseFloat(words[1], 64)
	return time / period, err1 == nil && err2 == nil && time > 0 && period > 0
}

// shared looks at /dev/shm, which only graphs with shmsink, and drivers of graphics processors, use.
func shared(_ context.Context, m *Machine) []Finding {
	const folder = "/dev/shm"
	if _, err := fs.Stat(m.Root, folder[1:]); err != nil {
		return bad(Warn, "there is no "+folder+": graphs with shmsink cannot run", "mount a tmpfs there")
	}
	s, err := m.System.Space(folder)
	switch {
	case err != nil:
		return skipped("%s: %v", folder, err)
	case s.Total < littleShared:
		return bad(Warn, folder+" has "+size(s.Total)+": graphs with shmsink need more",
			"--shm-size=64m for docker, or remount it with size=64m")
	}
	return good("%s in %s", size(s.Total), folder)
}
