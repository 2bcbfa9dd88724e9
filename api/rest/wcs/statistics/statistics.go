// Package statistics tells how the server is in the words of WCS's page of statistics, `?action=stat`: as text, as JSON and for
// Prometheus. It asks others when somebody asks for it and counts nothing itself. What WCS tells of its own machinery, such as threads of
// Java, is told of what comes nearest to it here; what has no counterpart is not told. Package metrics tells more, in words of its own.
package statistics

import (
	"context"
	"slices"
	"strings"
	"time"

	"sluice/api"
	"sluice/api/rest/wcs/call"
	"sluice/api/websocket/wire"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

// Sources are who is asked. Engine is needed; of what is nil there is nothing.
type Sources struct {
	Engine  Engine
	Present *api.Sessions        // who publishes and plays, through all doors
	Pages   func() []wire.Listed // what clients with the Web SDK publish and play
	Sockets func() int           // of these clients
	Peers   func() int           // clients of WebRTC
	// MaxPeers is how many of them there may be.
	MaxPeers int
	Requests func() int // connections over which this API is called
	// MaxRequests is how many of them there may be.
	MaxRequests int
	Calls       func() Calls
	Workers     func() int // processes that code media
	Machine     Machine    // nil: nothing is told of it
	Now         func() time.Time
}

// Engine shows what is published and read.
type Engine interface {
	Census() hub.Census
	Streams() engine.Streams
}

// Group is a part of the statistics.
type Group struct {
	Name   string // "connections_stats"
	Title  string // above it in a text: "Connection Stats"
	Values []Value
}

// Value is one statistic.
type Value struct {
	Key string
	// Of is an int, a float64, a text, or what only JSON can say.
	Of any
}

// Statistics are those of one server. Safe for concurrent use.
type Statistics struct {
	from  Sources
	usage *usage
}

// New makes statistics.
func New(s Sources) *Statistics {
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Statistics{from: s, usage: newUsage(s.Now())}
}

// Routes are "/?action=stat" itself, in the format that is asked for.
func Routes(s *Statistics) []call.Route {
	return []call.Route{{Path: "/", Whole: true, Do: s.answer}}
}

// Wanted tells whether a request's query asks for statistics.
func Wanted(query string) bool {
	return slices.Contains(strings.Split(query, "&"), "action=stat")
}

// Formats that are asked for.
const (
	asJSON       = "json"
	asPrometheus = "prometheus"
)

// answer answers with all groups, or those that are asked for.
func (s *Statistics) answer(_ context.Context, r *call.Request) (any, error) {
	groups, err := s.some(r.Query.Get("groups"))
	if err != nil {
		return nil, err
	}
	switch format := r.Query.Get("format"); strings.ToLower(format) {
	case "", "text":
		return call.Text{Type: "text/plain; charset=utf-8", Body: text(groups)}, nil
	case asJSON:
		return object(groups), nil
	case asPrometheus:
		return call.Text{Type: "text/plain; version=0.0.4; charset=utf-8", Body: exposition(groups)}, nil
	default:
		return nil, fault.New(fault.InvalidParams, "/format", "%.40q is no format", format).Advise("text, json or prometheus")
	}
}

// some are the groups of these names, with commas between them; all if there is none.
func (s *Statistics) some(names string) ([]Group, error) {
	all := s.Groups()
	if names == "" {
		return all, nil
	}
	var out []Group
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(g Group) bool { return g.Name == strings.TrimSpace(name) })
		if i < 0 {
			var known []string
			for _, g := range all {
				known = append(known, g.Name)
			}
			return nil, fault.New(fault.InvalidParams, "/groups", "%.40q is no group", name).Advise("%s", strings.Join(known, ", "))
		}
		out = append(out, all[i])
	}
	return out, nil
}

// Groups are the statistics now.
func (s *Statistics) Groups() []Group {
	n := s.count()
	return []Group{
		{"connections_stats", "Connection Stats", s.connections(n)},
		{"call_stats", "Call Stats", n.calls.values()},
		{"port_stats", "Port Stats", s.ports()},
		{"streams_stats", "Stream Stats", s.streams(n)},
		{"system_stats", "System Stats", s.system()},
		{"core_stats", "Core Stats", s.core()},
		{"native_resources", "Native Resources", s.native(n)},
		{"transcoding_stats", "Transcoding Stats", s.transcoding(n)},
	}
}
