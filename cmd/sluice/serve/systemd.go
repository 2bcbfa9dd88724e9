package serve

import (
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Systemd gives what Options need to talk to systemd, if that started the server and wants to be told: Tell is nil otherwise. The
// environment is left alone: workers are not given it.
func Systemd() (tell func(string), guard time.Duration, err error) {
	if guard, err = daemon.SdWatchdogEnabled(false); err != nil {
		return nil, 0, err
	}
	return func(state string) { _, _ = daemon.SdNotify(false, state) }, guard, nil // without systemd nobody is told
}

// monotonic is the time since the machine started, in microseconds, as systemd wants it with RELOADING=1.
func monotonic() string { return strings.TrimPrefix(daemon.SdNotifyMonotonicUsec(), "MONOTONIC_USEC=") }
