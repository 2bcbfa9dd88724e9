package wire

import "time"

// ElementName is an element in a list.
type ElementName struct {
	Name   string `json:"name" example:"stream.in"`
	About  string `json:"about"`
	Domain string `json:"domain" enum:"go,gst" doc:"Where it lives: in the server, or in GStreamer."`
	Status string `json:"status" enum:"stable,beta,planned"`
}

// Element is what graphs are made of.
type Element struct {
	ElementName
	Class    string   `json:"class,omitempty" example:"Codec/Encoder/Video"`
	Package  string   `json:"package,omitempty" doc:"Debian package that brings it; missing if it is part of sluice."`
	Ports    []Port   `json:"ports,omitempty"`
	Fields   []Field  `json:"fields,omitempty"`
	Sessions []string `json:"sessions,omitempty" doc:"It speaks for one of these peers."`
	Demand   bool     `json:"demand,omitempty" doc:"It knows when nobody reads: what only serves it may be lazy."`
	Actions  []Action `json:"actions,omitempty"`
	Examples []string `json:"examples,omitempty"`
}

// Port is where media enters or leaves an element.
type Port struct {
	Name      string   `json:"name"`
	Direction string   `json:"direction" enum:"sink,source"`
	Presence  string   `json:"presence" enum:"always,sometimes,request"`
	Kinds     []string `json:"kinds,omitempty" doc:"What may pass; anything if it is missing."`
	Codecs    []string `json:"codecs,omitempty"`
	Caps      string   `json:"caps,omitempty"`
	Optional  bool     `json:"optional,omitempty"`
	Keyed     bool     `json:"keyed,omitempty" doc:"One for each key."`
	About     string   `json:"about,omitempty"`
}

// Field is a setting of an element, or an argument of an action.
type Field struct {
	Name     string `json:"name"`
	About    string `json:"about,omitempty"`
	Type     string `json:"type" example:"int"`
	Schema   any    `json:"schema" doc:"What it takes, as JSON Schema."`
	Default  any    `json:"default,omitempty"`
	Required bool   `json:"required,omitempty"`
	Live     bool   `json:"live,omitempty" doc:"It can be changed while media flows."`
}

// Action is something that an element can be asked to do while it runs.
type Action struct {
	Name  string  `json:"name"`
	About string  `json:"about,omitempty"`
	Args  []Field `json:"args,omitempty"`
}

// Server is the server as a whole.
type Server struct {
	Version   string    `json:"version"`
	Started   time.Time `json:"started"`
	Uptime    float64   `json:"uptime_seconds"`
	CPUs      int       `json:"cpus" doc:"That the server may use."`
	CPU       float64   `json:"cpu_seconds" doc:"CPU time that the server has used, without its workers."`
	Workers   float64   `json:"worker_cpu_seconds" doc:"CPU time of the workers of pipelines that run."`
	Memory    int64     `json:"memory_bytes" doc:"Memory that the server holds, without its workers."`
	Routines  int       `json:"goroutines"`
	Streams   int       `json:"streams"`
	Readers   int       `json:"readers"`
	Pipelines int       `json:"pipelines"`
	Sessions  int       `json:"sessions" doc:"Clients that publish or play."`
	Encoders  int       `json:"encoders" doc:"Of GStreamer, that run in pipelines: one for all who take the same, however many they are."`
	Decoders  int       `json:"decoders"`
	Graphs    int       `json:"graphs"`
	Held      int       `json:"graphs_held,omitempty" doc:"Files of graphs that are not used as they are."`
	GStreamer string    `json:"gstreamer" doc:"Where what is known of GStreamer comes from."`
}
