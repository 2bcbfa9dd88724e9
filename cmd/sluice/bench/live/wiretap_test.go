package live

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// wiretap sees RTP on loopback, with the kernel's time, so that what the clients do with the packets is not in what it measures:
// here they share the processors with the server and take several times what it takes. It sees what is sent as one segmented
// datagram (UDP_SEGMENT) once, as it was sent.
type wiretap struct {
	fd   int
	port uint16 // of the server
	done sync.WaitGroup

	mu      sync.Mutex
	frames  []frame            // the publisher's
	readers map[uint16][]frame // by the reader's port
}

// frame is the first packet of one.
type frame struct {
	stamp uint32 // RTP timestamp
	at    time.Duration
}

// tap begins to listen, as root may; nil for others.
func tap(b *testing.B, port uint16) *wiretap {
	b.Helper()
	fd := listenToLoopback(b)
	if fd < 0 {
		return nil
	}
	w := &wiretap{fd: fd, port: port, readers: map[uint16][]frame{}}
	stop := make(chan struct{})
	w.done.Go(func() { w.listen(stop) })
	b.Cleanup(func() {
		close(stop)
		w.done.Wait()
		_ = unix.Close(fd)
	})
	return w
}

// listenToLoopback opens a socket on which all of loopback is seen, with the kernel's time; -1 for those who may not.
func listenToLoopback(b *testing.B) int {
	b.Helper()
	const ip = unix.ETH_P_IP<<8&0xff00 | unix.ETH_P_IP>>8 // in network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, ip)
	if err != nil {
		b.Logf("the wire cannot be seen: %v", err)
		return -1
	}
	lo, err := net.InterfaceByName("lo")
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: ip, Ifindex: lo.Index})
	}
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	}
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20)
	}
	if err == nil { // the end is seen by a read that gives nothing
		err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000})
	}
	if err != nil {
		b.Fatal(err)
	}
	return fd
}

// kernelTime is when a packet came.
func kernelTime(control []byte) (at time.Duration, ok bool) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil || len(messages) != 1 || len(messages[0].Data) < 16 {
		return 0, false
	}
	data := messages[0].Data // a timespec
	return time.Duration(binary.NativeEndian.Uint64(data))*time.Second + time.Duration(binary.NativeEndian.Uint64(data[8:])), true
}

func (w *wiretap) listen(stop <-chan struct{}) {
	const head = 20 + 8 + 12 // IP, UDP, RTP
	p, control := make([]byte, head), make([]byte, 64)
	for {
		select {
		case <-stop:
			return
		default:
		}
		n, oob, _, from, err := unix.Recvmsg(w.fd, p, control, 0)
		link, ok := from.(*unix.SockaddrLinklayer)
		if err != nil || n < head || !ok || link.Pkttype == unix.PACKET_OUTGOING || p[9] != unix.IPPROTO_UDP || p[0] != 0x45 {
			continue
		}
		if kind := p[29]; p[28]>>6 != 2 || kind >= 192 && kind <= 223 { // RFC 5761 4: RTCP
			continue
		}
		at, ok := kernelTime(control[:oob])
		if !ok {
			continue
		}
		w.note(binary.BigEndian.Uint16(p[20:]), binary.BigEndian.Uint16(p[22:]), frame{binary.BigEndian.Uint32(p[32:]), at})
	}
}

func (w *wiretap) note(from, to uint16, f frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch w.port {
	case to:
		w.frames = begins(w.frames, f)
	case from:
		w.readers[to] = begins(w.readers[to], f)
	}
}

// begins adds the first packet of a frame.
func begins(list []frame, f frame) []frame {
	if n := len(list); n > 0 && list[n-1].stamp == f.stamp {
		return list
	}
	return append(list, f)
}

// forget begins anew.
func (w *wiretap) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frames, w.readers = nil, map[uint16][]frame{}
}

// added is how much later each frame came from the server to each reader than it came to the server.
func (w *wiretap) added() (out []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	came := map[uint32]time.Duration{}
	for _, f := range w.frames {
		came[f.stamp] = f.at
	}
	for _, list := range w.readers {
		shift := w.shift(list)
		for _, f := range list {
			if at, ok := came[f.stamp-shift]; ok {
				out = append(out, f.at-at)
			}
		}
	}
	return out
}

// shift is what the server adds to the timestamps for a reader: most of its frames come before the publisher's next one.
func (w *wiretap) shift(list []frame) uint32 {
	votes := map[uint32]int{}
	best, n := uint32(0), 0
	for _, f := range list {
		for n < len(w.frames) && w.frames[n].at <= f.at {
			n++
		}
		if n == 0 {
			continue
		}
		s := f.stamp - w.frames[n-1].stamp
		if votes[s]++; votes[s] > votes[best] {
			best = s
		}
	}
	return best
}
