package rest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/run"
)

// mixing adds up sounds that come and go.
const mixing = `graph: v1
about: Mixes.
route:
  - rest.start
nodes:
  voice:
    use: parts/voice
    each: {key: who, max: 2}
    on_error: drop
  sound: audio.mix
  enc: opusenc
  out: stream.out name=mix
links:
  - voice.sound -> sound -> enc -> out
policy:
  end: never
`

const voice = `graph: v1
about: A sound of a file.
params:
  source: file
  volume: {type: float, default: 1, min: 0, max: 1}
nodes:
  in: filesrc location=$source
  dec: wavparse
  conv: audioconvert
  rate: audioresample
  fit: capsfilter caps=audio/x-raw,rate=48000,channels=2
  gain: volume volume=$volume
links:
  - in -> dec -> conv -> rate -> gain -> fit
exports:
  sound: fit.src
`

// mixer starts the graph mix, whose callers may use the files of a folder.
func mixer(t *testing.T) (k *kit, folder string) {
	folder = t.TempDir()
	o := options{graphs: map[string]string{"mix": mixing, "parts/voice": voice}}
	o.rules.Folders = []string{folder}
	k = start(t, o)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "mix", "id": "mix"})
	return k, folder
}

func TestSetFields(t *testing.T) {
	k := start(t, options{})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/tone", "id": "tone"})
	before := want[wire.PipelineDetail](k, 200, "GET /v1/pipelines/tone", nil)
	after := want[wire.PipelineDetail](k, 200, "PATCH /v1/pipelines/tone/nodes/in", J{"wave": "ticks", "volume": 0.25})
	if after.Plan == before.Plan || after.State != "live" {
		t.Errorf("%+v", after)
	}
	calls := k.last().Calls()
	if last := calls[len(calls)-1]; last.Change.Verb != run.Set {
		t.Errorf("%+v", last)
	}
	p := k.refused(409, fault.InvalidParams, "PATCH /v1/pipelines/tone/nodes/in", J{"num-buffers": 5})
	if len(p.Errors) != 1 || p.Errors[0].State != "planned" || p.Errors[0].Pointer != "/num-buffers" {
		t.Errorf("%+v", p)
	}
	p = k.refused(422, fault.InvalidParams, "PATCH /v1/pipelines/tone/nodes/in", J{"num-buffers": 5, "wav": 1, "volume": "loud", "wave": "sine"})
	if len(p.Errors) != 3 || p.Errors[1].Pointer != "/volume" || !strings.Contains(p.Errors[2].Hint, "wave") {
		t.Errorf("%+v", p)
	}
	if p := k.refused(404, fault.ResourceNotFound, "PATCH /v1/pipelines/tone/nodes/on", J{"wave": "sine"}); !strings.Contains(p.Hint, "in, out") {
		t.Errorf("%+v", p)
	}
	k.refused(404, fault.ResourceNotFound, "PATCH /v1/pipelines/none/nodes/in", J{"wave": "sine"})
	k.refused(400, fault.InvalidRequest, "PATCH /v1/pipelines/tone/nodes/in", nil)
	k.refused(422, fault.InvalidParams, "PATCH /v1/pipelines/tone/nodes/in", []int{1})
	if got := want[wire.PipelineDetail](k, 200, "GET /v1/pipelines/tone", nil); got.Plan != after.Plan {
		t.Error("something changed")
	}
}

func TestKeys(t *testing.T) {
	k, folder := mixer(t)
	const voices = "/v1/pipelines/mix/nodes/voice/"
	a := k.call("PUT "+voices+"ann", J{"params": J{"source": folder + "/a.wav"}})
	if a.StatusCode != http.StatusCreated || a.Header.Get("Location") != voices+"ann" {
		t.Fatal(a.Status, a.text)
	}
	p := want[wire.PipelineDetail](k, 200, "GET /v1/pipelines/mix", nil)
	if len(p.Branches) != 1 || p.Branches[0].Name != "voice[ann]" || p.Branches[0].Kind != "keyed" || !p.Branches[0].Runs {
		t.Errorf("%+v", p.Branches)
	}
	if !slices.ContainsFunc(p.Nodes, func(n wire.Node) bool { return n.Name == "voice[ann]/gain" }) {
		t.Errorf("%+v", p.Nodes)
	}
	want[J](k, 200, "PATCH /v1/pipelines/mix/nodes/voice%5Bann%5D%2Fgain", J{"volume": 0.5})
	k.refused(409, fault.NameInUse, "PUT "+voices+"ann", J{"params": J{"source": folder + "/a.wav"}})
	k.refused(403, fault.Forbidden, "PUT "+voices+"eve", J{"params": J{"source": "/etc/passwd"}})
	k.refused(422, fault.InvalidParams, "PUT "+voices+"bob", J{"params": J{"source": folder + "/b.wav", "volume": 7}})
	k.refused(422, fault.InvalidParams, "PUT "+voices+"bob", nil)
	k.refused(422, fault.InvalidParams, "PUT "+voices+"b%20b", J{"params": J{"source": folder + "/b.wav"}})
	k.refused(404, fault.ResourceNotFound, "PUT /v1/pipelines/mix/nodes/sound/bob", J{"params": J{}})
	want[J](k, 201, "PUT "+voices+"bob", J{"params": J{"source": folder + "/b.wav"}})
	k.refused(422, fault.InvalidParams, "PUT "+voices+"carl", J{"params": J{"source": folder + "/c.wav"}}) // one too many
	want[J](k, 204, "DELETE "+voices+"ann", nil)
	k.refused(404, fault.ResourceNotFound, "DELETE "+voices+"ann", nil)
	if p := want[wire.Pipeline](k, 200, "GET /v1/pipelines/mix", nil); len(p.Branches) != 1 {
		t.Errorf("%+v", p.Branches)
	}
}

func TestActions(t *testing.T) {
	k, _ := mixer(t)
	k.last().Answer(run.Do, func(c run.Change) (run.Result, error) {
		switch c.Action {
		case "volume":
			text, err := json.Marshal(J{"seat": c.Settings[0].Text, "volume": c.Settings[1].Text})
			return run.Result{JSON: text}, err
		default:
			return run.Result{Type: "image/png", Bytes: []byte("\x89PNG")}, nil
		}
	})
	const sound = "/v1/pipelines/mix/nodes/sound/actions/"
	if got := want[J](k, 200, "POST "+sound+"volume", J{"key": "ann", "volume": 2}); got["seat"] != "ann" || got["volume"] != "2" {
		t.Errorf("%v", got)
	}
	a := k.call("POST "+sound+"mute", J{"key": "ann"})
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "image/png" || a.text != "\x89PNG" {
		t.Error(a.Status, a.Header, a.text)
	}
	p := k.refused(422, fault.InvalidParams, "POST "+sound+"volume", J{"volume": 99, "loud": true})
	var pointers []string
	for _, e := range p.Errors {
		pointers = append(pointers, e.Pointer)
	}
	if got := strings.Join(pointers, " "); got != "/key /volume /loud" {
		t.Errorf("%s", got)
	}
	if p := k.refused(404, fault.ResourceNotFound, "POST "+sound+"dance", nil); !strings.Contains(p.Hint, "volume, mute") {
		t.Errorf("%+v", p)
	}
	asked := k.call("POST /v1/pipelines/mix/nodes/out/actions/key_frame", nil)
	if asked.StatusCode != http.StatusOK {
		t.Error(asked.Status, asked.text)
	}
	k.eventually("the request for a key frame", func() bool {
		return slices.ContainsFunc(k.last().Calls(), func(c callOf) bool { return c.Change.Verb == run.AskKey })
	})
}
