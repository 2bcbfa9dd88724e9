package siptest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/engine/enginetest"
)

// Event is what Baresip tells by itself (its module ctrl_tcp).
type Event struct {
	Type  string // such as CALL_ESTABLISHED
	Param string // what it says of it: why a call was closed, which key was pressed
	Peer  string `json:"peeruri"`
}

// message is one of either kind.
type message struct {
	Event
	Response bool
	OK       bool
	Data     string
}

// control is the talk with one Baresip: JSON in netstrings. Commands are put one at a time; events are kept.
type control struct {
	t       testing.TB
	c       net.Conn
	ended   chan struct{}
	answers chan message

	mu     sync.Mutex
	events []Event
	taken  int           // of them, by await
	more   chan struct{} // closed, and made anew, at each event
}

func talk(t testing.TB, to string) *control {
	t.Helper()
	c := &control{t: t, ended: make(chan struct{}), answers: make(chan message, 1), more: make(chan struct{})}
	until(t, "Baresip to listen", func() (string, bool) {
		var err error
		c.c, err = dial(t.Context(), "tcp4", to)
		return fmt.Sprint(err), err == nil
	})
	go func() { defer close(c.ended); c.read(bufio.NewReader(c.c)) }()
	t.Cleanup(func() {
		_ = c.c.Close()
		<-c.ended
	})
	return c
}

func (c *control) read(from *bufio.Reader) {
	for {
		length := 0
		if _, err := fmt.Fscanf(from, "%d:", &length); err != nil || length < 0 || length > 1<<20 {
			return
		}
		text := make([]byte, length+1) // with the comma that ends it
		if _, err := io.ReadFull(from, text); err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(text[:length], &m); err != nil {
			c.t.Errorf("Baresip says %q: %v", text, err)
			continue
		}
		if m.Response {
			c.answers <- m
			continue
		}
		c.mu.Lock()
		c.events = append(c.events, m.Event)
		close(c.more)
		c.more = make(chan struct{})
		c.mu.Unlock()
	}
}

// do gives a command, which must succeed, and gives what was answered.
func (c *control) do(command, params string) string {
	c.t.Helper()
	text, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c.c, "%d:%s,", len(text), text); err != nil {
		c.t.Fatal(err)
	}
	a := enginetest.Await(c.t, "Baresip's answer to "+command, c.answers)
	if !a.OK {
		c.t.Fatalf("Baresip does not %s %s: %s", command, params, a.Data)
	}
	return a.Data
}

// await waits for the next event of one of some types. Those before it are passed over.
func (c *control) await(types ...string) Event {
	c.t.Helper()
	late := time.NewTimer(enginetest.Patience)
	defer late.Stop()
	for {
		c.mu.Lock()
		for ; c.taken < len(c.events); c.taken++ {
			for _, kind := range types {
				if e := c.events[c.taken]; e.Type == kind {
					c.taken++
					c.mu.Unlock()
					return e
				}
			}
		}
		more := c.more
		c.mu.Unlock()
		select {
		case <-more:
		case <-c.ended:
			c.t.Fatalf("Baresip has ended before %s", strings.Join(types, " or "))
		case <-late.C:
			c.t.Fatalf("waited %v in vain for %s of Baresip; it told of %v", enginetest.Patience, strings.Join(types, " or "), c.all())
		}
	}
}

// all are the events until now.
func (c *control) all() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Event(nil), c.events...)
}
