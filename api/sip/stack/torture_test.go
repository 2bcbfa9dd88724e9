package stack_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

// torture are the messages of RFC 4475 that sipgo's module has with its tests, by kind and name.
func torture(t *testing.T) map[string][]byte {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "sip/testdata/torture/*/*.dat"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d messages of RFC 4475: %v", len(files), err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		if all[strings.TrimSuffix(filepath.Base(f), ".dat")], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// taken notes the calls whose requests came to a handler, which answers 200.
type taken struct {
	mu   sync.Mutex
	by   map[string]int
	came chan struct{}
}

func (k *taken) Request(in stack.Incoming) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.by[in.Request().CallID().Value()]++
	k.came <- struct{}{}
	if in.Request().Method != sip.ACK {
		// A connection may be closed already: what was behind the message could not be told apart.
		_ = in.Respond(sip.NewResponseFromRequest(in.Request(), 200, "OK", nil))
	}
}

// has tells whether requests of a call came. Those that should are waited for.
func (k *taken) has(t *testing.T, call string, wait bool) bool {
	t.Helper()
	for {
		k.mu.Lock()
		n := k.by[call]
		k.mu.Unlock()
		if n > 0 || !wait {
			return n > 0
		}
		enginetest.Await(t, "a request of "+call, k.came)
	}
}

// calm makes the messages quick: their times are over in a third of a second.
func calm(o *stack.Options) {
	o.Timers = stack.Timers{T1: 5 * time.Millisecond, T2: 40 * time.Millisecond, T4: 10 * time.Millisecond}
}

// E9: each message of RFC 4475 is taken, or refused with the right answer, or ignored; and what comes after it is answered.
func TestE9Torture(t *testing.T) {
	all := torture(t)
	for _, network := range []stack.Network{stack.UDP, stack.TCP} {
		t.Run(string(network), func(t *testing.T) {
			k := &taken{by: map[string]int{}, came: make(chan struct{}, 1000)}
			served, err := newStack(t, calm).Open(t.Context(), network, k)
			if err != nil {
				t.Fatal(err)
			}
			for name, data := range all {
				m, why := message.Parse(data)
				r, request := m.(*sip.Request)
				want := why == nil && request && len(message.Tokens(r, "Require")) == 0
				want = want && (network == stack.UDP || name != "inv2543") // it has no length, which a stream needs
				codes := answers(t, served, name, data, want)
				if why == nil && k.has(t, m.CallID().Value(), want) != want {
					t.Errorf("%s came to the handler: %t, want %t", name, !want, want)
				}
				if network == stack.TCP {
					check(t, name, codes, want, why)
				}
			}
		})
	}
}

// check looks at the answers over a connection. Over UDP they go to where the Via says.
func check(t *testing.T, name string, codes []int, want bool, why error) {
	t.Helper()
	wrong, _ := why.(*message.Malformed)
	switch {
	case name == "dblreq": // its second message, which is one in a stream, is shorter than it says
	case want && !slices.Contains(codes, 200):
		t.Errorf("%s was answered %v", name, codes)
	case name == "bext01" && !slices.Contains(codes, 420):
		t.Errorf("%s was answered %v, want 420", name, codes)
	case name == "clerr": // its length is that of more than comes, and so nothing is a message
	case wrong != nil && wrong.Request != nil && !slices.Contains(codes, wrong.Code):
		t.Errorf("%s was answered %v, want %d", name, codes, wrong.Code)
	}
}

// answers sends a message, then a request that is as it should be, and gives the codes of what was answered to the first.
func answers(t *testing.T, served *stack.Socket, name string, data []byte, wanted bool) (codes []int) {
	t.Helper()
	probe := strings.ReplaceAll(strings.ReplaceAll(options("probe"+name), "\n", "\r\n"), "%p", "9")
	if served.Network() == stack.UDP {
		peer := newRaw(t)
		if _, err := peer.c.WriteToUDPAddrPort(data, served.Addr()); err != nil {
			t.Fatal(err)
		}
		peer.send(served.Addr(), options("probe"+name))
		peer.response(200)
		return nil
	}
	c, err := net.Dial("tcp", served.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(enginetest.Patience))
	// A message in the file that is shorter or longer than it says would take the probe for its body, so it gets as much as it may want.
	if _, err := c.Write(append(bytes.Clone(data), "\r\n"+probe...)); err != nil {
		t.Fatal(err)
	}
	r, probed := message.NewReader(c, nil), false
	for {
		one, err := r.Next()
		if one == nil && err != nil {
			return codes // the connection was closed, for there was no telling where the next message begins
		}
		if one == nil {
			continue
		}
		line, _, _ := strings.Cut(string(one), "\r\n")
		code, _ := strconv.Atoi(strings.Fields(line)[1])
		if bytes.Contains(one, []byte("Call-ID: probe"+name+"\r\n")) {
			probed = true
		} else {
			codes = append(codes, code)
		}
		if probed && (len(codes) > 0 || !wanted) { // calls are answered at once, not in the order in which they came
			return codes
		}
	}
}
