package call

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"sluice/engine/fault"
)

// Problem is the body of an answer that says what went wrong. What caused it may be of the server's inside and is not told.
type Problem struct {
	Exception string `json:"exception"` // "NotFoundException"
	Reason    string `json:"reason"`    // the code of the fault, what is wrong, and what to do about it
	Path      string `json:"path"`      // of the request
	Error     string `json:"error"`     // the status in words
	Message   string `json:"message"`   // what is wrong
	Timestamp int64  `json:"timestamp"` // milliseconds since 1970
	Status    int    `json:"status"`
}

// Of makes the answer to a request for a path of an error that it met.
func Of(err error, path string, now time.Time) Problem {
	code := fault.CodeOf(err)
	status, exception := Status(code)
	p := Problem{
		Exception: exception, Path: path, Error: http.StatusText(status), Message: "something went wrong in the server",
		Timestamp: now.UnixMilli(), Status: status,
	}
	hint := ""
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		p.Message, hint = told(f), f.Hint
	}
	if several := members(err); len(several) > 1 {
		p.Message, hint = strings.Join(several, "; "), ""
	}
	p.Reason = string(code) + ": " + p.Message
	if hint != "" {
		p.Reason += " (" + hint + ")"
	}
	return p
}

// Status is the status of HTTP for a fault, and what WCS calls such an exception. WCS has fewer of them than /v1.
func Status(c fault.Code) (status int, exception string) {
	switch c {
	case fault.InvalidRequest, fault.InvalidParams, fault.LintFailed, fault.ProtocolViolation, fault.CodecNotAvailable:
		return http.StatusBadRequest, "BadRequestException"
	case fault.StreamNotFound, fault.GraphNotFound, fault.ResourceNotFound, fault.NoRoute:
		return http.StatusNotFound, "NotFoundException"
	case fault.NameInUse, fault.StaleVersion:
		return http.StatusConflict, "ConflictException"
	case fault.Unauthorized:
		return http.StatusUnauthorized, "UnauthorizedException"
	case fault.Forbidden:
		return http.StatusForbidden, "ForbiddenException"
	case fault.ElementUnavailable, fault.GstUnavailable:
		return http.StatusNotImplemented, "NotImplementedException"
	case fault.Overloaded, fault.DiskFull, fault.Closed, fault.SlowReader:
		return http.StatusServiceUnavailable, "ServiceUnavailableException"
	}
	return http.StatusInternalServerError, "InternalErrorException"
}

// members are what is wrong with the members of a body, one by one.
func members(err error) []string {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var out []string
	for _, one := range several.Unwrap() {
		if f, ok := errors.AsType[*fault.Fault](one); ok {
			out = append(out, told(f))
		}
	}
	return out
}

// told names the member that is wrong, if it is one: its place is a JSON pointer.
func told(f *fault.Fault) string {
	if f.Code == fault.InvalidParams && len(f.Place) > 1 && f.Place[0] == '/' {
		return `"` + strings.ReplaceAll(f.Place[1:], "/", ".") + `": ` + f.Msg
	}
	return f.Msg
}
