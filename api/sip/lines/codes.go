package lines

import (
	"errors"
	"strconv"

	"sluice/api/sip/dialog"
	"sluice/api/sip/message"
	"sluice/engine/fault"
)

// Statuses of SIP that are given here (RFC 3261 21).
const (
	ok            = 200
	badRequest    = 400
	forbidden     = 403
	notFound      = 404
	notAllowed    = 405
	timedOut      = 408
	tooLarge      = 413
	unsupported   = 415
	unavailable   = 480
	noDialog      = 481
	busyHere      = 486
	cancelled     = 487
	notAcceptable = 488
	broken        = 500
	overloaded    = 503
	decline       = 603
)

// reasons are what RFC 3261 calls the statuses.
func reasons() map[int]string {
	return map[int]string{
		ok:            "OK",
		badRequest:    "Bad Request",
		forbidden:     "Forbidden",
		notFound:      "Not Found",
		notAllowed:    "Method Not Allowed",
		timedOut:      "Request Timeout",
		tooLarge:      "Request Entity Too Large",
		unsupported:   "Unsupported Media Type",
		unavailable:   "Temporarily Unavailable",
		noDialog:      "Call/Transaction Does Not Exist",
		busyHere:      "Busy Here",
		cancelled:     "Request Terminated",
		notAcceptable: "Not Acceptable Here",
		broken:        "Server Internal Error",
		overloaded:    "Service Unavailable",
		decline:       "Decline",
	}
}

// reason is what RFC 3261 calls a status.
func reason(code int) string {
	if text, known := reasons()[code]; known {
		return text
	}
	return "Refused"
}

// CodeOf is the status that says to somebody who calls what a fault says to us.
func CodeOf(err error) int {
	switch fault.CodeOf(err) {
	case fault.NoRoute, fault.StreamNotFound, fault.ResourceNotFound:
		return notFound
	case fault.Forbidden, fault.Unauthorized:
		return forbidden
	case fault.Overloaded:
		return overloaded
	case fault.CodecNotAvailable:
		return notAcceptable
	case fault.ProtocolViolation:
		return badRequest
	case fault.Closed:
		return unavailable
	}
	return broken
}

// refusal is an answer to an offer that cannot be taken. Media that is to go where it may not is one, too.
func refusal(err error) *dialog.Refusal {
	code := CodeOf(err)
	if code == forbidden {
		code = notAcceptable
	}
	r := &dialog.Refusal{Code: code, Reason: reason(code)}
	if code == overloaded {
		r.Headers = map[string]string{"Retry-After": "5"}
	}
	if f, is := errors.AsType[*fault.Fault](err); is && code == notAcceptable {
		const other = 399 // RFC 3261 20.43: what is not in the list
		r.Headers = map[string]string{"Warning": warning(other, f.Msg)}
	}
	return r
}

// warning is the text of a Warning header.
func warning(code int, text string) string {
	return strconv.Itoa(code) + ` sluice "` + message.Escape(text) + `"`
}
