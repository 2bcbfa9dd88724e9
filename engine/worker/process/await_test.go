package process

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func threads(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// Waiting for many processes takes no thread for each.
func TestWaitingTakesNoThreads(t *testing.T) {
	const many = 24
	before := threads(t)
	var all []*Process
	for range many {
		all = append(all, run(t, "echo", Command{}))
	}
	if grown := threads(t) - before; grown >= many/2 {
		t.Errorf("%d threads more for %d processes", grown, many)
	}
	for _, p := range all {
		p.Kill()
		<-p.Done()
		if p.Exit().Signal == 0 {
			t.Errorf("%+v", p.Exit())
		}
	}
}

func TestAwaitWhatCannotBeAwaited(t *testing.T) {
	await(-1)
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := open()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	await(fd) // /dev/null has no poller, and must not be waited for
	if open() != before {
		t.Error("a file stays open")
	}
}
