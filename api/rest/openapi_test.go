package rest_test

import (
	"testing"

	"sluice/api/apps"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/resttest"
	"sluice/engine/media"
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
		"remove-key": {Path: in("voice", "key", "bob")}, "do-action": {Path: in("sound", "action", "mute"), Body: J{"key": "bob"}},
		"get-stream": {Path: stream}, "list-readers": {Path: stream}, "explain-stream": {Path: stream},
		"end-stream":  {Path: map[string]string{"name": "ends"}},
		"get-session": {Path: map[string]string{"id": session}}, "explain-session": {Path: map[string]string{"id": session}},
		"end-session": {Path: map[string]string{"id": session}},
		"get-element": {Path: map[string]string{"name": "stream.in"}},
		"get-app":     {Path: map[string]string{"key": "shop"}}, "delete-app": {Path: map[string]string{"key": "old"}},
		"put-app": {Path: map[string]string{"key": "new"}, Body: J{"name": "New", "sign": true}},
	}
}

// contract is a server in which every operation can succeed.
func contract(t *testing.T) (*kit, resttest.Fixtures) {
	t.Helper()
	folder := t.TempDir()
	o := options{
		graphs: map[string]string{
			"mix": clienttest.Mixing, "parts/voice": clienttest.Voice, "jobs/relay": clienttest.Relay, "call": clienttest.Calling,
		},
		own: map[string]string{"old": tone},
	}
	o.rules.Folders = []string{folder}
	list := applications(t, apps.App{Key: "shop"})
	if err := list.Put(apps.App{Key: "old"}); err != nil {
		t.Fatal(err)
	}
	o.change = func(r *restOptions) { r.V1.Apps = list }
	k := writable(t, o)
	k.Publish("cam", media.H264, media.Opus)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "mix", "id": "mix"})
	want[J](k, 201, "PUT /v1/pipelines/mix/nodes/voice/bob", J{"params": J{"source": folder + "/b.wav"}})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "gone", "params": J{"from": "cam", "to": "gone"}})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "ends", "params": J{"from": "cam", "to": "ends"}})
	return k, fixtures(folder, k.Call("cam"))
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
