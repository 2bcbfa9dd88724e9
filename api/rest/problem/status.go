package problem

import (
	"net/http"

	"sluice/engine/fault"
)

// Status is the HTTP status of a fault.
func Status(c fault.Code) int {
	switch c {
	case fault.InvalidRequest, fault.ProtocolViolation, fault.DTLSFingerprint:
		return http.StatusBadRequest
	case fault.InvalidParams, fault.LintFailed:
		return http.StatusUnprocessableEntity
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.StreamNotFound, fault.GraphNotFound, fault.ResourceNotFound, fault.NoRoute:
		return http.StatusNotFound
	case fault.NameInUse:
		return http.StatusConflict
	case fault.StaleVersion:
		return http.StatusPreconditionFailed
	case fault.CodecNotAvailable:
		return http.StatusUnsupportedMediaType
	case fault.ElementUnavailable, fault.GstUnavailable:
		return http.StatusNotImplemented
	case fault.StartTimeout, fault.Stalled, fault.ICETimeout:
		return http.StatusGatewayTimeout
	case fault.Overloaded, fault.Closed, fault.SlowReader:
		return http.StatusServiceUnavailable
	}
	if c.Blame() == fault.Peer {
		return http.StatusBadGateway
	}
	return http.StatusInternalServerError // lost, internal, and what is wrong with GStreamer
}
