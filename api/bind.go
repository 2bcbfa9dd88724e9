package api

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"syscall"

	"sluice/engine/fault"
)

// Bind listens on a TCP address "host:port"; an empty host is every interface, port 0 any free one. key is the key of the
// configuration that the address is from. An address that cannot be had is fault.Unreachable, one that is none
// fault.InvalidParams; their place is the key, and their hint says what to do.
func Bind(ctx context.Context, key, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err == nil {
		return l, nil
	}
	_, port, split := net.SplitHostPort(address)
	switch {
	case split != nil:
		return nil, fault.New(fault.InvalidParams, key, "%q is no address to listen on", address).
			Advise(`write "host:port", or ":port" for every interface`)
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.New(fault.Unreachable, key, "port %s/tcp is taken", port).
			Advise("end the program that has it (`sluice doctor` may know its name), or set %s", key).Because(err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fault.New(fault.Unreachable, key, "port %s/tcp is only for privileged users", port).
			Advise("set %s to a port above 1023, or give sluice the right: AmbientCapabilities=CAP_NET_BIND_SERVICE in its systemd unit", key).
			Because(err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fault.New(fault.Unreachable, key, "this machine does not have the address of %q", address).
			Advise("set %s; \":%s\" is every interface", key, port).Because(err)
	}
	return nil, fault.New(fault.Unreachable, key, "%q cannot be listened on", address).Advise("set %s", key).Because(err)
}
