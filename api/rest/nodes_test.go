package rest_test

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wire"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/run"
)

// shot is a graph whose pictures can be asked for.
const shot = "graph: v1\nabout: Pictures.\nroute:\n  - rest.start\nnodes:\n  in: videotestsrc is-live=true\n  out: snapshot.out\nlinks:\n  - in -> out\n"

// faces is a graph with pictures of guests, of whom there are none.
const faces = `graph: v1
about: Faces.
params:
  name: string
route:
  - rest.start
nodes:
  guest:
    use: parts/face
    each: {key: who, max: 2}
  picture: video.mix
  enc: vp8enc
  out: stream.out name=$name
links:
  - guest.picture -> picture -> enc -> out
policy:
  end: never
`

const face = `graph: v1
about: A picture.
nodes:
  in: videotestsrc is-live=true
  fit: capsfilter caps=video/x-raw,format=I420,width=64,height=48
links:
  - in -> fit
exports:
  picture: fit.src
`

// mixer starts the graph mix, whose callers may use the files of a folder.
func mixer(t *testing.T) (k *kit, folder string) {
	folder = t.TempDir()
	o := options{graphs: map[string]string{"mix": clienttest.Mixing, "parts/voice": clienttest.Voice, "jobs/shot": shot}}
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
	calls := k.Last().Calls()
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
	k, folder := mixer(t)
	const sound = "/v1/pipelines/mix/nodes/sound/actions/"
	if p := k.refused(404, fault.ResourceNotFound, "POST "+sound+"mute", J{"key": "ann"}); !strings.Contains(p.Detail, `there is no guest "ann"`) {
		t.Errorf("%+v", p)
	}
	want[J](k, 201, "PUT /v1/pipelines/mix/nodes/voice/ann", J{"params": J{"source": folder + "/a.wav"}})
	if got := want[J](k, 200, "POST "+sound+"volume", J{"key": "ann", "volume": 2}); !reflect.DeepEqual(got, J{"volumes": J{"ann": 2.0}}) {
		t.Errorf("%v", got)
	}
	if calls := k.Last().Calls(); calls[len(calls)-1].Change.Verb != run.Set {
		t.Errorf("%+v", calls[len(calls)-1])
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
		return slices.ContainsFunc(k.Last().Calls(), func(c callOf) bool { return c.Change.Verb == run.AskKey })
	})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/shot", "id": "shot"})
	k.Last().Answer(run.Do, func(c run.Change) (run.Result, error) {
		return run.Result{Type: "image/png", Bytes: []byte("\x89PNG " + c.Node + c.Settings[0].Text)}, nil
	})
	a := k.call("POST /v1/pipelines/shot/nodes/out/actions/snapshot", J{"wait": "1s"})
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "image/png" || a.text != "\x89PNG out1s" {
		t.Error(a.Status, a.Header, a.text)
	}
}

// What is shown of those who are not there yet is looked at when it is said, not when somebody else brings them.
func TestFilesOfAnEmptyRoom(t *testing.T) {
	folder := t.TempDir()
	o := options{graphs: map[string]string{"faces": faces, "parts/face": face}}
	o.rules.Folders = []string{folder}
	k := start(t, o)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "faces", "id": "one", "params": J{"name": "one"}})
	if _, err := k.Engine.Run(t.Context(), engine.Start{Graph: "faces", ID: "other", Params: map[string]any{"name": "other"}}); err != nil { // nobody looks at its plans
		t.Fatal(err)
	}
	for _, id := range []string{"one", "other"} {
		picture := "/v1/pipelines/" + id + "/nodes/picture"
		for _, c := range []struct {
			what string
			body J
		}{
			{"POST " + picture + "/actions/avatar", J{"file": "/srv/secret.png"}},
			{"POST " + picture + "/actions/avatar", J{"file": folder + "/../secret.png"}},
			{"POST " + picture + "/actions/background", J{"file": "/srv/secret.png"}},
			{"POST " + picture + "/actions/watermark", J{"file": "/srv/secret.png"}},
			{"PATCH " + picture, J{"avatar": "/srv/secret.png"}},
			{"PATCH " + picture, J{"avatars": J{"ann": "/srv/secret.png"}}},
			{"PATCH " + picture, J{"watermarks": J{"ann": J{"file": "/srv/secret.png"}}}},
		} {
			if p := k.refused(403, fault.Forbidden, c.what, c.body); !strings.Contains(p.Hint, "rest.folders") {
				t.Errorf("%s %v: %+v", c.what, c.body, p)
			}
		}
		want[J](k, 200, "POST "+picture+"/actions/avatar", J{"file": folder + "/a.png"})
		want[J](k, 200, "PATCH "+picture, J{"avatars": J{"ann": folder + "/b.png"}})
		want[J](k, 200, "POST "+picture+"/actions/avatar", J{"file": ""})
	}
}
