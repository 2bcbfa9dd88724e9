package live

import (
	"encoding/binary"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sluice/cmd/sluice/bench/benchtest"
)

// wiretapTCP sees on loopback, with the kernel's time, the segments in which pictures begin: coming to the server, and going from
// it to each reader. A picture is written with one call, so its first segment holds its marker.
type wiretapTCP struct {
	fd   int
	port uint16
	done sync.WaitGroup

	mu   sync.Mutex
	came map[uint32]time.Duration
	went map[seen]time.Duration
}

// seen is a picture on its way to a reader.
type seen struct {
	reader  uint16 // port
	picture uint32
}

// tapTCP begins to listen, as root may; nil for others.
func tapTCP(b *testing.B, port string) *wiretapTCP {
	b.Helper()
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		b.Fatal(err)
	}
	fd := listenToLoopback(b)
	if fd < 0 {
		return nil
	}
	w := &wiretapTCP{fd: fd, port: uint16(number), came: map[uint32]time.Duration{}, went: map[seen]time.Duration{}}
	stop := make(chan struct{})
	w.done.Go(func() { w.listen(stop) })
	b.Cleanup(func() {
		close(stop)
		w.done.Wait()
		_ = unix.Close(fd)
	})
	return w
}

func (w *wiretapTCP) listen(stop <-chan struct{}) {
	p, control := make([]byte, 60+60+benchtest.HeadOf), make([]byte, 64)
	for {
		select {
		case <-stop:
			return
		default:
		}
		n, oob, _, from, err := unix.Recvmsg(w.fd, p, control, 0)
		link, ok := from.(*unix.SockaddrLinklayer)
		if err != nil || n < 40+benchtest.MarkedLength || !ok || link.Pkttype == unix.PACKET_OUTGOING || p[9] != unix.IPPROTO_TCP {
			continue
		}
		tcp := p[int(p[0]&0xf)*4 : n]
		source, target := binary.BigEndian.Uint16(tcp), binary.BigEndian.Uint16(tcp[2:])
		if source != w.port && target != w.port {
			continue
		}
		picture, _, ok := benchtest.Marked(tcp[20:])
		if at, told := kernelTime(control[:oob]); ok && told {
			w.note(source, target, picture, at)
		}
	}
}

// note keeps the first time: the same may be sent again.
func (w *wiretapTCP) note(source, target uint16, picture uint32, at time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if target == w.port {
		if _, again := w.came[picture]; !again {
			w.came[picture] = at
		}
		return
	}
	key := seen{target, picture}
	if _, again := w.went[key]; source == w.port && !again {
		w.went[key] = at
	}
}

// forget begins anew.
func (w *wiretapTCP) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.came)
	clear(w.went)
}

// added is how much later each picture went to each reader than it came.
func (w *wiretapTCP) added() (out []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, at := range w.went {
		if came, ok := w.came[key.picture]; ok {
			out = append(out, at-came)
		}
	}
	return out
}
