package config

import (
	"time"

	"sluice/engine/value"
)

func webrtc() []Key {
	const second = time.Second
	return []Key{
		texts("webrtc.udp", []string{":31000"}, func(c *Config) *[]string { return &c.WebRTC.UDP },
			"Addresses for media over UDP, which all clients share. An empty list turns UDP off.").checked(listens),
		texts("webrtc.tcp", []string{":31000"}, func(c *Config) *[]string { return &c.WebRTC.TCP },
			"The same for media over TCP, for clients whose networks let no UDP through.").checked(listens),
		text("webrtc.ports", "", func(c *Config) *string { return &c.WebRTC.Ports },
			"A range of ports of which every client gets one of its own, in place of the shared addresses.").
			unset("the shared addresses").like("31000-31999").checked(portRange),
		toggle("webrtc.lite", func(c *Config) *bool { return &c.WebRTC.Lite },
			"Answers connectivity checks and makes none (ICE-lite): for servers that everybody can reach."),
		texts("webrtc.nat_1to1", nil, func(c *Config) *[]string { return &c.WebRTC.NAT1To1 },
			"Public addresses of a server behind NAT, told to clients in place of its own.").like("203.0.113.7").checked(address),
		texts("webrtc.hosts", nil, func(c *Config) *[]string { return &c.WebRTC.Hosts },
			"Addresses or names that clients are told beside the server's own.").like("media.example.org").checked(host),
		texts("webrtc.interfaces", nil, func(c *Config) *[]string { return &c.WebRTC.Interfaces },
			"Network interfaces to be reached at.").unset("all").like("eth0"),
		toggle("webrtc.loopback", func(c *Config) *bool { return &c.WebRTC.Loopback },
			"Tells clients of 127.0.0.1 and ::1, too: for clients on the same machine.").dev(true),
		texts("webrtc.stun", nil, func(c *Config) *[]string { return &c.WebRTC.STUN },
			"STUN servers, of which the server learns its public address.").like("stun.example.org:3478").checked(hostPort),
		records("webrtc.turn", func(c *Config) *[]TURNConfig { return &c.WebRTC.TURN },
			"TURN servers through which the server can be reached, where it cannot be reached otherwise.",
			scalar("url", value.Constraint{Type: value.URI}, "", func(t *TURNConfig) *string { return &t.URL }, "Address.").
				like("turn:turn.example.org:3478?transport=udp").checked(turnURL),
			text("username", "", func(t *TURNConfig) *string { return &t.Username }, "Name to log in with."),
			secret("credential", func(t *TURNConfig) *string { return &t.Credential }, "Password to log in with."),
		),
		records("webrtc.ice_servers", func(c *Config) *[]ICEServerConfig { return &c.WebRTC.ICEServers },
			"STUN and TURN servers that clients of WHIP and WHEP are told to use.",
			scalar("url", value.Constraint{Type: value.URI}, "", func(s *ICEServerConfig) *string { return &s.URL }, "Address.").
				like("stun:stun.example.org:3478").checked(iceURL),
			text("username", "", func(s *ICEServerConfig) *string { return &s.Username }, "Name to log in with."),
			secret("credential", func(s *ICEServerConfig) *string { return &s.Credential }, "Password to log in with."),
		),
		span("webrtc.ice_timeout", 30*second, second, time.Hour, func(c *Config) *time.Duration { return &c.WebRTC.ICETimeout },
			"How long a client may take to connect."),
		span("webrtc.consent_timeout", 15*second, second, time.Hour, func(c *Config) *time.Duration { return &c.WebRTC.ConsentTimeout },
			"How long a connected client may not answer before it is gone."),
		span("webrtc.media_timeout", 60*second, second, time.Hour, func(c *Config) *time.Duration { return &c.WebRTC.MediaTimeout },
			"How long a publisher may send nothing at all."),
		whole("webrtc.max_peers", 20_000, 1, 1_000_000, func(c *Config) *int { return &c.WebRTC.MaxPeers }, "Clients at a time."),
		whole("webrtc.max_connecting", 2_000, 1, 1_000_000, func(c *Config) *int { return &c.WebRTC.MaxConnecting },
			"Clients that are not connected yet, at a time."),
		whole("webrtc.max_connecting_of_one", 256, 1, 1_000_000, func(c *Config) *int { return &c.WebRTC.MaxConnectingOfOne },
			"Clients of one address that are not connected yet, at a time."),
		whole("webrtc.max_peers_of_one", 2_000, 1, 1_000_000, func(c *Config) *int { return &c.WebRTC.MaxPeersOfOne },
			"Clients of one address, or of one /64 of IPv6, at a time."),
	}
}

func relay() []Key {
	return []Key{
		texts("relay.udp", nil, func(c *Config) *[]string { return &c.Relay.UDP },
			"Addresses of the server's own TURN relay, for clients whose networks let out little else. Empty: there is none.").
			like(":3478").checked(listens),
		texts("relay.tcp", nil, func(c *Config) *[]string { return &c.Relay.TCP }, "The same over TCP.").like(":3478").checked(listens),
		text("relay.public", "", func(c *Config) *string { return &c.Relay.Public }, "Address under which clients see the relay.").
			unset("the first of webrtc.nat_1to1, or this machine alone").like("203.0.113.7").checked(address),
		text("relay.ports", "", func(c *Config) *string { return &c.Relay.Ports }, "Range of ports from which is relayed.").
			unset("any").like("35001-35999").checked(portRange),
		secret("relay.secret", func(c *Config) *string { return &c.Relay.Secret },
			"Secret of which the credentials of clients are made; several servers may share one. Empty: one by chance."),
	}
}

