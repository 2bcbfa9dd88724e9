package hls

import (
	"bufio"
	"context"
	"encoding/gob"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// mirror is the least that can serve a stream with net/http: it has a recording in memory, and plays it over and over as it was, which
// means that it closes a channel whenever the next playlist is there. A blocking reload waits for that. Nothing is counted, checked,
// limited or logged, and answers have no headers but the type.
type mirror struct {
	*recording

	mu     sync.Mutex
	now    int           // index of the state that holds
	change chan struct{} // closed at the next
	stop   chan struct{} // ends playing
}

// bare is the process: the recording comes on its standard input, and it says where it listens.
func bare() error {
	m := &mirror{recording: &recording{}, change: make(chan struct{}), stop: make(chan struct{})}
	if err := gob.NewDecoder(os.Stdin).Decode(m.recording); err != nil {
		return err
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, l.Addr()); err != nil {
		return err
	}
	return (&http.Server{Handler: m, ReadHeaderTimeout: time.Minute}).Serve(l)
}

// ServeHTTP implements http.Handler.
func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	f, ok := m.Files[name]
	switch {
	case ok:
	case strings.HasSuffix(name, ".m3u8"):
		f = m.await(r.Context(), r.URL.RawQuery)
	case name == "begin":
		m.begin()
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", f.Kind)
	if f.Packed {
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)))
	_, _ = w.Write(f.Body)
}

// begin plays from the beginning.
func (m *mirror) begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.stop)
	stop := make(chan struct{})
	m.stop, m.now = stop, 0
	began := time.Now()
	go func() {
		for i, s := range m.States {
			select {
			case <-time.After(time.Until(began.Add(s.At))):
				m.enter(i)
			case <-stop:
				return
			}
		}
	}()
}

func (m *mirror) enter(i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = i
	close(m.change)
	m.change = make(chan struct{})
}

// await waits for the playlist that is asked for.
func (m *mirror) await(ctx context.Context, query string) file {
	msn, part := directives(query)
	for {
		m.mu.Lock()
		s, change := &m.States[m.now], m.change
		m.mu.Unlock()
		if s.has(msn, part) {
			return s.Body
		}
		select {
		case <-change:
		case <-ctx.Done():
			return file{}
		}
	}
}

// directives are those of a query, which they end.
func directives(query string) (msn, part int64) {
	_, rest, ok := strings.Cut(query, "_HLS_msn=")
	if !ok {
		return -1, -1
	}
	first, second, ok := strings.Cut(rest, "&_HLS_part=")
	msn, _ = strconv.ParseInt(first, 10, 64)
	if part = -1; ok {
		part, _ = strconv.ParseInt(second, 10, 64)
	}
	return msn, part
}

// reflect starts a mirror of a recording, which ends with the benchmark.
func reflect(b *testing.B, r *recording) *server {
	b.Helper()
	s := &server{cmd: child(b, "bare")}
	in, err := s.cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	})
	if err := gob.NewEncoder(in).Encode(r); err != nil {
		b.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	s.address = strings.TrimSpace(line)
	return s
}

// again has a mirror play from the beginning.
func (s *server) again(b *testing.B) {
	b.Helper()
	c, err := dial(s.address, 4<<10)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.pass("/begin"); err != nil {
		b.Fatal(err)
	}
}
