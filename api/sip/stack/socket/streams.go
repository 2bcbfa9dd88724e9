package socket

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"sluice/engine/fault"
)

// Streams are connections of TCP and TLS: those that others made to us, and those that we made. Safe for concurrent use.
type Streams struct {
	opt  StreamOptions
	done sync.WaitGroup
	stop context.CancelFunc
	ctx  context.Context //nolint:containedctx // ends what Streams began itself

	mu     sync.Mutex
	conns  map[*conn]struct{}
	to     map[key]*conn    // the latest to a peer
	dials  map[key]*dialing // under way
	from   map[netip.Addr]int
	listen []net.Listener
	closed bool
}

// StreamOptions set up Streams. All but TLS are required.
type StreamOptions struct {
	Log   *slog.Logger
	Take  Taker
	Times Times
	TLS   *tls.Config // for connections that we make; its ServerName is set for each
	// Broken tells of a connection that broke, so that what waits on it need not.
	Broken func(Flow, error)
	// Most are how many connections others may have made, PerAddress how many of them from one address.
	Most, PerAddress int
}

// key is a peer. A TLS connection is good only for the name that its certificate was checked for.
type key struct {
	kind string
	addr netip.AddrPort
	name string
}

// dialing is a connection that is being made.
type dialing struct {
	done chan struct{}
	conn *conn
	err  error
}

// NewStreams makes Streams, which have to be closed.
func NewStreams(opt StreamOptions) *Streams {
	s := &Streams{opt: opt, conns: map[*conn]struct{}{}, to: map[key]*conn{}, dials: map[key]*dialing{}, from: map[netip.Addr]int{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Listen lets others connect. With a TLS configuration the connections are encrypted.
func (s *Streams) Listen(ctx context.Context, at netip.AddrPort, config *tls.Config) (netip.AddrPort, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, network("tcp", at.Addr()), at.String())
	if err != nil {
		return netip.AddrPort{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = l.Close()
		return netip.AddrPort{}, net.ErrClosed
	}
	s.listen = append(s.listen, l)
	s.done.Go(func() { s.accept(l, config) })
	return plain(l.Addr().(*net.TCPAddr).AddrPort()), nil
}

// First and longest pause after a connection could not be accepted, as when there is no descriptor left: the error comes at once.
const (
	firstPause   = 5 * time.Millisecond
	longestPause = time.Second
)

func (s *Streams) accept(l net.Listener, config *tls.Config) {
	pause := firstPause
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.opt.Log.Warn("a connection could not be accepted", "err", err, "pause", pause)
			select {
			case <-time.After(pause):
			case <-s.ctx.Done():
				return
			}
			pause = min(2*pause, longestPause)
			continue
		}
		pause = firstPause
		if !s.enter(c, config) {
			_ = c.Close()
		}
	}
}

// enter serves a connection that somebody made, if there is room.
func (s *Streams) enter(c net.Conn, config *tls.Config) bool {
	kind, remote := "TCP", plain(c.RemoteAddr().(*net.TCPAddr).AddrPort())
	if config != nil {
		kind, c = "TLS", tls.Server(c, config)
	}
	one := &conn{conn: c, kind: kind, remote: remote, times: s.opt.Times, theirs: true}
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for _, n := range s.from {
		total += n
	}
	if s.closed || total >= s.opt.Most || s.from[remote.Addr()] >= s.opt.PerAddress {
		s.opt.Log.Debug("a connection was refused: there are too many", "remote", remote)
		return false
	}
	s.from[remote.Addr()]++
	s.add(one, key{kind, remote, ""}, func() {
		if s.from[remote.Addr()]--; s.from[remote.Addr()] == 0 {
			delete(s.from, remote.Addr())
		}
	})
	return true
}

// add reads from a connection from now on. It is called with the lock, and so is gone, when the connection has ended.
func (s *Streams) add(c *conn, k key, gone func()) {
	s.conns[c], s.to[k] = struct{}{}, c
	s.done.Go(func() {
		err := c.read(s.opt.Take)
		_ = c.conn.Close()
		s.mu.Lock()
		delete(s.conns, c)
		if s.to[k] == c {
			delete(s.to, k)
		}
		gone()
		s.mu.Unlock()
		s.opt.Broken(c, err)
	})
}

// Has tells whether a connection is there still.
func (s *Streams) Has(f Flow) bool {
	c, ours := f.(*conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, there := s.conns[c]
	return ours && there
}

// Flow is a connection to a peer: one that there is, or a new one. kind is TCP or TLS, name whom a certificate is for. Over TCP it may be
// one that the peer made, over TLS not.
func (s *Streams) Flow(ctx context.Context, kind string, to netip.AddrPort, name string) (Flow, error) {
	k := key{kind, plain(to), ""}
	s.mu.Lock()
	if kind == "TLS" {
		k.name = name // those that others made to us have none, as they show no certificate: RFC 5923 9.1
	}
	if c := s.to[k]; c != nil {
		s.mu.Unlock()
		return c, nil
	}
	d := s.dials[k]
	if d == nil && !s.closed {
		d = &dialing{done: make(chan struct{})}
		s.dials[k] = d
		s.done.Go(func() { s.dial(k, d) }) //nolint:contextcheck // others wait for it, too
	}
	s.mu.Unlock()
	if d == nil {
		return nil, net.ErrClosed
	}
	select {
	case <-d.done:
		if d.err != nil {
			return nil, d.err
		}
		return d.conn, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// dial connects to a peer, once for all who want to.
func (s *Streams) dial(k key, d *dialing) {
	ctx, cancel := context.WithTimeout(s.ctx, s.opt.Times.Message)
	defer cancel()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", k.addr.String())
	if err == nil && k.kind == "TLS" {
		c, err = s.secure(ctx, c, k.name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dials, k)
	if err == nil && s.closed {
		_ = c.Close()
		err = net.ErrClosed
	}
	if err == nil {
		d.conn = &conn{conn: c, kind: k.kind, remote: k.addr, times: s.opt.Times}
		s.add(d.conn, k, func() {})
	} else {
		d.err = fault.New(fault.Unreachable, "", "no connection to %s over %s", k.addr, k.kind).Because(err)
	}
	close(d.done)
}

// secure makes a connection one of TLS.
func (s *Streams) secure(ctx context.Context, c net.Conn, name string) (net.Conn, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.opt.TLS != nil {
		config = s.opt.TLS.Clone()
	}
	config.ServerName = name
	t := tls.Client(c, config)
	if err := t.HandshakeContext(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return t, nil
}

// Close ends all connections, and returns when nothing more is taken.
func (s *Streams) Close() {
	s.mu.Lock()
	s.closed = true
	s.stop()
	for _, l := range s.listen {
		_ = l.Close()
	}
	for c := range s.conns {
		_ = c.conn.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}
