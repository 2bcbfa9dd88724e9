package wire

import (
	"errors"
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// eager is a connection that can be asked to take what it takes without waiting. As frame.Writer has it, one goroutine at
// a time writes.
type eager struct {
	net.Conn
	raw  syscall.RawConn
	call func(fd uintptr) bool // attempt, made once: a new one for each write would be allocated
	out  []byte
	n    int
	err  error
}

// eagerly makes a connection eager if it is a socket.
func eagerly(conn net.Conn) io.Writer {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return conn
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return conn
	}
	e := &eager{Conn: conn, raw: raw}
	e.call = e.attempt
	return e
}

// TryWrite implements frame.Trier.
func (e *eager) TryWrite(b []byte) (int, error) {
	e.out, e.n, e.err = b, 0, nil
	err := e.raw.Write(e.call)
	e.out = nil
	return e.n, errors.Join(err, e.err)
}

// attempt writes once. Sockets of Go do not block: one that is full says so.
func (e *eager) attempt(fd uintptr) bool {
	n, err := unix.Write(int(fd), e.out)
	e.n = max(n, 0)
	if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
		e.err = err
	}
	return true // also if it is full: do not wait
}
