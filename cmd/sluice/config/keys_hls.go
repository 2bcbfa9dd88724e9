package config

import "time"

// HLSConfig is the section "hls".
type HLSConfig struct {
	Listen, TLSListen          []string
	Viewers, ViewersPerAddress int
	Held, HeldPerAddress       int
	Timeout, Idle, Grace       time.Duration
	DVR                        string
}

func hls() []Key {
	const (
		second = time.Second
		many   = 20_000
		ofOne  = 2_000
		utmost = 1_000_000
	)
	return []Key{
		texts("hls.listen", []string{":8082"}, func(c *Config) *[]string { return &c.HLS.Listen },
			"Addresses for HLS over HTTP. An empty list turns them off. Where nobody has set it and the port is taken, the server goes on "+
				"without.").checked(listens),
		texts("hls.tls_listen", []string{":8445"}, func(c *Config) *[]string { return &c.HLS.TLSListen },
			"The same over HTTPS, with HTTP/2, as low latency wants it. They are only listened on if there is a certificate: web.cert, or "+
				"--dev.").checked(listens),
		whole("hls.viewers", many, 1, utmost, func(c *Config) *int { return &c.HLS.Viewers }, "Viewers at a time."),
		whole("hls.viewers_per_address", ofOne, 1, utmost, func(c *Config) *int { return &c.HLS.ViewersPerAddress },
			"How many of them may be of one address, or of one /64 of IPv6."),
		whole("hls.held", many, 1, utmost, func(c *Config) *int { return &c.HLS.Held },
			"Requests that may wait at a time for what is not there yet: a stream that starts, the next part of one."),
		whole("hls.held_per_address", ofOne, 1, utmost, func(c *Config) *int { return &c.HLS.HeldPerAddress },
			"How many of these may be of one address, or of one /64 of IPv6."),
		span("hls.timeout", 15*second, second, time.Minute, func(c *Config) *time.Duration { return &c.HLS.Timeout },
			"How long a stream may take to be there."),
		span("hls.idle", 20*second, second, time.Hour, func(c *Config) *time.Duration { return &c.HLS.Idle },
			"How long after his last request a viewer has gone. What is lazy in a graph runs on for as long as it says after the last one."),
		span("hls.grace", 10*second, 0, time.Hour, func(c *Config) *time.Duration { return &c.HLS.Grace },
			"How long a publisher who went may take to come back, before viewers are told that the stream is over."),
		file("hls.dvr", func(c *Config) *string { return &c.HLS.DVR },
			"Folder for what viewers may go back to, where a graph has hls.out keep it (`dvr`). Each server has a folder of its own in it, "+
				"and deletes those of servers that are no more.").
			unset("one in the folder for temporary files").like("/var/lib/sluice/dvr"),
	}
}
