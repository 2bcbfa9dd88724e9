package rest_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wire"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestRoutes(t *testing.T) {
	k := start(t, options{
		own: map[string]string{"mine": strings.Replace(converting, "- stream.convert /{stream...}", "- {event: stream.convert, path: \"/live/{stream}\", where: {kind: audio}}", 1)},
	})
	all := want[[]wire.Route](k, 200, "GET /v1/routes", nil)
	if len(all) != 6 {
		t.Errorf("%+v", all)
	}
	of := want[[]wire.Route](k, 200, "GET /v1/routes?event=stream.convert", nil)
	if len(of) != 2 || of[0].Graph != "mine" || of[0].Place != "mine.yaml:4:5" || of[1].Place != "convert.yaml:4:5" || of[0].Why != "" {
		t.Errorf("%+v", of)
	}
	for query, taken := range map[string]string{"&var=kind=audio": "mine", "&var=kind=video": "convert", "": "convert"} {
		list := want[[]wire.Route](k, 200, "GET /v1/routes?event=stream.convert&path=/live/cam"+query, nil)
		if len(list) != 2 || list[0].Why == "" {
			t.Errorf("%s: %+v", query, list)
		}
		for _, r := range list {
			if r.Taken != (r.Graph == taken) {
				t.Errorf("%s: %+v", query, r)
			}
		}
	}
	if p := k.refused(404, fault.ResourceNotFound, "GET /v1/routes?event=stream.convort", nil); !strings.Contains(p.Hint, "stream.convert") {
		t.Errorf("%+v", p)
	}
	k.refused(404, fault.ResourceNotFound, "GET /v1/routes?event=x", nil)
	for _, bad := range []string{"?path=/x", "?event=boot&path=/x", "?event=stream.convert&path=x", "?var=x"} {
		k.refused(422, fault.InvalidParams, "GET /v1/routes"+bad, nil)
	}
}

func TestElements(t *testing.T) {
	k := start(t, options{})
	own := want[wire.Page[wire.ElementName]](k, 200, "GET /v1/elements", nil)
	if own.Total < 8 || !slices.ContainsFunc(own.Items, func(e wire.ElementName) bool { return e.Name == "stream.in" && e.Domain == "go" }) {
		t.Errorf("%+v", own)
	}
	all := want[wire.Page[wire.ElementName]](k, 200, "GET /v1/elements?all=true&part=x264", nil)
	if all.Total != 1 || all.Items[0].Name != "x264enc" {
		t.Errorf("%+v", all)
	}
	mix := want[wire.Element](k, 200, "GET /v1/elements/audio.mix", nil)
	if len(mix.Ports) != 3 || len(mix.Actions) != 2 || mix.Actions[0].Args[1].Name != "volume" || !mix.Actions[0].Args[0].Required || mix.Fields[0].Default != 48000.0 {
		t.Errorf("%+v", mix)
	}
	if p := k.refused(404, fault.ResourceNotFound, "GET /v1/elements/audio.mux", nil); !strings.Contains(p.Hint, "audio.mix") {
		t.Errorf("%+v", p)
	}
	k.refused(404, fault.ResourceNotFound, "GET /v1/elements/no-element-is-called-so", nil)
}

func TestServer(t *testing.T) {
	k := start(t, options{})
	k.Publish("cam", media.H264, media.Opus)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "relay", "params": J{"from": "cam", "to": "copy"}})
	s := want[wire.Server](k, 200, "GET /v1/server", nil)
	if s.Streams != 2 || s.Readers != 2 || s.Pipelines != 1 || s.Sessions != 0 || s.Graphs != 5 || s.Version != "test" || s.CPU == 0 || s.Memory == 0 || s.Uptime <= 0 || s.CPUs == 0 {
		t.Errorf("%+v", s)
	}
}

// Two who want nearly the same of a stream share what is made for them: it is told why, by which pipeline, for whom and at what cost.
func TestExplainConversion(t *testing.T) {
	const small = "graph: v1\nabout: Small.\nroute:\n  - rest.start\nparams:\n  to: {type: string, default: a}\n  width: {type: int, default: 320}\n" +
		"nodes:\n  in: stream.in name=cam wait=5s width=$width\n  out: stream.out name=$to\nlinks:\n  - in -> out\n"
	shaped := strings.Replace(converting, "codec=$want.codec", "always=true codec=$want.codec width=$want.width", 1)
	k := start(t, options{graphs: map[string]string{"jobs/small": small, "convert": shaped}})
	k.Publish("cam", media.VP8, media.Opus)
	for name, width := range map[string]int{"a": 320, "b": 321} {
		want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/small", "params": J{"to": name, "width": width}})
	}
	var e wire.Explanation
	k.eventually("the conversion among the pipelines", func() bool { // it is offered before it is listed
		e = want[wire.Explanation](k, 200, "GET /v1/streams/cam/explain", nil)
		return len(e.Pipelines) > 2
	})
	k.eventually("one encoder and one decoder for two who share them", func() bool {
		s := want[wire.Server](k, 200, "GET /v1/server", nil)
		return s.Encoders == 1 && s.Decoders == 1
	})
	if len(e.Conversions) != 1 || e.Conversions[0].Readers != 2 || e.Conversions[0].Width != 320 || e.Conversions[0].Codec != "vp8" ||
		!strings.HasPrefix(e.Conversions[0].Graph, "convert@") {
		t.Errorf("the conversions: %+v", e.Conversions)
	}
	if c := e.Conversions[0]; c.Pipeline == "" || strings.Join(c.Elements, " ") != "vp8dec videoconvertscale vp8enc" || c.Cost <= 0 {
		t.Errorf("what converts: %+v", c)
	}
	for _, r := range e.Readers {
		if r.Pipeline == "" {
			t.Errorf("nobody knows for whom %+v reads", r)
		}
	}
	if len(e.Pipelines) != 3 {
		t.Errorf("two read and one converts, not %+v", e.Pipelines)
	}
	for _, p := range e.Pipelines {
		if slices.Contains(p.Does, "convert") && (p.Graph != "convert" || p.Cost <= 0) {
			t.Errorf("what converts: %+v", p)
		}
	}
	for _, r := range e.Readers {
		if d := r.Tracks[0]; r.Name != "convert/in" && d.Kind == "video" && (d.How != "conversion" || !strings.Contains(d.Reason, "vp8 published, ")) {
			t.Errorf("%s gets %+v", r.Name, d)
		}
	}
}

