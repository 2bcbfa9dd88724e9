package gate

import (
	"io"
	"net"
	"strings"
	"testing"
)

// conn gives what is to be read piece by piece.
type conn struct {
	net.Conn
	pieces []string
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, c.pieces[0])
	if c.pieces[0] = c.pieces[0][n:]; c.pieces[0] == "" {
		c.pieces = c.pieces[1:]
	}
	return n, nil
}

// Only the head of the first request is bounded, wherever it is cut into pieces.
func TestHead(t *testing.T) {
	long := strings.Repeat("x", maxHead)
	for _, row := range []struct {
		pieces []string
		ok     bool
	}{
		{[]string{"GET / HTTP/1.1\r\n\r\n", long, long}, true},
		{[]string{"GET / HTTP/1.1\r", "\n", "\r", "\n", long, long}, true},
		{[]string{"GET / HTTP/1.1\r\n", long, long}, false},
		{[]string{"GET / HTTP/1.1\r\n", "\r", "x\n", long, long}, false},
	} {
		l := &Line{Conn: &conn{pieces: row.pieces}}
		_, err := io.Copy(io.Discard, struct{ io.Reader }{l})
		if ok := err == nil; ok != row.ok {
			t.Errorf("%.40q: %v", row.pieces, err)
		}
	}
}
