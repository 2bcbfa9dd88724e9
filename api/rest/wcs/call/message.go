package call

import (
	"errors"

	"sluice/engine/fault"
)

// Message is what a fault says, with its hint, for what is wrong with a member.
func Message(err error) string {
	f, ok := errors.AsType[*fault.Fault](err)
	switch {
	case !ok:
		return "it does not fit"
	case f.Hint != "":
		return f.Msg + " (" + f.Hint + ")"
	}
	return f.Msg
}
