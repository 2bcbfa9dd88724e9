package metrics

import "github.com/prometheus/client_golang/prometheus"

// Kind is what a metric is.
type Kind string

// The kinds, in Prometheus' words.
const (
	Counter   Kind = "counter"
	Gauge     Kind = "gauge"
	Histogram Kind = "histogram"
)

// Family describes one metric.
type Family struct {
	Name   string
	Kind   Kind
	Labels []string
	Help   string
}

// Families is the whole list, but for what Go's runtime and the process tell of themselves ("go_", "process_").
func Families() []Family {
	var all []Family
	for _, part := range [][]Family{
		streamFamilies(), mediaFamilies(), phoneFamilies(), runFamilies(), doorFamilies(), hookFamilies(), filmFamilies(),
	} {
		all = append(all, part...)
	}
	return all
}

func labels(names ...string) []string { return names }

func streamFamilies() []Family {
	track := labels("kind", "codec", "form", "origin")
	return []Family{
		{"sluice_streams", Gauge, labels("state"), "Names that somebody publishes, or that viewers wait for."},
		{"sluice_stream_starts_total", Counter, nil, "Streams that were published."},
		{"sluice_stream_ends_total", Counter, labels("code"), "Streams that ended, by why; ok is by their publisher."},
		{
			"sluice_tracks", Gauge, track,
			"Tracks that can be read; origin is published, alternative (the publisher's graph makes it) or conversion.",
		},
		{"sluice_track_units_total", Counter, track, "What was written of tracks: packets of RTP or access units, as form says."},
		{"sluice_track_bytes_total", Counter, track, "Bytes of media in what was written of tracks."},
		{"sluice_track_keyframes_total", Counter, track, "Key frames of video that were written."},
		{"sluice_track_dropped_units_total", Counter, labels("reason"), "What was written of tracks and could not be used."},
		{"sluice_keyframe_requests_total", Counter, nil, "Key frames that publishers were asked for, at most two a second for each track."},
		{"sluice_conversions", Gauge, labels("from", "to"), "Conversions that run because viewers asked for them, by codec."},
		{"sluice_readers", Gauge, labels("form"), "Readers of streams: viewers, recorders, conversions."},
		{"sluice_readers_paused", Gauge, nil, "Those of them that get nothing at the moment."},
		{"sluice_reader_joins_total", Counter, nil, "Readers that came."},
		{
			"sluice_reader_ends_total", Counter, labels("code"),
			"Readers that left, by why; ok is because they wanted to, or the stream ended.",
		},
		{"sluice_reader_units_total", Counter, labels("form"), "Packets or access units that readers took."},
		{"sluice_reader_bytes_total", Counter, labels("form"), "Bytes of media that readers took."},
		{
			"sluice_reader_dropped_units_total", Counter, labels("form", "reason"),
			"What readers did not get; slow is because their queue was full.",
		},
		{"sluice_hub_cache_bytes", Gauge, nil, "Memory that holds media for viewers to come and slow ones."},
		{"sluice_stream_bytes_total", Counter, labels("stream"), "Bytes of media that were published, by stream; only with metrics.streams."},
		{"sluice_stream_readers", Gauge, labels("stream"), "Readers by stream; only with metrics.streams."},
	}
}

func mediaFamilies() []Family {
	way := labels("direction")
	return []Family{
		{"sluice_webrtc_peers", Gauge, labels("direction", "state"), "WebRTC clients that are connected or about to be."},
		{"sluice_webrtc_packets_total", Counter, way, "RTP packets with media, received of publishers or sent to players."},
		{"sluice_webrtc_bytes_total", Counter, way, "Bytes of media in them."},
		{"sluice_webrtc_lost_packets_total", Counter, way, "Packets that never came, as far as either side knows."},
		{"sluice_webrtc_resent_packets_total", Counter, way, "Packets that came or went again."},
		{"sluice_webrtc_nacked_packets_total", Counter, way, "Packets that were asked for again (NACK)."},
		{"sluice_webrtc_keyframe_requests_total", Counter, way, "Key frames that were asked for (PLI, FIR): of publishers, or by players."},
		{
			"sluice_webrtc_connections_total", Counter, labels("direction", "result"),
			"Tries to connect (ICE, DTLS), by what came of them: connected, stopped, or the code of the fault.",
		},
		{"sluice_webrtc_ends_total", Counter, labels("direction", "code"), "Clients that were connected and are gone, by why."},
		{"sluice_webrtc_refused_total", Counter, nil, "Offers that were refused because there are too many clients."},
		{"sluice_webrtc_connect_seconds", Histogram, way, "Time from a client's offer until it is connected."},
		{"sluice_webrtc_first_packet_seconds", Histogram, way, "Time from a client's offer to the first packet of media."},
	}
}

