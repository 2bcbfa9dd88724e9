package doctor

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"sluice/engine/fault"
)

// Linux asks the kernel. It is safe for concurrent use.
type Linux struct{}

// Limit gives the soft limit, which is what counts.
func (Linux) Limit(r Resource) (uint64, error) {
	number := map[Resource]int{
		OpenFiles: unix.RLIMIT_NOFILE, Processes: unix.RLIMIT_NPROC, CoreSize: unix.RLIMIT_CORE, AddressSpace: unix.RLIMIT_AS,
	}
	var l unix.Rlimit
	if err := unix.Getrlimit(number[r], &l); err != nil {
		return 0, err
	}
	return l.Cur, nil
}

// Bind opens the port as a door would.
func (Linux) Bind(ctx context.Context, network, address string) error {
	var lc net.ListenConfig
	if network == "udp" {
		c, err := lc.ListenPacket(ctx, network, address)
		if err != nil {
			return err
		}
		return c.Close()
	}
	l, err := lc.Listen(ctx, network, address)
	if err != nil {
		return err
	}
	return l.Close()
}

// Clock asks the kernel for its clock's resolution and whether something disciplines it: adjtimex(2).
func (Linux) Clock() (Clock, error) {
	var res unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_MONOTONIC, &res); err != nil {
		return Clock{}, err
	}
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return Clock{}, err
	}
	return Clock{Resolution: time.Duration(res.Nano()), Synchronised: state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0}, nil
}

// Space looks at the folder, or at the nearest above it that is there: what may be written above can be made below.
func (Linux) Space(folder string) (Space, error) {
	if !filepath.IsAbs(folder) {
		return Space{}, fault.New(fault.InvalidRequest, folder, "the folder is not absolute")
	}
	for !exists(folder) && folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
	}
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return Space{}, err
	}
	block := uint64(s.Bsize)
	return Space{Total: s.Blocks * block, Free: s.Bavail * block, Writable: unix.Access(folder, unix.W_OK) == nil}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
