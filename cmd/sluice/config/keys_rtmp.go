package config

import (
	"time"

	"sluice/engine/value"
)

// RTMPConfig is the section "rtmp".
type RTMPConfig struct {
	Listen, TLSListen       []string
	Connections, PerAddress int
	Idle                    time.Duration
	Message                 int64
	Login                   []string
}

func rtmp() []Key {
	const (
		many   = 10_000
		ofOne  = 1_000
		utmost = 1_000_000
		usual  = value.Octets(8_000_000)
		least  = value.Octets(64_000)
		most   = value.Octets(16_000_000)
	)
	return []Key{
		texts("rtmp.listen", []string{":1935"}, func(c *Config) *[]string { return &c.RTMP.Listen },
			"Addresses for RTMP. An empty list turns it off. Where nobody has set it and the port is taken, the server goes on "+
				"without.").checked(listens),
		texts("rtmp.tls_listen", []string{":1936"}, func(c *Config) *[]string { return &c.RTMP.TLSListen },
			"The same for RTMPS. They are only listened on if there is a certificate: web.cert, or --dev.").checked(listens),
		whole("rtmp.connections", many, 1, utmost, func(c *Config) *int { return &c.RTMP.Connections }, "Connections at a time."),
		whole("rtmp.per_address", ofOne, 1, utmost, func(c *Config) *int { return &c.RTMP.PerAddress },
			"Connections of one address, or of one /64 of IPv6, at a time."),
		span("rtmp.idle", time.Minute, time.Second, time.Hour, func(c *Config) *time.Duration { return &c.RTMP.Idle },
			"How long a publisher may send nothing at all."),
		amount("rtmp.message", usual, least, most, func(c *Config) *int64 { return &c.RTMP.Message },
			"Bytes of one message, which has to hold the largest key frame."),
		texts("rtmp.login", nil, func(c *Config) *[]string { return &c.RTMP.Login },
			"Applications, or `*` for all, whose clients are asked to log in as Adobe's servers ask them to, before they say "+
				"which stream they want. Who shows a token or a user in the address of the application is not asked.").
			unset("none").like("studio"),
	}
}