func runFamilies() []Family {
	return []Family{
		{"sluice_instances", Gauge, labels("graph", "state"), "Graphs that run."},
		{"sluice_instance_cpus", Gauge, nil, "CPUs that all running graphs cost together, by their own estimate."},
		{
			"sluice_instance_cpus_held", Gauge, nil,
			"CPUs that are taken: what running graphs were measured to cost, or estimated before, and what the server itself uses.",
		},
		{"sluice_instance_cpus_limit", Gauge, nil, "CPUs that may be taken; who would take more is refused. 0 is no limit."},
		{
			"sluice_encoders", Gauge, labels("codec"),
			"Encoders that run in all graphs, by what they make: one for all viewers who take the same.",
		},
		{"sluice_decoders", Gauge, labels("codec"), "Decoders that run in all graphs, by what they take."},
		{"sluice_instance_starts_total", Counter, nil, "Starts of instances, restarts too."},
		{"sluice_instance_restarts_total", Counter, nil, "Instances that began anew after a failure or a change of their graph."},
		{"sluice_instance_failures_total", Counter, labels("graph", "code"), "Instances that failed or were lost, by why."},
		{"sluice_instance_start_seconds", Histogram, nil, "Time from the start of an instance to its first media."},
		{
			"sluice_branch_failures_total", Counter, labels("code"),
			"Branches of instances that failed, by why; the rest of the instance went on.",
		},
		{"sluice_workers", Gauge, labels("state"), "Processes in which GStreamer codes: spare, own (of one instance) or shared."},
		{"sluice_worker_shared_instances", Gauge, nil, "Instances in shared processes."},
		{
			"sluice_worker_deaths_total", Counter, labels("code"),
			"Processes that ended without being told to: gst_element crashed, lost hung, " +
				"overloaded took too much, protocol_violation went astray.",
		},
		{"sluice_worker_start_failures_total", Counter, nil, "Starts of processes that failed."},
		{"sluice_worker_start_seconds", Histogram, nil, "Time from the start of a process until it is ready."},
		{
			"sluice_events_total", Counter, labels("event", "code"),
			"Events that asked for a graph, by what came of them; ok is that one started.",
		},
		{"sluice_graphs", Gauge, nil, "Graphs that are loaded."},
		{"sluice_graph_files_held", Gauge, labels("state"), "Files of graphs with errors: an older version is kept, or they are left out."},
		{"sluice_graph_loads_total", Counter, nil, "Times that other graphs were loaded, the first included."},
		{"sluice_graph_load_timestamp_seconds", Gauge, nil, "When graphs were loaded last, since 1970."},
	}
}

func doorFamilies() []Family {
	return []Family{
		{"sluice_sessions", Gauge, labels("protocol", "direction"), "Clients that publish or play, by protocol."},
		{"sluice_websocket_sockets", Gauge, nil, "WebSockets of the Web SDK that are open."},
		{"sluice_websocket_sessions_away", Gauge, nil, "Sessions of the Web SDK that are kept for clients that lost their socket."},
		{"sluice_http_connections", Gauge, labels("server"), "Connections that are open, by web server."},
		{"sluice_http_requests_total", Counter, labels("door", "code"), "Requests over HTTP that were answered, by door and status."},
		{"sluice_http_request_seconds", Histogram, labels("door"), "Time until an answer began."},
		{
			"sluice_auth_decisions_total", Counter, labels("result", "rule", "reason"),
			"Decisions about who may do what: allowed or refused, by what decided, and why.",
		},
		{"sluice_config_reloads_total", Counter, labels("result"), "Times that the configuration was read again: ok or failed."},
		{"sluice_config_reload_timestamp_seconds", Gauge, nil, "When that was done last with success, since 1970; 0 if never."},
		{"sluice_build_info", Gauge, labels("version", "go"), "1, with the version of the server and of Go."},
	}
}

// described is a family as Prometheus has it.
type described struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func describeAll() map[string]described {
	all := map[string]described{}
	for _, f := range Families() {
		d := described{desc: prometheus.NewDesc(f.Name, f.Help, f.Labels, nil), kind: prometheus.GaugeValue}
		if f.Kind == Counter {
			d.kind = prometheus.CounterValue
		}
		all[f.Name] = d
	}
	return all
}
