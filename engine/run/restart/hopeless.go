package restart

import "sluice/engine/fault"

// Hopeless tells whether another attempt would fail like the one before.
func Hopeless(err error) bool {
	switch fault.CodeOf(err) {
	case fault.InvalidRequest, fault.InvalidParams, fault.Unauthorized, fault.Forbidden, fault.CodecNotAvailable,
		fault.ElementUnavailable, fault.LintFailed, fault.GstUnavailable:
		return true
	default:
		return false
	}
}
