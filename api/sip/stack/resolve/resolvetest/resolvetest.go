// Package resolvetest is a name server for tests, and what asks it.
package resolvetest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Serve answers for names, which end in a dot: an address of a host, or "priority weight port target" of a service. It gives what asks it,
// and nobody else.
func Serve(t testing.TB, names map[string][]string) *net.Resolver {
	t.Helper()
	c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = c.Close(); <-done })
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply, err := answer(buf[:n], names); err == nil {
				_, _ = c.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp4", c.LocalAddr().String())
	}}
}

// answer is the reply to a question.
func answer(question []byte, names map[string][]string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	values, known := names[q.Name.String()]
	if !known {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, v := range values {
		if body := record(q.Type, v); body != nil {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: body,
			})
		}
	}
	return m.Pack()
}

// record is a value as the kind that is asked for; nil if it is of another.
func record(kind dnsmessage.Type, value string) dnsmessage.ResourceBody {
	ip, err := netip.ParseAddr(value)
	switch {
	case err == nil && ip.Is4() && kind == dnsmessage.TypeA:
		return &dnsmessage.AResource{A: ip.As4()}
	case err == nil && ip.Is6() && kind == dnsmessage.TypeAAAA:
		return &dnsmessage.AAAAResource{AAAA: ip.As16()}
	case err != nil && kind == dnsmessage.TypeSRV:
		var srv dnsmessage.SRVResource
		var target string
		if _, err := fmt.Sscan(value, &srv.Priority, &srv.Weight, &srv.Port, &target); err == nil {
			srv.Target = dnsmessage.MustNewName(target)
			return &srv
		}
	}
	return nil
}
