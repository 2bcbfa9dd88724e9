package socket

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// Dialer opens sockets to servers: Options has them be the clients of whom Socket speaks. Safe for concurrent use.
type Dialer struct {
	Options Options
	// Connect opens the connection below; nil: as net.Dialer does.
	Connect func(ctx context.Context, network, address string) (net.Conn, error)
	Timeout time.Duration // for the connection, TLS and the answer; 0: 10 s
}

// Dial opens a socket to an address of ws or wss, for Run. Redirections and proxies are not followed. The status of an answer that is no
// WebSocket is 0 if there was none.
func (d *Dialer) Dial(ctx context.Context, address string) (s *Socket, status int, err error) {
	limit := d.Timeout
	orDuration(&limit, 10*time.Second)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dialer := websocket.Dialer{NetDialContext: d.Connect, HandshakeTimeout: limit, ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10}
	conn, answer, err := dialer.DialContext(ctx, address, http.Header{"User-Agent": {"sluice"}})
	if answer != nil {
		status = answer.StatusCode
		_ = answer.Body.Close() // gorilla has read what there was of it
	}
	if err != nil {
		return nil, status, err
	}
	return newSocket(conn, d.Options.withDefaults()), status, nil
}

// Local is our own address.
func (s *Socket) Local() net.Addr { return s.conn.LocalAddr() }
