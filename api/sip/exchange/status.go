package exchange

import (
	"errors"
	"fmt"

	"github.com/emiago/sipgo/sip"

	"sluice/engine/fault"
)

// Status is a final answer that refuses, as the cause of a fault.
type Status struct {
	Code   int
	Reason string
}

// Error is the status as SIP writes it.
func (s *Status) Error() string { return fmt.Sprintf("%d %s", s.Code, s.Reason) }

// SIPStatus is its code and words, for who knows no SIP.
func (s *Status) SIPStatus() (code int, reason string) { return s.Code, s.Reason }

// Refused is nil for a 2xx, and else a fault whose cause is a *Status.
func Refused(place string, res *sip.Response) error {
	if res.IsSuccess() {
		return nil
	}
	return StatusFault(place, res.StatusCode, res.Reason)
}

// StatusFault is a status that refuses as a fault.
func StatusFault(place string, status int, reason string) error {
	code := fault.Unreachable
	switch status {
	case sip.StatusUnauthorized, sip.StatusProxyAuthRequired:
		code = fault.Unauthorized
	case sip.StatusForbidden, sip.StatusGlobalDecline:
		code = fault.Forbidden
	case sip.StatusNotFound, sip.StatusGlobalDoesNotExistAnywhere, sip.StatusCallTransactionDoesNotExists:
		code = fault.ResourceNotFound
	case sip.StatusNotAcceptableHere, sip.StatusNotAcceptable, sip.StatusUnsupportedMediaType, sip.StatusGlobalNotAcceptable:
		code = fault.CodecNotAvailable
	}
	return fault.New(code, place, "the far end refuses").Because(&Status{Code: status, Reason: reason})
}

// Code is the SIP status of an error: that of a refusal, 408 for what went unanswered, 503 for what could not be sent, 0 for nil.
func Code(err error) (status int, reason string) {
	var s *Status
	switch {
	case err == nil:
		return 0, ""
	case errors.As(err, &s):
		return s.Code, s.Reason
	case fault.CodeOf(err) == fault.StartTimeout:
		return sip.StatusRequestTimeout, "Request Timeout"
	}
	return sip.StatusServiceUnavailable, "Service Unavailable"
}
