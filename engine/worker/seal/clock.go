package seal

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// An epoch is a time.Time with Go's monotonic reading, which cannot leave its process; but that reading is of
// CLOCK_MONOTONIC, which all processes of a machine share. So an epoch crosses as nanoseconds of that clock.

// Epoch gives the epoch on CLOCK_MONOTONIC; negative if it lies before the machine's start.
func Epoch(epoch time.Time) (int64, error) {
	now, clock, err := bothClocks()
	return clock - int64(now.Sub(epoch)), err
}

// OpenEpoch gives the same moment with a monotonic reading of this process.
func OpenEpoch(epoch int64) (time.Time, error) {
	now, clock, err := bothClocks()
	return now.Add(time.Duration(epoch - clock)), err
}

// bothClocks reads the two as close together as can be.
func bothClocks() (time.Time, int64, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return time.Time{}, 0, fmt.Errorf("read the monotonic clock: %w", err)
	}
	return time.Now(), ts.Nano(), nil
}
