// Package cause translates GStreamer's errors into faults' codes. It knows the numbers of gsterror.h and nothing else.
package cause

import "sluice/engine/fault"

// The domains of GStreamer's errors (gsterror.h, 1.22).
const (
	coreErrors     = "gst-core-error-quark"
	libraryErrors  = "gst-library-error-quark"
	resourceErrors = "gst-resource-error-quark"
)

// Stream is the domain of errors about what flows.
const Stream = "gst-stream-error-quark"

// NotNegotiated is GST_FLOW_NOT_NEGOTIATED: a stream stopped because two elements did not agree on a format.
const NotNegotiated = -4

// Of translates an error message: its domain, its code, and the flow that stopped a stream, 0 if it does not say. The
// second result advises what to do, if anything can be said.
func Of(domain string, code, flow int) (fault.Code, string) {
	if flow == NotNegotiated {
		return fault.GstNegotiation, "its neighbours do not agree on a format; put a convert between them, or caps that both can do"
	}
	switch domain {
	case resourceErrors:
		return resourceCode(code)
	case Stream:
		return streamCode(code)
	case coreErrors:
		switch code {
		case 7, 10: // NEGOTIATION, CAPS
			return fault.GstNegotiation, ""
		case 12: // MISSING_PLUGIN
			return fault.ElementUnavailable, "sluice doctor names the package that brings it"
		}
	case libraryErrors:
		switch code {
		case 3: // INIT
			return fault.ElementUnavailable, ""
		case 5: // SETTINGS
			return fault.InvalidParams, ""
		}
	}
	return fault.GstElement, ""
}

// Far translates an error message of an element whose peer is across a network, as far as it means anything else there: ""
// if not. silent says that it is a source that has given nothing yet: one of HTTP whose connection is refused posts no more
// than that its stream ended (souphttpsrc, 1.22).
func Far(domain string, code int, silent bool) (fault.Code, string) {
	const hint = "check the address, and whether the other end listens there"
	switch {
	case domain == resourceErrors && (code == 1 || code >= 5 && code <= 7): // FAILED, OPEN_READ, OPEN_WRITE, OPEN_READ_WRITE
		return fault.Unreachable, hint
	case domain == resourceErrors && (code == 9 || code == 10): // READ, WRITE
		return fault.Unreachable, "the other end has gone, or closed the connection"
	case domain == Stream && code == 1 && silent: // FAILED
		return fault.Unreachable, hint
	}
	return "", ""
}

// resourceCode translates GstResourceError.
func resourceCode(code int) (fault.Code, string) {
	switch code {
	case 3: // NOT_FOUND
		return fault.ResourceNotFound, "check the name"
	case 4: // BUSY
		return fault.NameInUse, ""
	case 5, 6, 7: // OPEN_READ, OPEN_WRITE, OPEN_READ_WRITE
		return fault.ResourceNotFound, "check the name and the permissions"
	case 9, 10, 11, 12: // READ, WRITE, SEEK, SYNC
		return fault.GstElement, ""
	case 13: // SETTINGS
		return fault.InvalidParams, ""
	case 14: // NO_SPACE_LEFT
		return fault.DiskFull, "make room, and start again"
	case 15: // NOT_AUTHORIZED
		return fault.Forbidden, ""
	}
	return fault.GstElement, ""
}

// streamCode translates GstStreamError.
func streamCode(code int) (fault.Code, string) {
	switch code {
	case 4, 5, 7, 9: // TYPE_NOT_FOUND, WRONG_TYPE, DECODE, DEMUX
		return fault.MediaCorrupt, "the media cannot be read; does ffprobe read it?"
	case 6: // CODEC_NOT_FOUND
		return fault.ElementUnavailable, "sluice doctor names the package that brings the decoder"
	case 11: // FORMAT
		return fault.GstNegotiation, ""
	case 12, 13: // DECRYPT, DECRYPT_NOKEY
		return fault.Forbidden, "the media is encrypted"
	}
	return fault.GstElement, ""
}
