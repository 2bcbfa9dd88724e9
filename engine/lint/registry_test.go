package lint_test

import (
	"slices"
	"sync"
	"testing"

	"sluice/api/cdn"
	doorhls "sluice/api/hls"
	"sluice/api/rest"
	"sluice/api/rtmfp"
	"sluice/api/rtmp"
	"sluice/api/rtsp"
	"sluice/api/sip"
	"sluice/api/srt"
	"sluice/api/websocket"
	"sluice/api/whip"
	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/hls"
	"sluice/elements/mix"
	"sluice/elements/snapshot"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/lint"
	"sluice/engine/spec"
	gst "sluice/testdata/registry"
)

// known is the registry of the real elements and GStreamer 1.22's snapshot: the rules are only worth what they say about
// those. The engine itself imports no element; its tests may.
var known = sync.OnceValues(func() (*element.Registry, error) {
	cat, err := gst.Snapshot()
	if err != nil {
		return nil, err
	}
	return element.NewRegistry(cat, slices.Concat(
		stream.Elements(), webrtc.Elements(), convert.Elements(), mix.Elements(), hls.Elements(), file.Elements(),
		snapshot.Elements(), testio.Elements(),
		websocket.Elements(), rtmp.Elements(), rtmfp.Elements(), rtsp.Elements(), srt.Elements(), sip.Elements(), cdn.Elements(),
	), slices.Concat(
		stream.Triggers(),
		websocket.Triggers(), whip.Triggers(), rtmp.Triggers(), rtmfp.Triggers(), rtsp.Triggers(), srt.Triggers(), sip.Triggers(),
		cdn.Triggers(), doorhls.Triggers(), rest.Triggers(),
	))
})

func registry(t testing.TB) *element.Registry {
	t.Helper()
	reg, err := known()
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// checkText parses and lints one file that makes a set by itself.
func checkText(t testing.TB, name, text string) []spec.Diagnostic {
	t.Helper()
	graphs, found := spec.Parse(name+".yaml", name, []byte(text))
	var r spec.Report
	r.Add(found...)
	r.Add(lint.Check(graphs, registry(t), lint.Options{})...)
	return r.List()
}
