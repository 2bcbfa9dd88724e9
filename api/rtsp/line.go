package rtsp

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

// line is a client's connection: what gortsplib writes to it is whole messages, and so are the frames that a player is sent
// beside them.
type line struct {
	net.Conn // out, or TLS over it
	out      *outlet.Conn

	read int // bytes of the first request so far; -1 when it is complete
	tail []byte

	mu   sync.Mutex
	then func() // after the next message
}

// Read implements net.Conn. It is not called concurrently.
func (l *line) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
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
func (l *line) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("HTTP/")) && bytes.Contains(p, []byte("\r\nContent-Type: application/x-rtsp-tunnelled\r\n")) {
		return l.open(bytes.Clone(p))
	}
	n, err := l.Conn.Write(p)
	l.mu.Lock()
	then := l.then
	l.then = nil
	l.mu.Unlock()
	if then != nil {
		then()
	}
	return n, err
}

// open sends the answer that opens one half of a tunnel a little later. gortsplib (5.6.4) answers the GET before it notes that it waits
// for the POST, and refuses a POST that is quicker than that, as one on the same machine can be.
func (l *line) open(answer []byte) (int, error) {
	const meanwhile = 20 * time.Millisecond
	time.AfterFunc(meanwhile, func() { _, _ = l.Conn.Write(answer) }) // if the client has gone, whoever reads hears of it
	return len(answer), nil
}

// after has f called when the next message has been written.
func (l *line) after(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.then = f
}

// Close implements net.Conn.
func (l *line) Close() error {
	err := l.Conn.Close()
	_ = l.out.Close() // TLS does so too, unless its handshake has not been
	return err
}
