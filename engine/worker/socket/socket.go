// Package socket is one end of a Unix stream socket between two processes that answer each other within microseconds. It
// reads, writes and closes; what is said is for others.
//
// It exists because of what net.UnixConn costs there. Go's poller watches a socket for both directions, and Linux tells a
// poller that a Unix socket can be written whenever the other end has read (unix_write_space). So each process wakes the one
// that sent to it only by reading, for nothing: twice on the way of a unit to a worker and back. Here a direction has a poller
// of its own, which Go's poller polls: reading is always watched, writing only while the socket is full.
package socket

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Conn is an end of a socket. One goroutine reads and one writes at a time; all else may be called at any time. An error of a
// method after Close is net.ErrClosed.
type Conn struct {
	fd      int // used by what in and out call and by nothing else: so nobody closes it meanwhile
	in, out *watch
	once    sync.Once

	reading struct {
		b   []byte
		n   int
		err error
	}
	writing struct {
		b      []byte
		n      int
		err    error
		wait   bool // until all is written
		waited bool // out watches
	}
}

// Pair makes both ends of a new socket: a connection for us, and a file for a program that is to be started. The caller
// closes both.
func Pair() (*Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "worker"), os.NewFile(uintptr(fds[1]), "server")
	conn, err := New(ours)
	if err != nil {
		_ = theirs.Close() // nothing was written
		return nil, nil, err
	}
	return conn, theirs, nil
}

// New makes a connection of a file that is a Unix stream socket, and closes the file, also when it fails.
func New(f *os.File) (*Conn, error) {
	defer f.Close()
	fd, err := own(f)
	if err != nil {
		return nil, fmt.Errorf("not a socket: %w", err)
	}
	c := &Conn{fd: fd}
	if c.in, err = newWatch(fd, unix.EPOLLIN|unix.EPOLLRDHUP, c.receive); err == nil {
		c.out, err = newWatch(fd, 0, c.send) // for nothing, as yet
	}
	if err != nil {
		c.release()
		return nil, err
	}
	return c, nil
}

// own duplicates a file's descriptor if it is a Unix stream socket's.
func own(f *os.File) (fd int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return -1, fmt.Errorf("its descriptor: %w", err)
	}
	fd = -1
	controlled := raw.Control(func(theirs uintptr) {
		var domain, kind int
		if domain, err = unix.GetsockoptInt(int(theirs), unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil {
			return
		}
		if kind, err = unix.GetsockoptInt(int(theirs), unix.SOL_SOCKET, unix.SO_TYPE); err != nil {
			return
		}
		if domain != unix.AF_UNIX || kind != unix.SOCK_STREAM {
			err = errors.New("no unix stream socket")
			return
		}
		if err = unix.SetNonblock(int(theirs), true); err == nil { // it is the socket's, not the descriptor's
			fd, err = unix.FcntlInt(theirs, unix.F_DUPFD_CLOEXEC, 0)
		}
	})
	return fd, errors.Join(err, controlled)
}

// Read implements io.Reader.
func (c *Conn) Read(b []byte) (int, error) {
	r := &c.reading
	r.b, r.n, r.err = b, 0, nil
	err := c.in.try()
	r.b = nil
	switch {
	case err != nil:
		return 0, err
	case r.err != nil:
		return 0, fmt.Errorf("read from the other end: %w", r.err)
	case r.n == 0 && len(b) > 0:
		return 0, io.EOF
	}
	return r.n, nil
}

// receive reads once; false if there is nothing to read yet.
func (c *Conn) receive(uintptr) bool {
	r := &c.reading
	for {
		r.n, r.err = recv(c.fd, r.b)
		if !errors.Is(r.err, unix.EINTR) {
			return !errors.Is(r.err, unix.EAGAIN)
		}
	}
}

// recv reads what is there and never waits. So Go need not be told of the system call, which would wake its monitor, in the very
// moment in which a unit has come. Writing is another matter: it takes memory, and may wait for that.
func recv(fd int, b []byte) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), //nolint:gosec // no more than len(b) is written there
		uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// Write implements io.Writer.
func (c *Conn) Write(b []byte) (int, error) { return c.write(b, true) }

// TryWrite writes what the other end takes without waiting, which may be less than all, or nothing.
func (c *Conn) TryWrite(b []byte) (int, error) { return c.write(b, false) }

func (c *Conn) write(b []byte, wait bool) (int, error) {
	w := &c.writing
	w.b, w.n, w.err, w.wait = b, 0, nil, wait
	err := c.out.try()
	w.b = nil
	switch {
	case err != nil:
		return w.n, err
	case w.err != nil:
		return w.n, fmt.Errorf("write to the other end: %w", w.err)
	}
	return w.n, nil
}

