package reason

import (
	"errors"
	"strings"

	"sluice/engine/fault"
)

// Role is what a client does with a stream.
type Role string

// The roles.
const (
	Publish Role = "publish"
	Play    Role = "play"
)

// Of is why a stream of this name failed for a client in this role. Codes decide, never messages; those that mean something
// else for one role, or for a name that is an address, are looked for first.
func Of(err error, role Role, name string) Reason {
	code := fault.CodeOf(err)
	if r, ok := ofAddress(code, name); ok {
		return r
	}
	if r, ok := ofRole(err, code, role); ok {
		return r
	}
	if r, ok := table()[code]; ok {
		return r
	}
	return Error
}

// Unbrought is why a stream that a graph was to bring does not come, if it is the graph that cannot: it takes elements that are not
// here, or does not take this name or what the server has for its variables. It is "" if it is something else.
func Unbrought(err error, name string) Reason {
	switch fault.CodeOf(err) {
	case fault.ElementUnavailable, fault.InvalidParams, fault.GraphNotFound, fault.LintFailed:
	default:
		return ""
	}
	scheme, _, address := strings.Cut(name, "://")
	switch {
	case !address:
		return StreamNotFound
	case scheme == "rtsp", scheme == "rtsps":
		return RTSPConnect
	case scheme == "vod", scheme == "vod-live", scheme == "file":
		return FileRead
	}
	return BadURI
}

// ofAddress knows better words for names that are addresses of something to be fetched.
func ofAddress(code fault.Code, name string) (Reason, bool) {
	scheme, _, _ := strings.Cut(name, "://")
	if scheme == name {
		return "", false
	}
	gone := code == fault.ResourceNotFound || code == fault.StreamNotFound
	switch scheme {
	case "rtsp", "rtsps":
		switch {
		case gone:
			return RTSPNotFound, true
		case code == fault.Unreachable:
			return RTSPConnect, true
		}
	case "vod", "vod-live", "file":
		switch {
		case gone:
			return FileNotFound, true
		case code == fault.MediaCorrupt:
			return FileFormat, true
		case code == fault.Unreachable:
			return FileRead, true
		}
	}
	return "", false
}

func ofRole(err error, code fault.Code, role Role) (Reason, bool) {
	switch {
	case role == Play && code == fault.Closed:
		return PublisherStop, true
	case role == Play && (code == fault.NoRoute || code == fault.ResourceNotFound):
		return StreamNotFound, true
	case role == Play && code == fault.CodecNotAvailable && (errors.Is(err, fault.GstUnavailable) || errors.Is(err, fault.NoRoute)):
		return TranscodingDisabled, true // it could be converted, if there were what converts
	case role == Publish && code == fault.NoRoute:
		// No graph takes this name: the operator lets nobody publish under it.
		return Restricted, true
	}
	return "", false
}

// table has every code of package fault.
func table() map[fault.Code]Reason {
	return map[fault.Code]Reason{
		fault.InvalidRequest:     Proxy, // an offer that cannot be understood; names are checked before
		fault.InvalidParams:      Error,
		fault.Unauthorized:       Restricted,
		fault.Forbidden:          Restricted,
		fault.StreamNotFound:     StreamNotFound,
		fault.GraphNotFound:      Error,
		fault.ResourceNotFound:   Error,
		fault.NoRoute:            Error,
		fault.NameInUse:          NameInUse,
		fault.StaleVersion:       Error,
		fault.CodecNotAvailable:  NoCommonCodecs,
		fault.ElementUnavailable: TranscodingDisabled,
		fault.LintFailed:         Error,
		fault.StartTimeout:       NotReady,
		fault.Stalled:            RTPActivity,
		fault.Overloaded:         Proxy,
		fault.DiskFull:           Error,
		fault.SlowReader:         Error,
		fault.GstElement:         StreamFailed,
		fault.GstNegotiation:     StreamFailed,
		fault.GstUnavailable:     TranscodingDisabled,
		fault.MediaCorrupt:       StreamFailed,
		fault.ProtocolViolation:  Error,
		fault.Unreachable:        OriginConnect,
		fault.ICEFailed:          ICEError,
		fault.ICETimeout:         ICETimeout,
		fault.ICEConsentLost:     KeepAlive,
		fault.DTLSFailed:         DTLSError,
		fault.DTLSFingerprint:    DTLSFingerprint,
		fault.Lost:               Error,
		fault.Closed:             Shutdown,
		fault.Internal:           Error,
	}
}
