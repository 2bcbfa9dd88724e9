package rtsp

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// noted is a connection that notes what is written to it.
type noted struct {
	net.Conn
	text strings.Builder
}

func (n *noted) Write(p []byte) (int, error) { return n.text.Write(p) }

// The answer that opens a tunnel leaves when gortsplib has had time to expect what the client does next; others leave at once.
func TestTunnelOpensLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const opens = "HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n"
		to := &noted{}
		l := &line{Conn: to}
		if n, err := l.Write([]byte(opens)); n != len(opens) || err != nil {
			t.Fatal(n, err)
		}
		if got := to.text.String(); got != "" {
			t.Errorf("%q left at once", got)
		}
		time.Sleep(time.Second) //nolint:forbidigo // of the bubble
		if got := to.text.String(); got != opens {
			t.Errorf("%q left", got)
		}
		const other = "RTSP/1.0 200 OK\r\n\r\n"
		if _, err := l.Write([]byte(other)); err != nil || to.text.String() != opens+other {
			t.Errorf("%q left, %v", to.text.String(), err)
		}
	})
}
