package main

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"time"

	"sluice/api"
	"sluice/api/calls"
	"sluice/api/rest/guard"
	"sluice/api/sip"
	"sluice/api/sip/sdp"
	"sluice/api/visitor"
	"sluice/cmd/sluice/config"
	"sluice/cmd/sluice/serve"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// sipDoor makes and takes telephone calls.
func sipDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.SIP
	domains, err := guard.New(guard.Rules{Hosts: c.Domains}, nil)
	if err != nil {
		return nil, err
	}
	further, err := guard.New(guard.Rules{Hosts: c.MediaHosts}, nil)
	if err != nil {
		return nil, err
	}
	o := sip.Options{
		Engine: visitor.UseEngine(p.Engine), Log: p.Log.With("door", "sip"), Agent: "sluice/" + release,
		Listen: c.Listen, Share: c.Share, Secure: c.SRTPRequired, SessionTimer: c.SessionTimer, Ring: c.Ring, Silence: c.Inactivity,
		Transfers: c.Transfers, Lines: c.Lines, Calls: c.Calls, PerLine: c.PerLine, PerAddress: c.PerAddress,
		Admits: admitted(domains, "sip.domains"), Reach: func(to netip.AddrPort) error { return domains.Reach("sip", to) },
		Media: func(to netip.Addr) bool {
			at := netip.AddrPortFrom(to, 1)
			return further.Address("rtp://"+at.String()) == nil && further.Reach("sip", at) == nil
		},
		Bind: parsed(c.Address), Public: parsed(c.Public), Accounts: accounts(c.Accounts),
	}
	const shortest = 90 * time.Second // RFC 4028 4
	if o.SessionTimer < shortest {
		o.SessionTimer = -1
	}
	ports, _ := config.ParsePorts(c.Ports) // which were checked with the configuration
	o.First, o.Last = ports[0], ports[1]
	ports, _ = config.ParsePorts(c.MediaPorts)
	o.MediaFirst, o.MediaLast = int(ports[0]), int(ports[1])
	for _, name := range c.Codecs {
		o.Codecs = append(o.Codecs, media.Codec(name))
	}
	for _, name := range c.Digest {
		o.Digest = append(o.Digest, strings.ToUpper(name)) // RFC 8760
	}
	o.Security = map[string]sdp.Security{"sdes": sdp.SDES, "offered": sdp.SDESMaybe, "dtls": sdp.DTLS}[c.SRTP]
	o.Keys = map[string]calls.Keys{"rfc4733": calls.RTPEvents, "info": calls.Info, "info_relay": calls.InfoRelay}[c.DTMF]
	if p.Certificates != nil {
		o.TLSListen, o.TLS = c.TLSListen, &tls.Config{GetCertificate: p.Certificates.Get, MinVersion: tls.VersionTLS12}
	}
	d, err := sip.New(o)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// phoneDoor is the door of telephones; nil before it is made.
func phoneDoor(p *serve.Parts) *sip.Door {
	for _, d := range p.Doors {
		if d, ok := serve.Inside(d).(*sip.Door); ok {
			return d
		}
	}
	return nil
}

// admitted says why a host may not be named, and by which key of the configuration it could be.
func admitted(g *guard.Guard, key string) func(host string) error {
	return func(host string) error {
		if g.Address("sip://"+host) == nil {
			return nil
		}
		return fault.New(fault.Forbidden, "sip", "%q is a host that lines may not be opened at", host).
			Advise("the configuration's key %q says at which they may", key)
	}
}

// accounts are those of the configuration.
func accounts(list []config.SIPAccount) []sip.Account {
	out := make([]sip.Account, 0, len(list))
	for _, a := range list {
		one := sip.Account{Name: a.Name, Account: calls.Account{
			Login: a.Login, AuthName: a.AuthName, Password: a.Password, Domain: a.Domain, Outbound: a.Outbound, Proxy: a.Proxy,
			Display: a.Display, Register: a.Register, Asserted: a.TrustIdentity,
		}}
		for _, text := range a.From {
			if n, err := netip.ParsePrefix(text); err == nil {
				one.From = append(one.From, n.Masked())
			} else if at := parsed(text); at.IsValid() {
				one.From = append(one.From, netip.PrefixFrom(at, at.BitLen()))
			}
		}
		out = append(out, one)
	}
	return out
}

// parsed is an address that was checked with the configuration; the zero Addr where none is set.
func parsed(text string) netip.Addr {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
}
