package rest_test

import (
	"strings"
	"testing"

	"sluice/api/rest/resttest"
	"sluice/engine/media"
	"sluice/engine/run"
)

// fixtures has one for each operation that needs something.
func fixtures(folder, session string) resttest.Fixtures {
	mix := map[string]string{"id": "mix"}
	in := func(node string, more ...string) map[string]string {
		out := map[string]string{"id": "mix", "node": node}
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	graph, stream := map[string]string{"name": "mix"}, map[string]string{"name": "cam"}
	another := J{"graph": "jobs/relay", "id": "another", "params": J{"from": "cam", "to": "another"}}
	return resttest.Fixtures{
		"get-graph": {Path: graph}, "get-graph-schema": {Path: graph}, "get-graph-plan": {Path: graph}, "get-graph-dot": {Path: graph},
		"get-graph-svg": {Path: graph}, "get-graph-launch": {Path: graph},
		"put-graph": {Path: map[string]string{"name": "new"}, Body: tone}, "lint": {Body: tone},
		"delete-graph":   {Path: map[string]string{"name": "old"}, Head: []string{"If-Match: *"}},
		"start-pipeline": {Body: another}, "get-pipeline": {Path: mix}, "end-pipeline": {Path: map[string]string{"id": "gone"}},
		"set-fields": {Path: in("sound"), Body: J{}}, "follow-pipeline": {Path: mix},
		"add-key":    {Path: in("voice", "key", "ann"), Body: J{"params": J{"source": folder + "/a.wav"}}},
		"remove-key": {Path: in("voice", "key", "bob")}, "do-action": {Path: in("sound", "action", "mute"), Body: J{"key": "ann"}},
		"get-stream": {Path: stream}, "list-readers": {Path: stream}, "explain-stream": {Path: stream},
		"end-stream":  {Path: map[string]string{"name": "ends"}},
		"get-session": {Path: map[string]string{"id": session}}, "end-session": {Path: map[string]string{"id": session}},
		"get-element": {Path: map[string]string{"name": "stream.in"}},
	}
}

// contract is a server in which every operation can succeed.
func contract(t *testing.T) (*kit, resttest.Fixtures) {
	t.Helper()
	folder := t.TempDir()
	o := options{
		graphs: map[string]string{
			"mix": strings.Replace(mixing, "name=mix", "name=mixed", 1), "parts/voice": voice, "jobs/relay": relay, "call": calling,
		},
		own: map[string]string{"old": tone},
	}
	o.rules.Folders = []string{folder}
	k := writable(t, o)
	k.publish("cam", media.H264, media.Opus)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "mix", "id": "mix"})
	k.last().Answer(run.Do, func(run.Change) (run.Result, error) { return run.Result{JSON: []byte(`{"done":true}`)}, nil })
	want[J](k, 201, "PUT /v1/pipelines/mix/nodes/voice/bob", J{"params": J{"source": folder + "/b.wav"}})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "gone", "params": J{"from": "cam", "to": "gone"}})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "ends", "params": J{"from": "cam", "to": "ends"}})
	return k, fixtures(folder, k.session())
}

// TestContract asks for everything that the document describes, and holds the answers against it.
func TestContract(t *testing.T) {
	k, fix := contract(t)
	d := resttest.Read(t, k.client())
	if d.OpenAPI != "3.1.0" || d.Info.Title != "sluice" || d.Info.Version != "test" || d.Info.Description == "" {
		t.Errorf("%+v", d.Info)
	}
	d.Operations(t, k.client(), fix)
}

// TestContractOfRefusals: what the document does not allow is refused, and named.
func TestContractOfRefusals(t *testing.T) {
	k, fix := contract(t)
	resttest.Read(t, k.client()).Refusals(t, k.client(), fix)
	k.refused(404, "resource_not_found", "GET /v1/nothing", nil)
	k.refused(404, "resource_not_found", "GET /", nil)
}
