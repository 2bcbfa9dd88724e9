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
// configuration that the address is from. The errors are those of Unbound.
func Bind(ctx context.Context, key, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, Unbound(key, "tcp", address, err)
	}
	return l, nil
}

// Unbound says why an address cannot be listened on, with the key of the configuration that it is from as its place, and what to
// do. An address that cannot be had is fault.Unreachable, one that is none fault.InvalidParams.
func Unbound(key, network, address string, err error) error {
	_, port, split := net.SplitHostPort(address)
	switch {
	case split != nil:
		return fault.New(fault.InvalidParams, key, "%q is no address to listen on", address).
			Advise(`write "host:port", or ":port" for every interface`)
	case errors.Is(err, syscall.EADDRINUSE):
		return fault.New(fault.Unreachable, key, "port %s/%s is taken", port, network).
			Advise("end the program that has it (`sluice doctor` may know its name), or set %s", key).Because(err)
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Unreachable, key, "port %s/%s is only for privileged users", port, network).
			Advise("set %s to a port above 1023, or give sluice the right: AmbientCapabilities=CAP_NET_BIND_SERVICE in its systemd unit", key).
			Because(err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fault.New(fault.Unreachable, key, "this machine does not have the address of %q", address).
			Advise("set %s; \":%s\" is every interface", key, port).Because(err)
	}
	return fault.New(fault.Unreachable, key, "%q cannot be listened on", address).Advise("set %s", key).Because(err)
}