// send writes as much as it can; false if it is to be called again when more can be written, which poller tells then.
func (c *Conn) send(poller uintptr) bool {
	w := &c.writing
	for len(w.b) > 0 {
		n, err := unix.Write(c.fd, w.b)
		switch {
		case err == nil:
			w.b, w.n = w.b[n:], w.n+n
		case errors.Is(err, unix.EAGAIN) && w.wait && w.waited:
			return false
		case errors.Is(err, unix.EAGAIN) && w.wait:
			// Room that came before out watched for it is not told of: the socket may still be on out's list of what is
			// ready, from when it watched last, and then EPOLL_CTL_MOD wakes nobody (Linux, ep_modify). So it is tried again.
			if w.err = c.watchOut(poller, unix.EPOLLOUT, true); w.err != nil {
				return true
			}
		case errors.Is(err, unix.EAGAIN):
			return true
		case !errors.Is(err, unix.EINTR):
			w.err = err
			return true
		}
	}
	if w.waited {
		w.err = c.watchOut(poller, 0, false)
	}
	return true
}

// watchOut says what to watch for before the next write.
func (c *Conn) watchOut(poller uintptr, events uint32, waits bool) error {
	c.writing.waited = waits
	return unix.EpollCtl(int(poller), unix.EPOLL_CTL_MOD, c.fd, &unix.EpollEvent{Events: events})
}

// SetReadDeadline makes Read fail with os.ErrDeadlineExceeded from a time on; the zero time is never.
func (c *Conn) SetReadDeadline(t time.Time) error {
	if err := c.in.file.SetReadDeadline(t); err != nil {
		return closed(err)
	}
	return nil
}

// HungUp tells whether the other end has closed, whatever is still to be read.
func (c *Conn) HungUp() bool {
	gone := false
	err := c.in.raw.Control(func(uintptr) {
		fds := []unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLRDHUP}}
		n, err := unix.Poll(fds, 0)
		gone = err == nil && n > 0
	})
	return gone || err != nil
}

// CloseWrite tells the other end that nothing more will come; it may still be read from.
func (c *Conn) CloseWrite() error {
	var err error
	if controlled := c.in.raw.Control(func(uintptr) { err = unix.Shutdown(c.fd, unix.SHUT_WR) }); controlled != nil {
		return closed(controlled)
	}
	if err != nil {
		return fmt.Errorf("shutdown: %w", err)
	}
	return nil
}

// Close closes the socket. Read and Write that are at work end. It may be called more than once.
func (c *Conn) Close() error {
	c.once.Do(c.release)
	return nil
}

func (c *Conn) release() {
	for _, w := range []*watch{c.in, c.out} {
		if w != nil {
			_ = w.file.Close() // nothing was written; it waits for what uses the socket
		}
	}
	_ = unix.Close(c.fd) // what was not sent is for nobody
}

// watch is a poller that watches a socket for something, as a file that Go's poller watches.
type watch struct {
	file *os.File
	raw  syscall.RawConn
	do   func(poller uintptr) bool // made once: a new one for each call would be allocated
}

// newWatch watches for events. do tells whether what it does is done; else it is called again when the watch has seen
// something.
func newWatch(sock int, events uint32, do func(poller uintptr) bool) (*watch, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	if err = unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, sock, &unix.EpollEvent{Events: events}); err == nil {
		err = unix.SetNonblock(fd, true) // it is for Go, which lets its poller watch only such files
	}
	if err != nil {
		_ = unix.Close(fd) // nothing was written
		return nil, fmt.Errorf("watching a socket: %w", err)
	}
	w := &watch{file: os.NewFile(uintptr(fd), "poller"), do: do}
	if w.raw, err = w.file.SyscallConn(); err == nil {
		err = w.file.SetDeadline(time.Time{}) // fails if Go does not watch it
	}
	if err != nil {
		_ = w.file.Close() // as above
		return nil, fmt.Errorf("watching a socket: %w", err)
	}
	return w, nil
}

// try does it, and waits for as long as it is not done.
func (w *watch) try() error {
	if err := w.raw.Read(w.do); err != nil { // what poller it is, Go reads
		return closed(err)
	}
	return nil
}

// closed is the error of a watch: its deadline, or else it is closed, for which os.File has an error of its own.
func closed(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return os.ErrDeadlineExceeded
	}
	return net.ErrClosed
}
