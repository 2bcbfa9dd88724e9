package seal

import (
	"errors"

	"sluice/engine/fault"
)

// depth is how many causes of a fault cross.
const depth = 8

// Flaw is an error as it crosses. One without a code is no fault but a cause in words.
type Flaw struct {
	Code  fault.Code `json:"code,omitempty"`
	Place string     `json:"place,omitempty"`
	Msg   string     `json:"msg"`
	Hint  string     `json:"hint,omitempty"`
	Cause *Flaw      `json:"cause,omitempty"`
}

// FlawOf writes an error down; nil for none. One that only wraps a fault keeps the fault's code.
func FlawOf(err error) *Flaw {
	if err == nil {
		return nil
	}
	if f := causeOf(err, depth); f.Code != "" {
		return f
	}
	return &Flaw{Code: fault.CodeOf(err), Msg: err.Error()}
}

func causeOf(err error, deep int) *Flaw {
	f, ok := err.(*fault.Fault) //nolint:errorlint // only the fault itself is taken apart, what wraps one is words
	if !ok {
		if code := fault.CodeOf(err); code != fault.Internal {
			return &Flaw{Code: code, Msg: err.Error()}
		}
		return &Flaw{Msg: err.Error()}
	}
	out := &Flaw{Code: f.Code, Place: f.Place, Msg: f.Msg, Hint: f.Hint}
	if f.Cause != nil && deep > 0 {
		out.Cause = causeOf(f.Cause, deep-1)
	}
	return out
}

// Err makes an error of a Flaw, with its words passed through hide; nil of nil. A code that is not in the list, which
// doors would not know, becomes fault.Internal.
func (f *Flaw) Err(hide func(string) string) error {
	if f == nil {
		return nil
	}
	if f.Code == "" {
		return errors.New(hide(f.Msg))
	}
	out := &fault.Fault{Code: f.Code, Place: f.Place, Msg: hide(f.Msg), Hint: hide(f.Hint)}
	if !listed(f.Code) {
		out.Code = fault.Internal
	}
	if f.Cause != nil {
		out.Cause = f.Cause.Err(hide)
	}
	return out
}

func listed(c fault.Code) bool {
	for _, i := range fault.Codes() {
		if i.Code == c {
			return true
		}
	}
	return false
}
