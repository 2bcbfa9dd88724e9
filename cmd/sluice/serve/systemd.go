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

// reloading is what systemd wants to hear when a reload begins: with the time, so that it can tell this one from others.
func reloading() string { return "RELOADING=1\n" + strings.TrimSpace(daemon.SdNotifyMonotonicUsec()) }
