package config

import (
	"slices"
	"time"
)

// Keys is the table: every key there is, in the order in which it is shown.
func Keys() []Key {
	return slices.Concat(
		general(), web(), webrtc(), relay(), whip(), websocket(), rtmp(), rtsp(), srt(), sip(), hls(), recordings(), thumbnails(), hub(),
		workers(), restful(), wcs(), pictures(), coding(), transcoders(), mixer(), applications(), metrics(), authorisation(),
	)
}

// Sections says what the sections of the file are for, in the order of Keys.
func Sections() []Section {
	return []Section{
		{"", "The server as a whole."},
		{"log", "What the server tells of itself, on standard error."},
		{"web", "The web port: pages, WHIP and WHEP, and the WebSockets of the Web SDK."},
		{"webrtc", "How browsers and their like send and receive media."},
		{"relay", "The TURN relay of the server itself."},
		{"whip", "WHIP and WHEP."},
		{"websocket", "The sessions of the Web SDK."},
		{"websocket.keep_alive", "How the server finds out that a page has gone."},
		{"websocket.keep", "Sessions that ask to be kept for a while when their connection is lost."},
		{"rtmp", "RTMP and RTMPS, of encoders and players."},
		{"rtsp", "RTSP and RTSPS, of recorders, cameras and players."},
		{"srt", "SRT, of encoders and players over bad networks."},
		{"sip", "Telephone calls: registrars, trunks, and what pages and the REST API may call."},
		{"hls", "HLS, of players that fetch what they play."},
		{"records", "Recordings: where they are, which are made by themselves, and what is done with them."},
		{"records.s3", "A storage that recordings are copied to."},
		{"thumbnails", "Pictures of what is published, taken again and again."},
		{"hub", "What is kept of streams, and how it is passed on."},
		{"workers", "The processes in which GStreamer codes."},
		{"rest", "The REST API: see, start, change and end what runs."},
		{"media", "What streams are made with: files of pictures, and which of several elements that do the same."},
		{"transcoder", "What `/rest-api/transcoder` starts."},
		{"mixer", "Mixers: those that begin by the names of streams, and what those of `/rest-api/mixer` are like if nobody says."},
		{"apps", "Applications: the back ends that are asked about pages, by their `appKey`."},
		{"hooks", "How back ends are called."},
		{"metrics", "What Prometheus reads."},
		{"auth", "Who may publish, play and administer. Without any of it everybody may publish and play, and nobody administers."},
	}
}

// Section describes a section.
type Section struct{ Name, About string }

func general() []Key {
	return []Key{
		file("graphs", func(c *Config) *string { return &c.Graphs },
			"Folder of your graphs. A file of the same name as a shipped one takes its place; what changes in it is used at once.").
			unset("`./graphs` if there is one").like("/etc/sluice/graphs"),
		number("cpus", 0, 0, 4096, func(c *Config) *float64 { return &c.CPUs },
			"CPUs that all running graphs may cost together, as it is measured while they run and estimated before; who would make it more "+
				"is refused. What the server itself uses counts, too. 0 is as many as the server may use."),
		span("drain", 10*time.Second, 0, time.Hour, func(c *Config) *time.Duration { return &c.Drain },
			"How long the server waits, once it is told to stop, for streams to end. New ones are refused meanwhile.").live(),
		choice("log.level", "info", []string{"debug", "info", "warn", "error"}, func(c *Config) *string { return &c.Log.Level },
			"The least that is told.").live(),
		choice("log.format", "auto", []string{"auto", "text", "json"}, func(c *Config) *string { return &c.Log.Format },
			"Lines of text, or of JSON; auto is text on a terminal and JSON elsewhere."),
	}
}

func web() []Key {
	const (
		many   = 20_000
		ofOne  = 5_000
		utmost = 1_000_000
	)
	return []Key{
		texts("web.listen", []string{":8080"}, func(c *Config) *[]string { return &c.Web.Listen },
			"Addresses for HTTP and ws://. Browsers let pages use the camera over these only from `localhost`.").checked(listens),
		texts("web.tls_listen", []string{":8443"}, func(c *Config) *[]string { return &c.Web.TLSListen },
			"Addresses for HTTPS and wss://. They are only listened on if there is a certificate.").checked(listens),
		file("web.cert", func(c *Config) *string { return &c.Web.Cert },
			"Certificate of the server, PEM, followed by those above it. It is read again when the file changes.").
			unset("none").like("/etc/sluice/tls/fullchain.pem").live(),
		file("web.key", func(c *Config) *string { return &c.Web.Key }, "Private key of the certificate, PEM.").
			unset("none").like("/etc/sluice/tls/privkey.pem").live(),
		toggle("web.self_signed", func(c *Config) *bool { return &c.Web.SelfSigned },
			"Makes a certificate that nobody vouches for, for development: browsers ask before they go on. It is kept in memory, "+
				"or in the files of cert and key if these are set and do not exist.").dev(true),
		whole("web.connections", many, 1, utmost, func(c *Config) *int { return &c.Web.Connections },
			"Connections at a time. Who is one too many is told so."),
		whole("web.connections_per_address", ofOne, 1, utmost, func(c *Config) *int { return &c.Web.PerAddress },
			"Connections of one address at a time. Behind a proxy all come from its address."),
	}
}

func hub() []Key {
	return []Key{
		amount("hub.cache", 8_000_000, 10_000, 1_000_000_000, func(c *Config) *int64 { return &c.Hub.Cache },
			"What each stream keeps from its last key frame on, so that who joins sees a picture at once."),
		whole("hub.shards", 0, 0, 256, func(c *Config) *int { return &c.Hub.Shards },
			"Loops that write to readers. 0 is one for each CPU."),
		texts("hub.hosts", nil, func(c *Config) *[]string { return &c.Hub.Hosts },
			"Hosts of addresses (`rtsp://…`, `rtmp://…`, `srt://…`) that viewers may play by using them as the name of a stream: names, "+
				"`*.example.org`, addresses, networks, each also with a port, or `*` for all. "+inside+
				" Graphs that name a camera themselves need none of this.").
			unset("none").like("cam.example.org:554").checked(reachable),
	}
}

func workers() []Key {
	return []Key{
		whole("workers.most", 512, 1, 10_000, func(c *Config) *int { return &c.Workers.Most }, "Processes at most."),
		whole("workers.spare", 1, 0, 64, func(c *Config) *int { return &c.Workers.Spare },
			"Processes that wait, ready, so that a graph that codes starts at once."),
		whole("workers.shared", 32, 1, 1000, func(c *Config) *int { return &c.Workers.Shared },
			"Graphs without video that share one process at most."),
		amount("workers.memory", 4_000_000_000, 100_000_000, 1_000_000_000_000, func(c *Config) *int64 { return &c.Workers.Memory },
			"Memory that one process may hold before it is ended."),
		whole("workers.files", 4096, 64, 1_000_000, func(c *Config) *int { return &c.Workers.Files }, "Files that one process may have open."),
		whole("workers.nice", 0, 0, 19, func(c *Config) *int { return &c.Workers.Nice },
			"How far processes stand back for the server, when the machine is short of CPU: nice(1)."),
	}
}
