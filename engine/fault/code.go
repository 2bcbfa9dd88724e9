package fault

// Code names a kind of failure. The list is closed: doors hold one table from it to their own language. A Code is
// an error itself, so that errors.Is can compare against it.
type Code string

// Error is the code's text.
func (c Code) Error() string { return string(c) }

// Blame says whose move it is.
type Blame string

// Who can mend a fault.
const (
	Request Blame = "request" // the caller asked for something that cannot be
	Peer    Blame = "peer"    // the other end, or what it sent
	Config  Blame = "config"  // a graph or the configuration
	Server  Blame = "server"  // sluice itself or its machine
)

// The codes. Each is described, with its blame, in Codes.
const (
	InvalidRequest     Code = "invalid_request"
	InvalidParams      Code = "invalid_params"
	Unauthorized       Code = "unauthorized"
	Forbidden          Code = "forbidden"
	StreamNotFound     Code = "stream_not_found"
	GraphNotFound      Code = "graph_not_found"
	ResourceNotFound   Code = "resource_not_found"
	NoRoute            Code = "no_route"
	NameInUse          Code = "name_in_use"
	StaleVersion       Code = "stale_version"
	CodecNotAvailable  Code = "codec_not_available"
	ElementUnavailable Code = "element_unavailable"
	LintFailed         Code = "lint_failed"
	StartTimeout       Code = "start_timeout"
	Stalled            Code = "stalled"
	Overloaded         Code = "overloaded"
	DiskFull           Code = "disk_full"
	SlowReader         Code = "slow_reader"
	GstElement         Code = "gst_element"
	GstNegotiation     Code = "gst_negotiation"
	GstUnavailable     Code = "gst_unavailable"
	MediaCorrupt       Code = "media_corrupt"
	ProtocolViolation  Code = "protocol_violation"
	Unreachable        Code = "unreachable"
	ICEFailed          Code = "ice_failed"
	ICETimeout         Code = "ice_timeout"
	ICEConsentLost     Code = "ice_consent_lost"
	DTLSFailed         Code = "dtls_failed"
	DTLSFingerprint    Code = "dtls_fingerprint"
	Lost               Code = "lost"
	Closed             Code = "closed"
	Internal           Code = "internal"
)

// Info describes a code.
type Info struct {
	Code  Code
	Blame Blame
	About string
}

// Codes is the whole list, in a fixed order.
func Codes() []Info {
	return []Info{
		{InvalidRequest, Request, "the request itself does not make sense"},
		{InvalidParams, Request, "a parameter is missing, unknown, or outside its limits"},
		{Unauthorized, Request, "who asks is not known"},
		{Forbidden, Request, "who asks may not do this"},
		{StreamNotFound, Request, "nobody publishes a stream of that name"},
		{GraphNotFound, Request, "there is no graph of that name"},
		{ResourceNotFound, Request, "a file or address that a node names does not exist"},
		{NoRoute, Config, "no graph has a route for this event"},
		{NameInUse, Request, "the name is taken"},
		{StaleVersion, Request, "the thing changed since the caller read it"},
		{CodecNotAvailable, Request, "no codec suits both sides and no graph converts"},
		{ElementUnavailable, Config, "this build or machine lacks an element"},
		{LintFailed, Config, "the graph has errors"},
		{StartTimeout, Peer, "the instance did not become live in time"},
		{Stalled, Peer, "media stopped coming"},
		{Overloaded, Server, "the machine cannot take more work now"},
		{DiskFull, Server, "the disk has no room for what is to be written"},
		{SlowReader, Peer, "a reader could not keep up"},
		{GstElement, Server, "a GStreamer element failed"},
		{GstNegotiation, Config, "GStreamer elements could not agree on a format"},
		{GstUnavailable, Server, "this build or machine has no GStreamer"},
		{MediaCorrupt, Peer, "what was sent cannot be decoded"},
		{ProtocolViolation, Peer, "the other end broke the protocol"},
		{Unreachable, Peer, "the other end cannot be reached, or refuses the connection"},
		{ICEFailed, Peer, "no pair of addresses connects the two ends"},
		{ICETimeout, Peer, "the two ends did not connect in time"},
		{ICEConsentLost, Peer, "the other end stopped answering on the address that media goes to (RFC 7675)"},
		{DTLSFailed, Peer, "the keys for the media could not be agreed on"},
		{DTLSFingerprint, Peer, "the other end's certificate is not the one it announced"},
		{Lost, Server, "an instance no longer answers and was given up"},
		{Closed, Server, "it was stopped"},
		{Internal, Server, "a defect in sluice"},
	}
}

// Blame says who can mend a fault of this code; Server for one that is not in the list.
func (c Code) Blame() Blame {
	for _, i := range Codes() {
		if i.Code == c {
			return i.Blame
		}
	}
	return Server
}
