package send_test

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"go.uber.org/goleak"
)

// farMode, in the environment, makes this test program the far end of a benchmark: so many sockets, in a process of its own so
// that what receiving costs is not counted, as far as the kernel does not charge it to the sender.
const farMode = "SLUICE_TEST_SOCKETS"

func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(farMode)); err == nil {
		drain(n)
		return
	}
	goleak.VerifyTestMain(m)
}

// drain tells the ports of n sockets and reads from them until its input ends.
func drain(n int) {
	for range n {
		u, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		go func() {
			for p := make([]byte, 2048); err == nil; {
				_, _, err = u.ReadFromUDPAddrPort(p)
			}
		}()
		fmt.Fprintln(os.Stdout, u.LocalAddr())
	}
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
}

// far starts the far end and gives its addresses.
func far(tb testing.TB, n int) []netip.AddrPort {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), farMode+"="+strconv.Itoa(n)), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { in.Close(); cmd.Wait() })
	var all []netip.AddrPort
	for lines := bufio.NewScanner(out); len(all) < n && lines.Scan(); {
		all = append(all, netip.MustParseAddrPort(lines.Text()))
	}
	if len(all) < n {
		tb.Fatal("the far end has only ", len(all), " sockets")
	}
	return all
}
