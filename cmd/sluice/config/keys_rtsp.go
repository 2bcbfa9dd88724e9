package config

import (
	"net/netip"
	"time"
)

// RTSPConfig is the section "rtsp".
type RTSPConfig struct {
	Listen, TLSListen                 []string
	UDP, Multicast                    string
	MulticastPort                     int
	Sessions, Connections, PerAddress int
	Timeout, Idle, Silence            time.Duration
}

func rtsp() []Key {
	const (
		second = time.Second
		many   = 10_000
		ofOne  = 1_000
		utmost = 1_000_000
	)
	return []Key{
		texts("rtsp.listen", []string{":554"}, func(c *Config) *[]string { return &c.RTSP.Listen },
			"Addresses for RTSP. An empty list turns it off. Where nobody has set it and the port is taken, or only for privileged "+
				"users, the server goes on without.").dev([]any{":8554"}).checked(listens),
		texts("rtsp.tls_listen", []string{":322"}, func(c *Config) *[]string { return &c.RTSP.TLSListen },
			"The same for RTSPS. They are only listened on if there is a certificate: web.cert, or --dev.").
			dev([]any{":8322"}).checked(listens),
		text("rtsp.udp", ":31002", func(c *Config) *string { return &c.RTSP.UDP },
			"Address of the first of four ports for media over UDP, an even one, or 0 for any that are free; `off` turns UDP off.").
			like("192.0.2.7:31002").checked(media),
		text("rtsp.multicast", "", func(c *Config) *string { return &c.RTSP.Multicast },
			"Range of addresses at which streams are given to whole networks.").
			unset("streams are not given like that").like("239.192.0.0/16").checked(multicast),
		whole("rtsp.multicast_port", 5004, 1024, 65534, func(c *Config) *int { return &c.RTSP.MulticastPort },
			"The first of two ports there, an even one."),
		whole("rtsp.sessions", many, 1, utmost, func(c *Config) *int { return &c.RTSP.Sessions }, "Sessions at a time."),
		whole("rtsp.connections", 2*many, 1, utmost, func(c *Config) *int { return &c.RTSP.Connections }, "Connections at a time."),
		whole("rtsp.per_address", ofOne, 1, utmost, func(c *Config) *int { return &c.RTSP.PerAddress },
			"Connections of one address, or of one /64 of IPv6, at a time."),
		span("rtsp.timeout", 15*second, second, time.Hour, func(c *Config) *time.Duration { return &c.RTSP.Timeout },
			"How long a stream may take to be there."),
		span("rtsp.idle", 60*second, 10*second, time.Hour, func(c *Config) *time.Duration { return &c.RTSP.Idle },
			"How long a client may say nothing. If it were less, some would say with every packet that they are there."),
		span("rtsp.silence", 10*second, second, time.Hour, func(c *Config) *time.Duration { return &c.RTSP.Silence },
			"How long a publisher may send nothing at all."),
	}
}

// media accepts an address with an even port, or "off".
func media(text string) error {
	if text == "off" {
		return nil
	}
	if err := listens(text); err != nil {
		return err
	}
	if last := text[len(text)-1]; (last-'0')%2 != 0 {
		return wrong("media has an even port, and its reports the next one (RFC 3550 11)", "%q has an odd port", text)
	}
	return nil
}

// multicast accepts a range of addresses of networks as a whole.
func multicast(text string) error {
	if p, err := netip.ParsePrefix(text); err != nil || !p.Addr().Is4() || !p.Addr().IsMulticast() {
		return wrong("such as 239.192.0.0/16", "%q is no range of multicast addresses", text)
	}
	return nil
}
