package lint_test

import (
	"slices"
	"sync"
	"testing"

	"sluice/api/cdn"
	doorhls "sluice/api/hls"
	"sluice/api/hls/outlet"
	"sluice/api/records"
	recordout "sluice/api/records/outlet"
	"sluice/api/rest"
	"sluice/api/rtmfp"
	"sluice/api/rtmp"
	"sluice/api/rtsp"
	"sluice/api/sip"
	"sluice/api/snapshots"
	"sluice/api/srt"
	"sluice/api/vod"
	"sluice/api/websocket"
	"sluice/api/whip"
	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/mix"
	"sluice/elements/ports"
	"sluice/elements/snapshot"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/lint"
	"sluice/engine/media"
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
		stream.Elements(), webrtc.Elements(), convert.Elements(), mix.Elements(), outlet.Elements(), file.Elements(),
		snapshot.Elements(), testio.Elements(), recordout.Elements(),
		websocket.Elements(), rtmp.Elements(), rtmfp.Elements(), rtsp.Elements(), srt.Elements(), vod.Elements(), sip.Elements(), cdn.Elements(),
		[]element.Declared{telephone{}},
	), slices.Concat(
		stream.Triggers(),
		websocket.Triggers(), whip.Triggers(), rtmp.Triggers(), rtmfp.Triggers(), rtsp.Triggers(), srt.Triggers(), sip.Triggers(),
		cdn.Triggers(), doorhls.Triggers(), records.Triggers(), snapshots.Triggers(), rest.Triggers(),
	))
})

// telephone takes no sound that a browser gives. No real element is left of which that is true.
type telephone struct{}

func (telephone) Spec() element.Spec {
	return element.Spec{
		Name: "telephone.out", About: "Calls.", Domain: element.Go, Status: element.Planned, Klass: "Sink/Test",
		Ports: ports.Takes([]media.Codec{media.G729, media.Nellymoser}, []media.Codec{media.H264}), Examples: []string{"telephone.out"},
	}
}

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
