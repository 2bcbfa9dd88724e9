// Package siptest is the test kit of telephone calls: telephones and servers that others have made (Kamailio, Baresip, Linphone, SIPp),
// each on ports of its own on the loopback, driven and watched from a test, and what is heard and seen in their recordings. Only tests
// import it. It knows nothing of our own side. Where a program is missing, the test is skipped, as enginetest/program does it.
package siptest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"sluice/engine/enginetest"
)

// Account is a user of a registrar.
type Account struct {
	User, Password string
	Domain         string // host:port, in the user's address
}

// URI is the user's address.
func (a Account) URI() string { return "sip:" + a.User + "@" + a.Domain }

// host is where all of these programs are.
const host = "127.0.0.1"

// Ports of these programs lie below those that tests find for others (enginetest.FreeAddress) and below those of the server.
const firstPort, lastPort = 10000, 20000

// ports finds so many ports in a row, the first of which is even, that nobody has over UDP or TCP.
func ports(t testing.TB, n int) int {
	t.Helper()
	var last error
	for range 100 {
		first := firstPort + rand.IntN((lastPort-firstPort-n)/2)*2 //nolint:gosec // it need not be secret
		if last = bindable(t.Context(), first, n); last == nil {
			return first
		}
	}
	t.Fatalf("no %d free ports in a row: %v", n, last)
	return 0
}

func bindable(ctx context.Context, first, n int) error {
	var config net.ListenConfig
	for port := first; port < first+n; port++ {
		l, err := config.Listen(ctx, "tcp4", address(port))
		if err != nil {
			return err
		}
		_ = l.Close()
		c, err := config.ListenPacket(ctx, "udp4", address(port))
		if err != nil {
			return err
		}
		_ = c.Close()
	}
	return nil
}

func address(port int) string { return fmt.Sprintf("%s:%d", host, port) }

// until asks again and again until the answer is yes. It is for what programs do without telling anybody. The last thing that was found
// is told if the answer stays no.
func until(t testing.TB, what string, ask func() (found string, yes bool)) {
	t.Helper()
	const pause = 20 * time.Millisecond
	late := time.NewTimer(enginetest.Patience)
	defer late.Stop()
	again := time.NewTicker(pause)
	defer again.Stop()
	for {
		found, yes := ask()
		if yes {
			return
		}
		select {
		case <-late.C:
			t.Fatalf("waited %v in vain for %s: %s", enginetest.Patience, what, found)
		case <-again.C:
		}
	}
}