func TestExplainStream(t *testing.T) {
	k := start(t, options{own: map[string]string{
		"fetch": "graph: v1\nabout: Fetches.\nroute:\n  - stream.wanted /{stream...}\nnodes:\n  in: stream.in name=other\n  out: stream.out name=$stream\nlinks:\n  - in -> out\n",
	}})
	if e := want[wire.Explanation](k, 200, "GET /v1/streams/live%2Fcam/explain", nil); e.Published || len(e.Wanted) != 1 || e.Wanted[0].Graph != "fetch" || !e.Wanted[0].Taken {
		t.Errorf("%+v", e)
	}
	k.Publish("live/cam", media.H264, media.Opus)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "relay", "params": J{"from": "live/cam", "to": "copy"}})
	e := want[wire.Explanation](k, 200, "GET /v1/streams/live%2Fcam/explain", nil)
	if !e.Published || len(e.Tracks) != 2 || len(e.Pipelines) != 1 || len(e.Convert) != 2 || e.Convert[0].Graph != "convert" || !strings.HasPrefix(e.Convert[0].Why, "video: ") {
		t.Errorf("%+v", e)
	}
	if len(e.Readers) != 2 || len(e.Readers[0].Tracks) != 1 || e.Readers[0].Tracks[0].How != "exact" || e.Readers[0].Tracks[0].Reason == "" || e.Readers[0].Name == "" {
		t.Errorf("%+v", e.Readers)
	}
	page := want[wire.Page[wire.Reader]](k, 200, "GET /v1/streams/live%2Fcam/readers?limit=1", nil)
	if len(page.Items) != 1 || page.Total != 2 || page.Next == "" || page.Items[0].Since.IsZero() {
		t.Errorf("%+v", page)
	}
	if rest := want[wire.Page[wire.Reader]](k, 200, "GET /v1/streams/live%2Fcam/readers?after="+page.Next, nil); len(rest.Items) != 1 || rest.Next != "" {
		t.Errorf("%+v", rest)
	}
	if page := want[wire.Page[wire.Reader]](k, 200, "GET /v1/streams/live%2Fcam/readers?after=9999", nil); len(page.Items) != 0 {
		t.Errorf("%+v", page)
	}
	k.refused(404, fault.StreamNotFound, "GET /v1/streams/none/readers", nil)
}

// It is told of one viewer what he offered and what he gets, and of a stream who was refused.
func TestExplainSession(t *testing.T) {
	k := start(t, options{graphs: map[string]string{"calls/peer": clienttest.Calling}})
	k.Publish("live/cam", media.H264, media.Opus)
	k.Publish("odd", media.VP9)
	first, second := k.Call("live/cam"), k.Call("live/cam")
	e := want[wire.SessionExplanation](k, 200, "GET /v1/sessions/"+first+"/explain", nil)
	if e.Session.ID != first || len(e.Streams) != 1 || len(e.Streams[0].Readers) != 1 {
		t.Fatalf("%+v", e)
	}
	r := e.Streams[0].Readers[0]
	if r.Pipeline != first || strings.Join(r.Sessions, " ") != first || r.Wants != "video: h264; audio: opus" || len(r.Tracks) != 2 || r.Tracks[0].How != "exact" {
		t.Errorf("%+v", r)
	}
	if all := want[wire.Explanation](k, 200, "GET /v1/streams/live%2Fcam/explain", nil); len(all.Readers) != 2 || all.Readers[1].Pipeline != second || all.Refused != nil {
		t.Errorf("%+v", all)
	}
	k.refused(404, fault.ResourceNotFound, "GET /v1/sessions/none/explain", nil)
	_, err := k.Engine.Raise(t.Context(), engine.Event{Name: "test.call", Path: "/odd", Sessions: map[string]any{"peer": nil}})
	if err == nil {
		t.Fatal("what nobody can convert is played")
	}
	odd := want[wire.Explanation](k, 200, "GET /v1/streams/odd/explain", nil)
	if len(odd.Refused) == 0 || odd.Refused[0].Event != "test.call" || odd.Refused[0].Code != "codec_not_available" || odd.Refused[0].At.IsZero() ||
		!strings.Contains(odd.Refused[0].Text, "vp9 published, h264 wanted") {
		t.Errorf("%+v", odd.Refused)
	}
}
