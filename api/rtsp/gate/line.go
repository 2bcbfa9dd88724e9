package gate

import (
	"bytes"
	"net"
	"sync"
	"time"

	"sluice/api/rtsp/outlet"
	"sluice/engine/fault"
)

// maxHead is how long the first request may be until its empty line. gortsplib (5.6.4) bounds requests of RTSP, but reads the
// HTTP request that opens a tunnel whatever its length.
const maxHead = 16 << 10

// Line is a client's connection: what gortsplib writes to it is whole messages, and so are the frames that a player is sent
// beside them.
type Line struct {
	net.Conn // out, or TLS over it
	out      *outlet.Conn

	read int // bytes of the first request so far; -1 when it is complete
	tail []byte

	mu    sync.Mutex
	then  func() // after the next message
	asked request
}

// Read implements net.Conn. It is not called concurrently.
func (l *Line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if n > 0 {
		l.mu.Lock()
		l.asked.hear(p[:n])
		l.mu.Unlock()
	}
	if l.read >= 0 && n > 0 {
		l.read += n
		seen := append(l.tail, p[:n]...)
		if bytes.Contains(seen, []byte("\r\n\r\n")) {
			l.read, l.tail = -1, nil
		} else if l.read > maxHead {
			return 0, fault.New(fault.ProtocolViolation, "", "a request's head of more than %d bytes", maxHead)
		} else {
			l.tail = append([]byte(nil), seen[max(len(seen)-3, 0):]...)
		}
	}
	return n, err
}

// Write implements net.Conn. It does not wait.
func (l *Line) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("HTTP/")) && bytes.Contains(p, []byte("\r\nContent-Type: application/x-rtsp-tunnelled\r\n")) {
		return l.open(bytes.Clone(p))
	}
	n, err := l.Conn.Write(p)
	l.mu.Lock()
	then := l.then
	l.then = nil
	l.asked.answered(p)
	l.mu.Unlock()
	if then != nil {
		then()
	}
	return n, err
}

// open sends the answer that opens one half of a tunnel a little later. gortsplib (5.6.4) answers the GET before it notes that it waits
// for the POST, and refuses a POST that is quicker than that, as one on the same machine can be.
func (l *Line) open(answer []byte) (int, error) {
	const meanwhile = 20 * time.Millisecond
	time.AfterFunc(meanwhile, func() { _, _ = l.Conn.Write(answer) }) // if the client has gone, whoever reads hears of it
	return len(answer), nil
}

// Room tells whether more may be written now; if not, OnRoom's function is called when it may.
func (l *Line) Room() bool { return l.out.Room() }

// OnRoom has f called whenever there is room again. It must not wait, nor close the line.
func (l *Line) OnRoom(f func()) { l.out.OnRoom(f) }

// After has f called when the next message has been written.
func (l *Line) After(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.then = f
}

// Close implements net.Conn. Who said something that cannot be understood is told so.
func (l *Line) Close() error {
	l.mu.Lock()
	last := l.asked.refusal()
	l.asked.said = nil
	l.mu.Unlock()
	if last != nil {
		_, _ = l.Conn.Write(last) // it may have gone
	}
	err := l.Conn.Close()
	_ = l.out.Close() // TLS does so too, unless its handshake has not been
	return err
}
