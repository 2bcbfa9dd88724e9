package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestStreams(t *testing.T) {
	k := start(t, options{})
	if p := want[wire.Page[wire.Stream]](k, 200, "GET /v1/streams", nil); len(p.Items) != 0 || p.Items == nil {
		t.Errorf("%+v", p)
	}
	cam := k.publish("live/cam", media.H264, media.Opus)
	cam.Mute(media.Audio, true)
	k.publish("other", media.PCMU)
	list := want[wire.Page[wire.Stream]](k, 200, "GET /v1/streams", nil)
	if len(list.Items) != 2 || list.Items[0].Name != "live/cam" || list.Items[1].Name != "other" {
		t.Errorf("%+v", list)
	}
	if p := want[wire.Page[wire.Stream]](k, 200, "GET /v1/streams?prefix=live/&limit=1", nil); len(p.Items) != 1 || p.Total != 1 || p.Next != "" {
		t.Errorf("%+v", p)
	}
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "relay", "params": J{"from": "live/cam", "to": "copy"}})
	s := want[wire.StreamDetail](k, 200, "GET /v1/streams/live%2Fcam", nil)
	if len(s.Tracks) != 2 || s.Tracks[0].Codec != "h264" || s.Tracks[1].Kind != "audio" || !slices.Equal(s.Muted, []string{"audio"}) || s.Since.IsZero() {
		t.Errorf("%+v", s)
	}
	if len(s.Pipelines) != 1 || s.Pipelines[0].ID != "relay" || !slices.Equal(s.Pipelines[0].Does, []string{"read"}) || s.Readers == 0 {
		t.Errorf("%+v", s)
	}
	copied := want[wire.StreamDetail](k, 200, "GET /v1/streams/copy", nil)
	if len(copied.Pipelines) != 1 || !slices.Equal(copied.Pipelines[0].Does, []string{"publish"}) {
		t.Errorf("%+v", copied)
	}
	if p := k.refused(404, fault.StreamNotFound, "GET /v1/streams/live%2Fcan", nil); !strings.Contains(p.Hint, "live/cam") {
		t.Errorf("%+v", p)
	}
}

func TestEndStream(t *testing.T) {
	k := start(t, options{})
	k.publish("cam", media.H264, media.Opus)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "relay", "params": J{"from": "cam", "to": "copy"}})
	want[J](k, 202, "DELETE /v1/streams/copy", nil)
	k.eventually("its end", func() bool { return k.call("GET /v1/streams/copy", nil).StatusCode == http.StatusNotFound })
	k.eventually("the pipeline's end", func() bool { return k.call("GET /v1/pipelines/relay", nil).StatusCode == http.StatusNotFound })
	k.refused(404, fault.StreamNotFound, "DELETE /v1/streams/copy", nil)
	k.refused(409, fault.NameInUse, "DELETE /v1/streams/cam", nil) // which no pipeline publishes
}
