// Package reason says why a stream ended or could not begin, in the words of the original server: pages compare the "info" of
// a status with them, so that they have to be exactly these. It knows nothing of sessions and streams.
package reason

// Reason is the info of a status.
type Reason string

// The reasons that the SDK knows by name and this server gives.
const (
	ICEError              Reason = "Failed by ICE error"
	ICETimeout            Reason = "Failed by ICE timeout"
	KeepAlive             Reason = "Failed by ICE keep alive" // consent (RFC 7675) lost
	DTLSFingerprint       Reason = "Failed by DTLS fingerprint error"
	DTLSError             Reason = "Failed by DTLS error"
	RTMPWriter            Reason = "Failed by RTMP writer error" //nolint:gosec // no credentials, whatever gosec reads in it
	RTPActivity           Reason = "Failed by RTP activity"
	SessionDisconnect     Reason = "Stopped by session disconnect"
	RESTTerminate         Reason = "Stopped by rest /terminate"
	PublisherStop         Reason = "Stopped by publisher stop"
	User                  Reason = "Stopped by user"
	Error                 Reason = "Failed by error"
	Proxy                 Reason = "Failed to add stream to proxy" // bad SDP, or no place for one more
	NotReady              Reason = "Publish stream is not ready"
	StreamNotFound        Reason = "Stream not found"
	NameInUse             Reason = "Stream name is already in use"
	IDNull                Reason = "MediaSessionId is null"
	IDInUse               Reason = "MediaSessionId is already in use"
	SessionNotReady       Reason = "Session not ready"
	RTSPConnect           Reason = "Failed to connect to rtsp stream"
	RTSPNotFound          Reason = "Rtsp stream not found"
	StreamFailed          Reason = "Stream failed"
	NoCommonCodecs        Reason = "No common codecs"
	BadURI                Reason = "Bad URI"
	Shutdown              Reason = "Requested stream shutdown"
	FileNotFound          Reason = "File not found"
	FileFormat            Reason = "File has wrong format"
	FileRead              Reason = "Failed to read file"
	OriginConnect         Reason = "Failed to connect to origin stream"
	TerminatedByKeepAlive Reason = "Terminated by keep-alive"
	TranscodingDisabled   Reason = "Transcoding required, but disabled"
	Restricted            Reason = "Restricted access"
	NoTranscoders         Reason = "No available transcoders"
	CallNotCreated        Reason = "Failed by session creation" // of calls, as the two that follow
	CallCleared           Reason = "Normal call clearing"
	CallTimeout           Reason = "Failed by request timeout"
)
