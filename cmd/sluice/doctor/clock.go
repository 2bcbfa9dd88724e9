package doctor

import (
	"context"
	"fmt"
	"time"
)

// coarse is a clock too coarse to pace audio frames of 20 ms by.
const coarse = time.Millisecond

func clock(_ context.Context, m *Machine) []Finding {
	c, err := m.System.Clock()
	if err != nil {
		return skipped("the clocks cannot be read: %v", err)
	}
	var out []Finding
	if c.Resolution > coarse {
		out = append(out, Finding{
			Level: Warn, Says: fmt.Sprintf("the monotonic clock has steps of %s: media will come in bursts", c.Resolution),
			Do: "use a kernel with high-resolution timers",
		})
	}
	source := m.text("sys/devices/system/clocksource/clocksource0/current_clocksource")
	if source == "hpet" || source == "acpi_pm" || source == "jiffies" {
		out = append(out, Finding{
			Level: Warn, Says: "the clock source is " + source + ": reading the time takes a system call and some microseconds",
			Do: "see whether the kernel's log says why it does not use tsc; in a virtual machine take its own, such as kvm-clock",
		})
	}
	if !c.Synchronised {
		out = append(out, Finding{
			Level: Warn, Says: "nothing keeps the time of day right: recordings, HLS dates, certificates and clusters go by it",
			Do: "as root, run: apt-get install chrony; in a container, do so on its host",
		})
	}
	if len(out) == 0 {
		return good("steps of %s, source %s, the time of day is kept right", c.Resolution, source)
	}
	return out
}

// smallBuffer holds 0.4 s of a stream of 50 Mbit/s, which a reader may fall behind while the scheduler serves others.
const smallBuffer = 2_500_000 // bytes

func buffers(_ context.Context, m *Machine) []Finding {
	var out []Finding
	seen := false
	for _, name := range []string{"rmem_max", "wmem_max"} {
		n, ok := m.number("proc/sys/net/core/" + name)
		if !ok {
			continue
		}
		seen = true
		if n < smallBuffer {
			out = append(out, Finding{
				Level: Warn, Says: fmt.Sprintf("net.core.%s is %s: bursts of RTP will be lost", name, size(n)),
				Do: fmt.Sprintf("as root, run: sysctl -w net.core.%s=%d, and write it into /etc/sysctl.d", name, smallBuffer),
			})
		}
	}
	switch {
	case !seen:
		return skipped("net.core cannot be seen from this container: look at net.core.rmem_max on its host")
	case len(out) == 0:
		return good("large enough")
	}
	return out
}
