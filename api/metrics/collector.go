package metrics

import (
	"runtime"

	"github.com/prometheus/client_golang/prometheus"

	"sluice/elements/webrtc"
	"sluice/engine/fault"
)

// collector asks the sources. It is a prometheus.Collector; safe for concurrent use.
type collector struct {
	from     Sources
	seen     *observer
	named    *named // nil: streams have no series of their own
	families map[string]described
}

func newCollector(o Options, seen *observer) *collector {
	c := &collector{from: o.Sources, seen: seen, families: describeAll()}
	if o.Streams > 0 {
		c.named = newNamed(o.Streams)
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, f := range c.families {
		to <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	s := sheet{c.families, to}
	c.streams(s)
	c.instances(s)
	c.seen.write(s)
	for o, n := range c.from.Engine.Outcomes() {
		s.count("sluice_events_total", n, o.Event, coded(o.Code))
	}
	if c.from.Peers != nil {
		t := c.from.Peers()
		s.side(Publish, t.Publishing)
		s.side(Play, t.Playing)
		s.count("sluice_webrtc_refused_total", t.Refused)
	}
	c.phones(s)
	c.workers(s)
	c.graphs(s)
	c.doors(s)
	s.put("sluice_build_info", 1, c.from.Version, runtime.Version())
}

// side writes down what publishers or players have done.
func (s sheet) side(direction string, of webrtc.Side) {
	s.put("sluice_webrtc_peers", float64(of.Connecting), direction, "connecting")
	s.put("sluice_webrtc_peers", float64(of.Connected), direction, "connected")
	s.count("sluice_webrtc_packets_total", of.Counts.Packets, direction)
	s.count("sluice_webrtc_bytes_total", of.Counts.Bytes, direction)
	s.count("sluice_webrtc_lost_packets_total", of.Counts.Lost, direction)
	s.count("sluice_webrtc_resent_packets_total", of.Counts.Resent, direction)
	s.count("sluice_webrtc_nacked_packets_total", of.Counts.NACKs, direction)
	s.count("sluice_webrtc_keyframe_requests_total", of.Counts.PLIs, direction)
	failures := []string{webrtc.Connected, string(fault.ICEFailed), string(fault.ICETimeout), string(fault.DTLSFailed)}
	for result, n := range with(of.Connections, failures...) {
		s.count("sluice_webrtc_connections_total", n, direction, result)
	}
	for code, n := range with(of.Ended, webrtc.Stopped, string(fault.Closed), string(fault.ICEConsentLost), string(fault.Stalled)) {
		s.count("sluice_webrtc_ends_total", n, direction, code)
	}
	s.spread("sluice_webrtc_connect_seconds", of.Connect, direction)
	s.spread("sluice_webrtc_first_packet_seconds", of.First, direction)
}

// with adds keys that are to be told even before they are counted: what appears out of nothing has no rate.
func with[K comparable](counts map[K]uint64, keys ...K) map[K]uint64 {
	out := make(map[K]uint64, len(counts)+len(keys))
	for _, k := range keys {
		out[k] = 0
	}
	for k, n := range counts {
		out[k] = n
	}
	return out
}

// workers writes down what the processes do.
func (c *collector) workers(s sheet) {
	if c.from.Workers == nil {
		return
	}
	now, past, there := c.from.Workers()
	if !there {
		return
	}
	s.put("sluice_workers", float64(now.Spare), "spare")
	s.put("sluice_workers", float64(now.Shared), "shared")
	s.put("sluice_workers", float64(max(now.Workers-now.Spare-now.Shared, 0)), "own")
	s.put("sluice_worker_shared_instances", float64(now.Instances))
	for code, n := range with(past.Deaths, fault.GstElement, fault.Lost, fault.Overloaded, fault.ProtocolViolation) {
		s.count("sluice_worker_deaths_total", n, string(code))
	}
	s.count("sluice_worker_start_failures_total", past.Failures)
	s.spread("sluice_worker_start_seconds", past.Starts)
}

// graphs writes down what is loaded.
func (c *collector) graphs(s sheet) {
	if c.from.Graphs == nil {
		return
	}
	set := c.from.Graphs()
	held := map[bool]int{}
	for _, h := range set.Held() {
		held[h.Kept]++
	}
	s.put("sluice_graphs", float64(len(set.Graphs())))
	s.put("sluice_graph_files_held", float64(held[true]), "kept")
	s.put("sluice_graph_files_held", float64(held[false]), "left_out")
	s.count("sluice_graph_loads_total", set.Version())
	s.moment("sluice_graph_load_timestamp_seconds", set.Made())
}

// doors writes down who is there.
func (c *collector) doors(s sheet) {
	if c.from.Sessions != nil {
		for _, n := range c.from.Sessions() {
			s.put("sluice_sessions", float64(n.Count), n.Protocol, n.Direction)
		}
	}
	if c.from.Sockets != nil {
		n := c.from.Sockets()
		s.put("sluice_websocket_sockets", float64(n.Open))
		s.put("sluice_websocket_sessions_away", float64(n.Away))
	}
	if c.from.Connections != nil {
		for server, n := range c.from.Connections() {
			s.put("sluice_http_connections", float64(n), server)
		}
	}
	if c.from.Requests != nil {
		c.from.Requests.write(s)
	}
	if c.from.Decisions != nil {
		for t, n := range c.from.Decisions() {
			result := "refused"
			if t.Allowed {
				result = "allowed"
			}
			s.count("sluice_auth_decisions_total", n, result, string(t.Rule), string(t.Reason))
		}
	}
	if c.from.Reloads != nil {
		r := c.from.Reloads()
		s.count("sluice_config_reloads_total", r.Done, ok)
		s.count("sluice_config_reloads_total", r.Failed, "failed")
		s.moment("sluice_config_reload_timestamp_seconds", r.Last)
	}
	c.hooks(s)
	c.films(s)
}
