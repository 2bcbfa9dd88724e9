// Package drive talks to the process that drives Chromium for tests, testdata/browser/driver.mjs: it starts that, has it play
// scenarios, and answers what they ask. It knows nothing of what they are about.
package drive

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// line is one line of the talk with the driver (testdata/browser/lib/lines.mjs).
type line struct {
	ID    int             `json:"id,omitempty"`
	For   int             `json:"for,omitempty"`
	About int             `json:"about,omitempty"`
	Do    string          `json:"do,omitempty"`
	With  json.RawMessage `json:"with,omitempty"`
	Gives json.RawMessage `json:"gives,omitempty"`
	Fails string          `json:"fails,omitempty"`
}

// Host answers what a scenario asks of the test, such as to kill a server. It may wait; the scenario waits for it.
type Host func(what string, with json.RawMessage) error

// Driver is the process that has the browser. Safe for concurrent use: scenarios may run at the same time.
type Driver struct {
	in io.WriteCloser

	mu    sync.Mutex
	next  int
	asked map[int]chan line
	hosts map[int]Host
	ended error
}

// Start starts the process for a test of a package three folders deep; it ends with the test, which fails if it did not end well.
func Start(t testing.TB) *Driver {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", "..", "testdata", "browser"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "playwright-core")); err != nil {
		t.Fatalf("the packages from npm are missing; `.ci/setup browser` installs them: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())                      // the test's own is over before its clean-up
	cmd := exec.CommandContext(ctx, "node", filepath.Join(folder, "driver.mjs")) //nolint:gosec // the folder is this repository's
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = 10 * time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := &Driver{in: in, asked: map[int]chan line{}, hosts: map[int]Host{}}
	read := make(chan struct{})
	go func() {
		defer close(read)
		d.read(out)
	}()
	t.Cleanup(func() {
		_ = in.Close() // the driver ends by itself then, and its browser with it
		stop := time.AfterFunc(20*time.Second, cancel)
		<-read
		if err := cmd.Wait(); err != nil {
			t.Errorf("the driver ended: %v", err)
		}
		stop.Stop()
		cancel()
	})
	return d
}

func (d *Driver) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			fmt.Fprintf(os.Stderr, "the driver says: %s\n", lines.Text())
			continue
		}
		if l.For == 0 {
			go d.answer(l)
			continue
		}
		d.mu.Lock()
		to, waits := d.asked[l.For]
		delete(d.asked, l.For)
		d.mu.Unlock()
		if waits {
			to <- l
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = errors.Join(errors.New("the driver has ended"), lines.Err())
	for _, to := range d.asked {
		close(to)
	}
}

// answer answers a scenario's question.
func (d *Driver) answer(l line) {
	d.mu.Lock()
	h := d.hosts[l.About]
	d.mu.Unlock()
	reply := line{For: l.ID}
	if h == nil {
		reply.Fails = "nobody waits for this any more"
	} else if err := h(l.Do, l.With); err != nil {
		reply.Fails = err.Error()
	}
	_ = d.write(reply) // it has ended, and whoever waits for it hears of that
}

func (d *Driver) write(l line) error {
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err = d.in.Write(append(data, '\n'))
	return err
}

// limit is how long an answer may take. The driver itself gives a scenario up before that, and says more (testdata/browser/driver.mjs).
const limit = 7 * time.Minute

// Ask puts a question and gives the answer. What is asked back in the meantime, of a scenario, h answers. It fails after seven minutes.
func (d *Driver) Ask(what string, with any, h Host) (json.RawMessage, error) {
	data, err := json.Marshal(with)
	if err != nil {
		return nil, err
	}
	to := make(chan line, 1)
	d.mu.Lock()
	if d.ended != nil {
		d.mu.Unlock()
		return nil, d.ended
	}
	d.next++
	id := d.next
	d.asked[id], d.hosts[id] = to, h
	d.mu.Unlock()
	if err := d.write(line{ID: id, Do: what, With: data}); err != nil {
		return nil, err
	}
	late := time.NewTimer(limit)
	defer late.Stop()
	var l line
	ok, inTime := false, true
	select {
	case l, ok = <-to:
	case <-late.C:
		inTime = false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.hosts, id)
	delete(d.asked, id)
	switch {
	case !inTime:
		return nil, fmt.Errorf("the driver does not answer %s within %v", data, limit)
	case !ok:
		return nil, d.ended
	case l.Fails != "":
		return nil, errors.New(l.Fails)
	}
	return l.Gives, nil
}
