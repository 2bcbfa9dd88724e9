package socket

import (
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Upgrader turns requests into sockets. Safe for concurrent use.
type Upgrader struct {
	opt Options
	up  websocket.Upgrader
}

// NewUpgrader makes an upgrader of sockets with these options.
func NewUpgrader(opt Options) *Upgrader {
	return &Upgrader{
		opt: opt.withDefaults(),
		up: websocket.Upgrader{
			HandshakeTimeout: 10 * time.Second,
			// Most of what clients send is a pong of 30 bytes. Reading an offer in pieces of 1 KiB costs some copying once; a
			// larger buffer would cost its memory for as long as the session lasts.
			ReadBufferSize:  1 << 10,
			WriteBufferSize: 4 << 10,
			WriteBufferPool: &sync.Pool{}, // a session holds a buffer only while it writes
			// Pages come from other hosts and ports than the server's.
			CheckOrigin: func(*http.Request) bool { return true },
		},
	}
}

// Upgrade answers a request. With an error, the answer is that it was no good; the socket is for Run otherwise.
func (u *Upgrader) Upgrade(w http.ResponseWriter, r *http.Request) (*Socket, error) {
	conn, err := u.up.Upgrade(w, r, nil)
	if err != nil {
		return nil, err
	}
	return newSocket(conn, u.opt), nil
}
