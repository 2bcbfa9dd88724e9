package doctor

import (
	"context"
	"fmt"
)

const (
	// A connection takes one file, a worker process about ten.
	fewFiles, tooFewFiles = 65536, 1024
	// A worker has 10 to 40 threads, and the limit counts all threads of the user.
	fewProcesses = 4096
)

func files(_ context.Context, m *Machine) []Finding {
	n, err := m.System.Limit(OpenFiles)
	switch {
	case err != nil:
		return skipped("the limit cannot be read: %v", err)
	case n >= fewFiles:
		return good("%s", amount(n))
	}
	f := Finding{
		Level: Warn, Says: fmt.Sprintf("%d at most: a server takes one for every connection", n),
		Do: fmt.Sprintf("`ulimit -n %[1]d`, or LimitNOFILE=%[1]d in the systemd unit, or --ulimit nofile=%[1]d for docker", fewFiles),
	}
	if n < tooFewFiles {
		f.Level, f.Says = Fail, fmt.Sprintf("%d at most: not even a graph with a few workers runs", n)
	}
	return []Finding{f}
}

func processes(_ context.Context, m *Machine) []Finding {
	n, err := m.System.Limit(Processes)
	if err != nil {
		return skipped("the limit cannot be read: %v", err)
	}
	if group, ok := m.group("pids", "pids.max"); ok && group < n {
		if group < fewProcesses {
			return bad(Warn, fmt.Sprintf("the control group allows %d processes and threads: a worker has 10 to 40", group),
				"raise TasksMax= in the systemd unit, or --pids-limit for docker")
		}
		n = group
	}
	if n < fewProcesses {
		return bad(Warn, fmt.Sprintf("the user may have %d processes and threads: a worker has 10 to 40", n),
			"`ulimit -u unlimited`, or LimitNPROC=infinity in the systemd unit")
	}
	return good("%s", amount(n))
}

// core only tells: workers switch theirs off themselves.
func core(_ context.Context, m *Machine) []Finding {
	n, err := m.System.Limit(CoreSize)
	switch {
	case err != nil:
		return skipped("the limit cannot be read: %v", err)
	case n == 0:
		return good("none are written")
	}
	return good("up to %s of the server itself; workers write none", size(n))
}
