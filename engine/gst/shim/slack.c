//go:build cgo && !nogst

// How late timers of this process may be, set before Go makes its first thread, so that all threads have it.
#include <sys/prctl.h>

enum { LINUX_DEFAULT = 50 * 1000, SLACK = 1000 * 1000 }; // ns

// While anything goes on, Go's monitor looks every 20 us whether a system call or a call of C takes long (runtime.sysmon, Go 1.26), and is
// woken again by the first such call after a pause. Who codes a frame of a telephone's sound a thousand times a second sets it off each
// time: a seventh of all that converted calls took. The monitor cannot be told to look less often, but nanosleep rests longer with a larger
// slack. Media wait for packets, which no slack holds up; a clock that GStreamer waits for is late by this at most. Who has given the
// process another slack, as systemd's TimerSlackNSec does, is heeded.
__attribute__((constructor)) static void slack(void) {
	if (prctl(PR_GET_TIMERSLACK) == LINUX_DEFAULT)
		prctl(PR_SET_TIMERSLACK, SLACK, 0, 0, 0);
}
