package config

import "time"

// SRTConfig is the section "srt".
type SRTConfig struct {
	Listen                  []string
	Passphrase              string
	Clear                   bool
	Latency, Silence, Idle  time.Duration
	Timeout                 time.Duration
	Connections, PerAddress int
}

func srt() []Key {
	const (
		second = time.Second
		many   = 10_000
		ofOne  = 1_000
		utmost = 1_000_000
	)
	return []Key{
		texts("srt.listen", []string{":8890"}, func(c *Config) *[]string { return &c.SRT.Listen },
			"Addresses for SRT, over UDP. An empty list turns it off. Where nobody has set it and the port is taken, the server goes on "+
				"without.").checked(listens),
		secret("srt.passphrase", func(c *Config) *string { return &c.SRT.Passphrase },
			"Secret of 10 to 79 characters with which clients encrypt. Who has it may connect; what he may do there is `auth`'s business.").
			unset("streams are in the clear").checked(passphrase),
		toggle("srt.clear", func(c *Config) *bool { return &c.SRT.Clear },
			"Whether clients may do without encryption though there is a passphrase."),
		span("srt.latency", 120*time.Millisecond, 20*time.Millisecond, 8*second, func(c *Config) *time.Duration { return &c.SRT.Latency },
			"How long packets that are lost may take to be sent again. Clients may want more, and get up to eight seconds: four times "+
				"the way there and back is a good one."),
		span("srt.silence", 5*second, second, time.Minute, func(c *Config) *time.Duration { return &c.SRT.Silence },
			"How long a client may say nothing at all, as when its line is cut."),
		span("srt.idle", 10*second, second, time.Hour, func(c *Config) *time.Duration { return &c.SRT.Idle },
			"How long a publisher may send no media."),
		span("srt.timeout", 15*second, second, time.Hour, func(c *Config) *time.Duration { return &c.SRT.Timeout },
			"How long a stream may take to be there. Most clients wait for three seconds."),
		whole("srt.connections", many, 1, utmost, func(c *Config) *int { return &c.SRT.Connections }, "Connections at a time."),
		whole("srt.per_address", ofOne, 1, utmost, func(c *Config) *int { return &c.SRT.PerAddress },
			"Connections of one address, or of one /64 of IPv6, at a time."),
	}
}

// passphrase accepts one that the protocol can carry.
func passphrase(text string) error {
	if n := len(text); n < 10 || n > 79 {
		return wrong("10 to 79 characters", "a passphrase of %d characters", n)
	}
	return nil
}
