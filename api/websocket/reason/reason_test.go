package reason

import (
	"errors"
	"fmt"
	"testing"

	"sluice/engine/fault"
)

// TestEveryCodeHasItsReason fails for a code that was added to package fault and not here.
func TestEveryCodeHasItsReason(t *testing.T) {
	for _, info := range fault.Codes() {
		if _, ok := table()[info.Code]; !ok {
			t.Errorf("no reason for %q: %s", info.Code, info.About)
		}
	}
	if len(table()) != len(fault.Codes()) {
		t.Errorf("%d reasons for %d codes", len(table()), len(fault.Codes()))
	}
}

func TestOf(t *testing.T) {
	for _, c := range []struct {
		code fault.Code
		role Role
		name string
		want string
	}{
		{fault.ICEFailed, Publish, "cam", "Failed by ICE error"},
		{fault.ICETimeout, Play, "cam", "Failed by ICE timeout"},
		{fault.ICEConsentLost, Publish, "cam", "Failed by ICE keep alive"},
		{fault.DTLSFailed, Publish, "cam", "Failed by DTLS error"},
		{fault.DTLSFingerprint, Publish, "cam", "Failed by DTLS fingerprint error"},
		{fault.Stalled, Publish, "cam", "Failed by RTP activity"},
		{fault.NameInUse, Publish, "cam", "Stream name is already in use"},
		{fault.StreamNotFound, Play, "cam", "Stream not found"},
		{fault.StreamNotFound, Play, "rtsp://h/x", "Rtsp stream not found"},
		{fault.Unreachable, Play, "rtsp://h/x", "Failed to connect to rtsp stream"},
		{fault.Unreachable, Play, "rtmp://h/x", "Failed to connect to origin stream"},
		{fault.ICEFailed, Play, "rtsp://h/x", "Failed by ICE error"},
		{fault.ResourceNotFound, Play, "vod://film.mp4", "File not found"},
		{fault.MediaCorrupt, Play, "vod://film.mp4", "File has wrong format"},
		{fault.Unreachable, Play, "vod-live://film.mp4", "Failed to read file"},
		{fault.MediaCorrupt, Play, "cam", "Stream failed"},
		{fault.NoRoute, Play, "cam", "Stream not found"},
		{fault.NoRoute, Publish, "cam", "Restricted access"},
		{fault.Forbidden, Publish, "cam", "Restricted access"},
		{fault.CodecNotAvailable, Play, "cam", "No common codecs"},
		{fault.InvalidRequest, Publish, "cam", "Failed to add stream to proxy"},
		{fault.Closed, Play, "cam", "Stopped by publisher stop"},
		{fault.Closed, Publish, "cam", "Requested stream shutdown"},
		{fault.GstUnavailable, Play, "cam", "Transcoding required, but disabled"},
		{fault.StartTimeout, Play, "cam", "Publish stream is not ready"},
		{"unheard_of", Play, "cam", "Failed by error"},
	} {
		err := fmt.Errorf("wrapped: %w", fault.New(c.code, "a/b", "whatever"))
		if got := Of(err, c.role, c.name); string(got) != c.want {
			t.Errorf("%s of %s %s: got %q, want %q", c.code, c.role, c.name, got, c.want)
		}
	}
	for _, code := range []fault.Code{fault.GstUnavailable, fault.NoRoute} {
		err := fault.New(fault.CodecNotAvailable, "", "vp8 published, h264 wanted").Because(fault.New(code, "", "nothing converts"))
		if got := Of(err, Play, "cam"); got != TranscodingDisabled {
			t.Errorf("because of %s: %q", code, got)
		}
	}
	if got := Of(errors.New("bare"), Play, "cam"); got != Error {
		t.Errorf("a bare error: %q", got)
	}
}
