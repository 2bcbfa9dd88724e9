package gate

import (
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// noted is a connection that notes what is written to it.
type noted struct {
	net.Conn
	mu   sync.Mutex
	text strings.Builder
}

func (n *noted) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *noted) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// The answer that opens a tunnel leaves when gortsplib has had time to expect what the client does next; others leave at once.
func TestTunnelOpensLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const opens = "HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n"
		to := &noted{}
		l := &Line{Conn: to}
		if n, err := l.Write([]byte(opens)); n != len(opens) || err != nil {
			t.Fatal(n, err)
		}
		if got := to.String(); got != "" {
			t.Errorf("%q left at once", got)
		}
		time.Sleep(time.Second) //nolint:forbidigo // of the bubble
		if got := to.String(); got != opens {
			t.Errorf("%q left", got)
		}
		const other = "RTSP/1.0 200 OK\r\n\r\n"
		if _, err := l.Write([]byte(other)); err != nil || to.String() != opens+other {
			t.Errorf("%q left, %v", to.String(), err)
		}
	})
}
