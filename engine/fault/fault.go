// Package fault is the one error type of sluice: what went wrong as a stable code, where, for whom to mend, and
// what to do next. Front doors translate codes into their own protocol's words; they never read messages.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Fault is an error with a stable code. It is immutable once returned to a caller.
type Fault struct {
	Code  Code
	Place string // where, e.g. "rooms/mixer#7f3a/seat[alice]/vdec"; may be empty
	Msg   string // for people: lower case, no trailing period
	Hint  string // what to do next; may be empty
	Cause error  // may be nil
}

// New makes a fault. The message is formatted as by fmt.Sprintf.
func New(code Code, place, format string, args ...any) *Fault {
	return &Fault{Code: code, Place: place, Msg: fmt.Sprintf(format, args...)}
}

// Because returns a copy of f with its cause.
func (f *Fault) Because(err error) *Fault {
	g := *f
	g.Cause = err
	return &g
}

// Advise returns a copy of f with a hint: one sentence that says what to do next.
func (f *Fault) Advise(format string, args ...any) *Fault {
	g := *f
	g.Hint = fmt.Sprintf(format, args...)
	return &g
}

// Error reads "place: message: cause (hint)", leaving out what is empty.
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Place != "" {
		b.WriteString(f.Place + ": ")
	}
	b.WriteString(f.Msg)
	if f.Cause != nil {
		b.WriteString(": " + f.Cause.Error())
	}
	if f.Hint != "" {
		b.WriteString(" (" + f.Hint + ")")
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Is makes errors.Is(err, fault.StreamNotFound) work: a fault matches its code.
func (f *Fault) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == f.Code
}

// CodeOf finds the code of the outermost fault in err's chain; Internal if there is none, "" for a nil error.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var f *Fault
	if errors.As(err, &f) {
		return f.Code
	}
	var c Code
	if errors.As(err, &c) {
		return c
	}
	return Internal
}
