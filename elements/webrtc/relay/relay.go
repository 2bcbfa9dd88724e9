// Package relay is a TURN server (RFC 8656) beside the peers, for clients whose networks let out nothing but one port: they
// reach the relay there, and the relay reaches the media ports. It relays to nothing but those, unless it is told of other
// networks, and for nobody but those who were given credentials, which end by themselves.
//
// It knows nothing of peers and media.
package relay

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"

	"sluice/engine/fault"
)

// Options say where the relay listens and whom it serves.
type Options struct {
	UDP, TCP []string // addresses "host:port"
	// Public is the address under which clients and peers see this machine.
	Public netip.Addr
	// Ports is the first and the last port of those from which is relayed; zero: any.
	Ports [2]uint16
	Realm string // "" is "sluice"
	// Secret is what credentials are made of and checked with: that of Credentials, here and in other processes.
	Secret string
	// Media tells whether media is received at an address of this machine: nothing else of it is relayed to. It is asked for
	// each datagram, from many goroutines. nil: nothing of this machine.
	Media func(netip.AddrPort) bool
	// Peers are networks that may be relayed to, all ports of them.
	Peers []netip.Prefix
	// Allocations is how many there may be at a time; 0: 1000. AllocationsOfOne is how many of them one user may have at one
	// address; 0: 50, as many who have no name may share the address of a company.
	Allocations, AllocationsOfOne int
	Log                           logging.LoggerFactory // nil: as pion has it
}

// Relay is a TURN server. Safe for concurrent use.
type Relay struct {
	opt     Options
	server  *turn.Server
	packets []net.PacketConn
	streams []net.Listener
	own     []netip.Addr
	quota   quota
}

// Listen begins to relay. Options that make no sense are fault.InvalidParams, an address that cannot be had is
// fault.Unreachable.
func Listen(ctx context.Context, o Options) (*Relay, error) {
	o.Allocations, o.AllocationsOfOne = cmp.Or(o.Allocations, 1000), cmp.Or(o.AllocationsOfOne, 50)
	o.Realm = cmp.Or(o.Realm, "sluice")
	if err := o.check(); err != nil {
		return nil, err
	}
	r := &Relay{opt: o, quota: quota{all: o.Allocations, one: o.AllocationsOfOne, of: map[client]int{}}}
	err := r.listen(ctx)
	if err == nil {
		r.own, err = addresses()
	}
	if err == nil {
		r.server, err = turn.NewServer(r.config())
	}
	if err != nil {
		r.closeSockets()
		return nil, fault.New(fault.Unreachable, "turn", "cannot listen").Because(err).
			Advise("change the addresses of the relay, or see who uses the port")
	}
	return r, nil
}

func (o Options) check() error {
	wrong := func(format string, args ...any) *fault.Fault {
		return fault.New(fault.InvalidParams, "turn", format, args...)
	}
	switch {
	case o.Secret == "":
		return wrong("there is no secret").Advise("set one that is shared with whoever gives out credentials")
	case len(o.UDP) == 0 && len(o.TCP) == 0:
		return wrong("neither UDP nor TCP is listened on")
	case !o.Public.IsValid() || o.Public.IsUnspecified():
		return wrong("the public address is not known").Advise("set the address under which clients reach this machine")
	case o.Ports[0] > o.Ports[1]:
		return wrong("the first port, %d, is above the last, %d", o.Ports[0], o.Ports[1])
	}
	return nil
}

func (r *Relay) listen(ctx context.Context) error {
	var lc net.ListenConfig
	for _, address := range r.opt.UDP {
		c, err := lc.ListenPacket(ctx, "udp", address)
		if err != nil {
			return err
		}
		r.packets = append(r.packets, c)
	}
	for _, address := range r.opt.TCP {
		l, err := lc.Listen(ctx, "tcp", address)
		if err != nil {
			return err
		}
		r.streams = append(r.streams, l)
	}
	return nil
}

// addresses are those of this machine.
func addresses() ([]netip.Addr, error) {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, ip.Unmap())
			}
		}
	}
	return out, nil
}

func (r *Relay) config() turn.ServerConfig {
	conf := turn.ServerConfig{
		Realm: r.opt.Realm, LoggerFactory: r.opt.Log, QuotaHandler: r.quota.admits,
		EventHandler: r.quota.events(),
		AuthHandler:  turn.LongTermTURNRESTAuthHandler(r.opt.Secret, r.logger()),
	}
	for _, c := range r.packets {
		conf.PacketConnConfigs = append(conf.PacketConnConfigs, turn.PacketConnConfig{
			PacketConn: c, RelayAddressGenerator: guarded{r.generator(), r}, PermissionHandler: r.permits,
		})
	}
	for _, l := range r.streams {
		conf.ListenerConfigs = append(conf.ListenerConfigs, turn.ListenerConfig{
			Listener: l, RelayAddressGenerator: guarded{r.generator(), r}, PermissionHandler: r.permits,
		})
	}
	return conf
}

func (r *Relay) logger() logging.LeveledLogger {
	if r.opt.Log == nil {
		return nil
	}
	return r.opt.Log.NewLogger("turn")
}

// generator opens the sockets that are relayed from.
func (r *Relay) generator() turn.RelayAddressGenerator {
	bind := "0.0.0.0"
	if r.opt.Public.Is6() {
		bind = "::"
	}
	if r.opt.Ports == [2]uint16{} {
		return &turn.RelayAddressGeneratorStatic{RelayAddress: r.opt.Public.AsSlice(), Address: bind}
	}
	return &turn.RelayAddressGeneratorPortRange{
		RelayAddress: r.opt.Public.AsSlice(), Address: bind, MinPort: r.opt.Ports[0], MaxPort: r.opt.Ports[1],
	}
}

// Credentials makes some that are good for a while: the user name has the time at which they end
// (draft-uberti-behave-turn-rest-00 2.2).
func (r *Relay) Credentials(user string, good time.Duration) (username, password string, err error) {
	return turn.GenerateLongTermTURNRESTCredentials(r.opt.Secret, user, good)
}

// Addresses are where the relay listens.
func (r *Relay) Addresses() (udp, tcp []net.Addr) {
	for _, c := range r.packets {
		udp = append(udp, c.LocalAddr())
	}
	for _, l := range r.streams {
		tcp = append(tcp, l.Addr())
	}
	return udp, tcp
}

// Close ends the relay and everything that is relayed.
func (r *Relay) Close() error { return r.server.Close() }

func (r *Relay) closeSockets() {
	var err error
	for _, c := range r.packets {
		err = errors.Join(err, c.Close())
	}
	for _, l := range r.streams {
		err = errors.Join(err, l.Close())
	}
	_ = err // they were never used
}
