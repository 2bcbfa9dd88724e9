package rtsp

import (
	"errors"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/base"

	"sluice/engine/fault"
)

// status is the RTSP status of a fault (RFC 2326 7.1.1).
func status(c fault.Code) base.StatusCode {
	switch c {
	case fault.InvalidRequest, fault.InvalidParams, fault.ProtocolViolation:
		return base.StatusBadRequest
	case fault.Unauthorized:
		return base.StatusUnauthorized
	case fault.Forbidden:
		return base.StatusForbidden
	case fault.StreamNotFound, fault.GraphNotFound, fault.ResourceNotFound, fault.NoRoute:
		return base.StatusNotFound
	case fault.NameInUse, fault.StaleVersion:
		return base.StatusMethodNotValidInThisState
	case fault.CodecNotAvailable:
		return base.StatusUnsupportedMediaType
	case fault.ElementUnavailable, fault.GstUnavailable:
		return base.StatusNotImplemented
	case fault.StartTimeout, fault.Stalled:
		return base.StatusGatewayTimeout
	case fault.Overloaded, fault.DiskFull, fault.Closed, fault.SlowReader:
		return base.StatusServiceUnavailable
	case fault.Unreachable, fault.MediaCorrupt:
		return base.StatusBadGateway
	default:
		return base.StatusInternalServerError
	}
}

// refusal answers with a fault, which is the reason phrase, with what to do about it. What caused it may be of the server's inside
// and is not told.
func refusal(err error) *base.Response {
	r := &base.Response{StatusCode: status(fault.CodeOf(err)), Header: base.Header{}}
	var f *fault.Fault
	if errors.As(err, &f) {
		said := f.Msg
		for errors.As(err, &f) && f.Hint == "" {
			err = f.Cause
		}
		if f.Hint != "" {
			said += " (" + f.Hint + ")"
		}
		r.StatusMessage = phrase(said)
	}
	return r
}

// phrase makes one line of text that every client can read.
func phrase(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), most)]
}
