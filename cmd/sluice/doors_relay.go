package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api"
	"sluice/cmd/sluice/config"
	"sluice/cmd/sluice/serve"
	weblink "sluice/elements/webrtc/link"
	"sluice/elements/webrtc/relay"
)

// lent is how long the credentials are good for that a client of WHIP or WHEP is given for the relay: longer than sessions
// usually last, since what is relayed ends with them.
const lent = 24 * time.Hour

// relayDoor is the TURN server, if there is to be one: nil otherwise. It comes before the doors that tell clients of it.
func relayDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.Relay
	if len(c.UDP)+len(c.TCP) == 0 {
		return nil, nil //nolint:nilnil // a door that is not there is no error
	}
	ports, _ := config.ParsePorts(c.Ports) // which was checked when it was read
	public := cmp.Or(c.Public, "127.0.0.1")
	if c.Public == "" && len(p.Config.WebRTC.NAT1To1) > 0 {
		public = p.Config.WebRTC.NAT1To1[0]
	}
	at, err := netip.ParseAddr(public)
	if err != nil {
		return nil, err
	}
	d := &relaying{done: make(chan struct{}), options: relay.Options{
		UDP: c.UDP, TCP: c.TCP, Public: at, Ports: ports, Secret: cmp.Or(c.Secret, rand.Text()), Media: p.Peers.Receives,
		Log: weblink.Logs{Log: p.Log.With("door", "relay")},
	}}
	p.Relay = d.servers
	return d, nil
}

// relaying is the relay as a door.
type relaying struct {
	options relay.Options
	done    chan struct{}
	once    sync.Once
	relay   atomic.Pointer[relay.Relay]
}

// Name implements api.Door.
func (*relaying) Name() string { return "relay" }

// Listen implements api.Door.
func (d *relaying) Listen(ctx context.Context) error {
	r, err := relay.Listen(ctx, d.options)
	if err == nil {
		d.relay.Store(r)
	}
	return err
}

// Serve implements api.Door: the relay works by itself.
func (d *relaying) Serve(ctx context.Context) error {
	select {
	case <-d.done:
	case <-ctx.Done():
	}
	return nil
}

// Close implements api.Door.
func (d *relaying) Close(context.Context) error {
	d.once.Do(func() { close(d.done) })
	if r := d.relay.Load(); r != nil {
		return r.Close()
	}
	return nil
}

// servers are the addresses of the relay with credentials for a client.
func (d *relaying) servers(user string) []config.ICEServerConfig {
	r := d.relay.Load()
	if r == nil {
		return nil
	}
	name, password, err := r.Credentials(user, lent)
	if err != nil {
		return nil
	}
	var out []config.ICEServerConfig
	add := func(transport string, at []net.Addr) {
		for _, a := range at {
			_, port, _ := net.SplitHostPort(a.String())
			url := "turn:" + net.JoinHostPort(d.options.Public.String(), port) + "?transport=" + transport
			out = append(out, config.ICEServerConfig{URL: url, Username: name, Credential: password})
		}
	}
	udp, tcp := r.Addresses()
	add("udp", udp)
	add("tcp", tcp)
	return out
}
