//go:build cgo && !nogst

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/wire"
)

// TestExplainAViewer: of somebody who plays over WHEP what an encoder sends over RTMP it is told that the picture is as it was sent, and
// that the sound is converted: from what, into what, by which elements, at what cost. All of it is as it is: the elements are those
// of the plan that runs, and the worker that is measured is theirs.
func TestExplainAViewer(t *testing.T) {
	t.Parallel()
	p := serveParty(t)
	p.guest("RTMP", "cam", "red", 440)
	p.there("cam")
	p.view("cam").flows(t, 200)
	id := ""
	p.until("the session", func() bool {
		for _, s := range p.want(http.StatusOK, "GET /v1/sessions?direction=play", nil)["items"].([]any) {
			id, _ = s.(J)["id"].(string)
		}
		return id != ""
	})
	var e wire.SessionExplanation
	p.until("what it costs", func() bool {
		a := p.Call(t, "GET /v1/sessions/"+id+"/explain", nil)
		e = wire.SessionExplanation{}
		if err := json.Unmarshal([]byte(a.Text), &e); err != nil || len(e.Streams) != 1 || len(e.Streams[0].Readers) != 1 {
			t.Fatalf("%v in %s", err, a.Text)
		}
		return len(e.Streams[0].Conversions) == 1 && e.Streams[0].Conversions[0].Busy > 0
	})
	r, c := e.Streams[0].Readers[0], e.Streams[0].Conversions[0]
	if e.Session.Protocol != "whep" || e.Session.Stream != "cam" || !strings.HasPrefix(r.Wants, "video: vp8 or h264") ||
		!strings.Contains(r.Wants, "audio: opus") || !slices.Equal(r.Sessions, []string{id}) || r.Lacks != nil {
		t.Errorf("who plays: %+v, %+v", e.Session, r)
	}
	got := map[string]wire.Choice{}
	for _, one := range r.Tracks {
		got[one.Kind] = one
	}
	if v, a := got["video"], got["audio"]; v.How != "exact" || v.Conversion != nil || a.How != "conversion" || !strings.HasPrefix(a.Track, "opus") ||
		!strings.Contains(a.Reason, "aac published, opus") || a.Conversion == nil {
		t.Errorf("what it gets: %+v", r.Tracks)
	}
	if c.Codec != "opus" || c.Readers != 1 || c.Cost <= 0 || c.Busy > 1 || !strings.HasPrefix(c.Graph, "web/convert@") ||
		!slices.Contains(c.Elements, "avdec_aac") || !slices.Contains(c.Elements, "opusenc") ||
		slices.Index(c.Elements, "avdec_aac") > slices.Index(c.Elements, "opusenc") {
		t.Errorf("the conversion: %+v", c)
	}
	if works := p.want(http.StatusOK, "GET /v1/pipelines/"+c.Pipeline, nil); works["graph"] != "web/convert" {
		t.Errorf("what works: %v", works)
	}
	code, out, errs := sluice(t, "explain", "cam", id, "--server", p.Base)
	for _, want := range []string{"whep", "Stream cam", "gets audio opus", "avdec_aac", "opusenc", "CPUs estimated", "measured", "gets video h264"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if code != exitOK || t.Failed() {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, _, errs := sluice(t, "explain", "other", id, "--server", p.Base); code != exitFound || !strings.Contains(errs, `nothing to do with "other"`) {
		t.Errorf("exit %d: %s", code, errs)
	}
}
