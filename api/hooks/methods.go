package hooks

// Kind says when a method is called.
type Kind string

// The kinds.
const (
	First  Kind = "connect" // before a client is let in; its answer says how the other methods are called
	Direct Kind = "direct"  // before what a client wants is done, which the back end may change or refuse
	Event  Kind = "event"   // after something has happened, which nobody can change any more
)

// Method is one that back ends have.
type Method struct {
	Name  string
	Kind  Kind
	About string
}

// Names of methods that are called from several places, or mean something to this package.
const (
	Connect          = "connect"
	ConnectionStatus = "ConnectionStatusEvent"
	PublishStream    = "publishStream"
	PlayStream       = "playStream"
	PlayHLS          = "playHLS"
	PlayRTSP         = "playRTSP"
)

// Methods lists all methods of WCS, in the order of its documentation.
func Methods() []Method {
	return []Method{
		{Connect, First, "A client connects."},
		{ConnectionStatus, Event, "A client is in, was refused, or has gone."},
		{"RegistrationStatusEvent", Event, "A client is registered with a SIP server, or no more."},
		{PublishStream, Direct, "A client wants to publish."},
		{"unPublishStream", Direct, "A client wants to publish no more."},
		{PlayStream, Direct, "A client wants to play."},
		{"stopStream", Direct, "A client wants to play no more."},
		{"pauseStream", Direct, "A client wants to pause what it plays."},
		{"snapshot", Direct, "A client wants a picture of a stream."},
		{"StreamStatusEvent", Event, "A stream has begun or ended, or could not begin."},
		{"sendStreamEvent", Direct, "A client tells those who play its stream something."},
		{"StreamEvent", Event, "A client was told something of a stream."},
		{"call", Direct, "A client wants to call."},
		{"answer", Direct, "A client answers a call."},
		{"hold", Direct, "A client holds a call."},
		{"unhold", Direct, "A client takes a call up again."},
		{"transfer", Direct, "A client passes a call on."},
		{"sendDtmf", Direct, "A client presses a key."},
		{"hangup", Direct, "A client ends a call."},
		{"OnCallEvent", Direct, "A client is called."},
		{"CallStatusEvent", Event, "A call has another status."},
		{"TransferStatusEvent", Event, "A call is passed on, or could not be."},
		{"OnDataEvent", Direct, "A client sends its application data, by sendData of the SDK."},
		{"DataStatusEvent", Event, "What became of data."},
		{"submitBugReport", Direct, "A client reports a defect."},
		{"BugReportStatusEvent", Event, "The report was taken."},
		{"pushLogs", Direct, "A client sends what it logged."},
		{"sessionDebug", Direct, "A client begins or ends a debug session."},
		{"SessionDebugStatusEvent", Event, "A debug session has begun or ended."},
		{PlayHLS, Direct, "A player wants a stream over HLS."},
		{PlayRTSP, Direct, "A player wants a stream over RTSP."},
		{"StreamKeepAliveEvent", Event, "A stream of a client that went away goes on."},
	}
}

// Known finds a method by its name.
func Known(name string) (Method, bool) {
	for _, m := range Methods() {
		if m.Name == name {
			return m, true
		}
	}
	return Method{}, false
}
