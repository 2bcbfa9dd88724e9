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
	Graphs    string
	CPUs      float64
	Drain     time.Duration
	Log       LogConfig
	Web       WebConfig
	WebRTC    WebRTCConfig
	WebSocket WebSocketConfig
	Hub       HubConfig
	Workers   WorkersConfig
	Auth      auth.Config
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
	UDP, TCP                                 []string
	Ports                                    string // "31000-31999", or ""
	Lite                                     bool
	NAT1To1, Hosts, Interfaces               []string
	Loopback                                 bool
	STUN                                     []string
	TURN                                     []TURNConfig
	ICETimeout, ConsentTimeout, MediaTimeout time.Duration
}

// TURNConfig is a relay that the server reaches clients through.
type TURNConfig struct{ URL, Username, Credential string }

// WebSocketConfig is the section "websocket".
type WebSocketConfig struct {
	KeepAlive                         KeepAliveConfig
	InboundFeedback, OutboundFeedback time.Duration
	Metrics                           string
	Sessions, Streams                 int
	Message                           int64
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
}

// WorkersConfig is the section "workers".
type WorkersConfig struct {
	Most, Spare, Shared int
	Memory              int64
	Files, Nice         int
}