func whip() []Key {
	return []Key{
		texts("whip.origins", nil, func(c *Config) *[]string { return &c.WHIP.Origins },
			"Origins of pages that may use WHIP and WHEP.").unset("all").like("https://example.org"),
		whole("whip.sessions", 10_000, 1, 1_000_000, func(c *Config) *int { return &c.WHIP.Sessions }, "Sessions at a time."),
		span("whip.timeout", 15*time.Second, time.Second, time.Hour, func(c *Config) *time.Duration { return &c.WHIP.Timeout },
			"How long an offer may take to be answered."),
	}
}

func websocket() []Key {
	const (
		second = time.Second
		utmost = 1_000_000
	)
	return append([]Key{
		text("websocket.node", "", func(c *Config) *string { return &c.WebSocket.Node }, "What the server is called to pages.").
			unset("made up at every start").like("media-1"),
		text("websocket.version", "", func(c *Config) *string { return &c.WebSocket.Version },
			"Version of the original server that pages are told.").unset("the one whose protocol this is"),
		whole("websocket.sessions", 20_000, 1, utmost, func(c *Config) *int { return &c.WebSocket.Sessions }, "Sessions at a time."),
		whole("websocket.streams", 256, 1, 10_000, func(c *Config) *int { return &c.WebSocket.Streams }, "Streams of one session at a time."),
		amount("websocket.message", 1_000_000, 1000, 100_000_000, func(c *Config) *int64 { return &c.WebSocket.Message },
			"The largest message that a page may send."),
		amount("websocket.queue", 8_000_000, 10_000, 1_000_000_000, func(c *Config) *int64 { return &c.WebSocket.Queue },
			"What may wait to be read by a page before it is cut off."),
		whole("websocket.rate", 500, 1, utmost, func(c *Config) *int { return &c.WebSocket.Rate },
			"Messages a second that are read of one page over a longer time."),
		span("websocket.greet_timeout", 10*second, second/10, time.Hour,
			func(c *Config) *time.Duration { return &c.WebSocket.GreetTimeout }, "How long a page may take to say what it is."),
		span("websocket.write_timeout", 10*second, second/10, time.Hour,
			func(c *Config) *time.Duration { return &c.WebSocket.WriteTimeout }, "How long a page may take to read a message."),
		span("websocket.start_timeout", 60*second, second/10, time.Hour,
			func(c *Config) *time.Duration { return &c.WebSocket.StartTimeout }, "How long it may take until media flows."),
		span("websocket.stop_timeout", 10*second, second/10, time.Hour,
			func(c *Config) *time.Duration { return &c.WebSocket.StopTimeout }, "How long a graph may take to end properly."),
		texts("websocket.hosts", nil, func(c *Config) *[]string { return &c.WebSocket.Hosts },
			"Hosts that pages may have what they publish pushed to over RTMP (`rtmpUrl`): names, `*.example.org`, addresses, networks, each "+
				"also with a port, or `*` for all. "+inside).
			unset("none").like("live.example.org").checked(reachable),
		texts("websocket.room_apps", []string{"roomApp"}, func(c *Config) *[]string { return &c.WebSocket.RoomApps },
			"Application keys whose pages use rooms."),
		span("websocket.inbound_rate", 0, 0, time.Hour, func(c *Config) *time.Duration { return &c.WebSocket.InboundRate },
			"How often a publisher is told how much of its video arrived, by which the SDK judges the connection. 0 is never."),
		span("websocket.outbound_rate", 0, 0, time.Hour, func(c *Config) *time.Duration { return &c.WebSocket.OutboundRate },
			"How often a player is told how much video was sent to it. 0 is never."),
		span("websocket.bandwidth", 5*second, 0, time.Hour, func(c *Config) *time.Duration { return &c.WebSocket.Bandwidth },
			"How often, at most, a player is told that its connection is too slow. 0 is never."),
		file("websocket.metrics", func(c *Config) *string { return &c.WebSocket.Metrics },
			"JSON file that says which WebRTC metrics pages collect and send: `types`, `sampling`, `batchSize`, `collect`, `compression`.").
			unset("none are collected").like("/etc/sluice/metrics.json"),
	}, keeping()...)
}

// keeping is about pages that go, or seem to.
func keeping() []Key {
	const (
		second = time.Second
		utmost = 1_000_000
	)
	return []Key{
		choice("websocket.keep_alive.algorithm", "high_level", []string{"high_level", "internal", "none"},
			func(c *Config) *string { return &c.WebSocket.KeepAlive.Algorithm },
			"What probes are: messages of the Web SDK, pings of WebSocket, or nothing."),
		span("websocket.keep_alive.interval", 5*second, second/10, time.Hour,
			func(c *Config) *time.Duration { return &c.WebSocket.KeepAlive.Interval }, "Time between two probes."),
		whole("websocket.keep_alive.probes", 10, 1, 1000, func(c *Config) *int { return &c.WebSocket.KeepAlive.Probes },
			"Probes without an answer after which a session is over."),
		span("websocket.keep.for", 300*second, second, 24*time.Hour, func(c *Config) *time.Duration { return &c.WebSocket.Keep.For },
			"How long they are kept."),
		whole("websocket.keep.most", 1000, 1, utmost, func(c *Config) *int { return &c.WebSocket.Keep.Most },
			"Sessions that are kept at a time."),
		toggle("websocket.keep.streams", func(c *Config) *bool { return &c.WebSocket.Keep.Streams }, "Their streams go on meanwhile."),
	}
}
