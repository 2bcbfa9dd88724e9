// Package config is the configuration of the server: one YAML file, of which the environment can override every key. What a key
// is called, what it takes, what it means and whether it can change while the server runs stands in one table, from which the
// reading, the checks, the JSON Schema and the page of the documentation are made. The package opens no sockets and starts
// nothing: whether a port is free or a certificate good is found out by who uses them.
package config

import (
	"time"

	"sluice/api/auth"
)

// Config is what the configuration says. Each field stands in the table, which says what it means.
type Config struct {
	Graphs     string
	CPUs       float64
	Drain      time.Duration
	Log        LogConfig
	Web        WebConfig
	WebRTC     WebRTCConfig
	Relay      RelayConfig
	WHIP       WHIPConfig
	WebSocket  WebSocketConfig
	RTMP       RTMPConfig
	RTSP       RTSPConfig
	SRT        SRTConfig
	SIP        SIPConfig
	HLS        HLSConfig
	Records    RecordsConfig
	Thumbnails ThumbnailsConfig
	Hub        HubConfig
	Workers    WorkersConfig
	REST       RESTConfig
	Media      MediaConfig
	Transcoder TranscoderConfig
	Mixer      MixerConfig
	Apps       AppsConfig
	Hooks      HooksConfig
	Metrics    MetricsConfig
	Auth       auth.Config
}

// LogConfig is the section "log".
type LogConfig struct{ Level, Format string }

// WebConfig is the section "web".
type WebConfig struct {
	Listen, TLSListen       []string
	Cert, Key               string
	SelfSigned              bool
	Connections, PerAddress int
}

// WebRTCConfig is the section "webrtc".
type WebRTCConfig struct {
	UDP, TCP                                    []string
	Ports                                       string // "31000-31999", or ""
	Lite                                        bool
	NAT1To1, Hosts, Interfaces                  []string
	Loopback                                    bool
	STUN                                        []string
	TURN                                        []TURNConfig
	ICEServers                                  []ICEServerConfig
	ICETimeout, ConsentTimeout, MediaTimeout    time.Duration
	MaxPeers, MaxConnecting, MaxConnectingOfOne int
	MaxPeersOfOne                               int
}

// RelayConfig is the section "relay".
type RelayConfig struct {
	UDP, TCP              []string
	Public, Secret, Ports string
}

// TURNConfig is a relay that the server reaches clients through.
type TURNConfig struct{ URL, Username, Credential string }

// ICEServerConfig is a server that clients are told of.
type ICEServerConfig struct{ URL, Username, Credential string }

// WHIPConfig is the section "whip".
type WHIPConfig struct {
	Origins  []string
	Sessions int
	Timeout  time.Duration
}

// WebSocketConfig is the section "websocket".
type WebSocketConfig struct {
	Node, Version             string
	KeepAlive                 KeepAliveConfig
	Sessions, Streams         int
	Message, Queue            int64
	Rate                      int
	GreetTimeout              time.Duration
	WriteTimeout              time.Duration
	StartTimeout, StopTimeout time.Duration
	RoomApps                  []string
	Hosts                     []string
	InboundRate, OutboundRate time.Duration
	Bandwidth                 time.Duration
	Metrics                   string
	Keep                      KeepConfig
}

// KeepConfig is the section "websocket.keep".
type KeepConfig struct {
	For     time.Duration
	Most    int
	Streams bool
}

// KeepAliveConfig is the section "websocket.keep_alive".
type KeepAliveConfig struct {
	Algorithm string
	Interval  time.Duration
	Probes    int
}

// HubConfig is the section "hub".
type HubConfig struct {
	Cache  int64
	Shards int
	Hosts  []string
}

// WorkersConfig is the section "workers".
type WorkersConfig struct {
	Most, Spare, Shared int
	Memory              int64
	Files, Nice         int
}

// RESTConfig is the section "rest".
type RESTConfig struct {
	Listen, TLSListen        []string
	Pipelines                int
	Write                    bool
	Folders, Hosts, Elements []string
	Environment              []string
	Origins                  []string
}

// MetricsConfig is the section "metrics".
type MetricsConfig struct {
	Listen, TLSListen []string
	Streams           bool
}
