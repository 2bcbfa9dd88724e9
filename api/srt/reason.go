package srt

import (
	"errors"

	"sluice/api/srt/streamid"
	"sluice/api/srt/wire"
	"sluice/engine/fault"
)

// reason is what callers are told of a fault, by the access control document's "Rejection codes".
func reason(err error) wire.Reason {
	switch {
	case errors.Is(err, streamid.ErrMode):
		return wire.BadMode
	case errors.Is(err, streamid.ErrType):
		return wire.Unsupported
	}
	switch fault.CodeOf(err) {
	case fault.InvalidRequest, fault.InvalidParams, fault.ProtocolViolation:
		return wire.BadRequest
	case fault.Unauthorized:
		return wire.Unauthorized
	case fault.Forbidden:
		return wire.Forbidden
	case fault.StreamNotFound, fault.GraphNotFound, fault.ResourceNotFound, fault.NoRoute:
		return wire.NotFound
	case fault.NameInUse, fault.StaleVersion:
		return wire.Conflict
	case fault.CodecNotAvailable, fault.ElementUnavailable, fault.GstUnavailable:
		return wire.Unacceptable
	case fault.Overloaded, fault.DiskFull, fault.SlowReader:
		return wire.Overload
	case fault.StartTimeout, fault.Stalled, fault.Closed:
		return wire.Down
	case fault.Unreachable, fault.MediaCorrupt:
		return wire.Gateway
	}
	return wire.Unexpected
}
