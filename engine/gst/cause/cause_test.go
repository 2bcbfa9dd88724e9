package cause_test

import (
	"testing"

	"sluice/engine/fault"
	"sluice/engine/gst/cause"
)

// The numbers are those of gsterror.h, 1.22.
func TestOf(t *testing.T) {
	const resource, stream, core, library = "gst-resource-error-quark", "gst-stream-error-quark", "gst-core-error-quark", "gst-library-error-quark"
	for _, c := range []struct {
		domain     string
		code, flow int
		want       fault.Code
	}{
		{resource, 3, 0, fault.ResourceNotFound},
		{resource, 4, 0, fault.NameInUse},
		{resource, 6, 0, fault.ResourceNotFound},
		{resource, 10, 0, fault.GstElement},
		{resource, 14, 0, fault.DiskFull},
		{resource, 15, 0, fault.Forbidden},
		{stream, 1, 0, fault.GstElement},
		{stream, 1, cause.NotNegotiated, fault.GstNegotiation}, // what a source posts when somebody behind it refuses
		{stream, 6, 0, fault.ElementUnavailable},
		{stream, 7, 0, fault.MediaCorrupt},
		{stream, 11, 0, fault.GstNegotiation},
		{stream, 13, 0, fault.Forbidden},
		{core, 7, 0, fault.GstNegotiation},
		{core, 12, 0, fault.ElementUnavailable},
		{library, 3, 0, fault.ElementUnavailable},
		{library, 5, 0, fault.InvalidParams},
		{"another-quark", 1, 0, fault.GstElement},
	} {
		if got, _ := cause.Of(c.domain, c.code, c.flow); got != c.want {
			t.Errorf("%s %d, flow %d: %s, want %s", c.domain, c.code, c.flow, got, c.want)
		}
	}
}

func TestFar(t *testing.T) {
	const resource, stream = "gst-resource-error-quark", "gst-stream-error-quark"
	for _, c := range []struct {
		domain string
		code   int
		silent bool
		want   fault.Code
	}{
		{resource, 5, false, fault.Unreachable},
		{resource, 7, true, fault.Unreachable},
		{resource, 9, false, fault.Unreachable},
		{resource, 1, true, fault.Unreachable},
		{resource, 3, true, ""}, // an HTTP server that answers 404
		{resource, 15, true, ""},
		{stream, 1, true, fault.Unreachable},
		{stream, 1, false, ""},
		{stream, 6, true, ""},
	} {
		got, hint := cause.Far(c.domain, c.code, c.silent)
		if got != c.want || (hint == "") != (got == "") {
			t.Errorf("%s %d, silent %t: %q (%s), want %q", c.domain, c.code, c.silent, got, hint, c.want)
		}
	}
}
