package session

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// The ports that connections to others come from (both included).
const (
	firstPort = 33001
	lastPort  = 34000
)

// connect opens a connection to a server from one of our ports.
func dial(ctx context.Context, t *Target) (net.Conn, error) {
	conn, err := dialFrom(ctx, t.Host, t.Reach)
	if err != nil || !t.Secure {
		return conn, err
	}
	host, _, _ := net.SplitHostPort(t.Host)
	secured := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, fault.New(fault.Unreachable, "", "%s is not what it says to be", t.Host).Because(err)
	}
	return secured, nil
}

// dialFrom tries our ports from a random one on, until one is free.
func dialFrom(ctx context.Context, host string, reach element.Reach) (net.Conn, error) {
	const ports = lastPort - firstPort + 1
	start := rand.IntN(ports) //nolint:gosec // which one it is need not be a secret
	for i := range ports {
		d := net.Dialer{
			LocalAddr: &net.TCPAddr{Port: firstPort + (start+i)%ports},
			Control: func(network, address string, c syscall.RawConn) error {
				if err := reach.Control(network, address, c); err != nil {
					return err
				}
				var err error
				e := c.Control(func(fd uintptr) { // a port is not taken by connections that are just over
					err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
				})
				return errors.Join(e, err)
			},
		}
		conn, err := d.DialContext(ctx, "tcp", host)
		if err == nil {
			return conn, nil
		}
		if f, ok := errors.AsType[*fault.Fault](err); ok {
			return nil, fault.New(f.Code, "", "%s: %s", host, f.Msg).Advise("%s", f.Hint)
		}
		if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
			return nil, fault.New(fault.Unreachable, "", "%s cannot be reached", host).Because(err)
		}
	}
	return nil, fault.New(fault.Overloaded, "", "no port from %d to %d is free", firstPort, lastPort)
}

// deadline is the earlier one of ctx's and one in d.
func deadline(ctx context.Context, d time.Duration) time.Time {
	at := time.Now().Add(d)
	if of, ok := ctx.Deadline(); ok && of.Before(at) {
		return of
	}
	return at
}
