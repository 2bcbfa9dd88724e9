package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"sluice/api/rest/resttest"
)

// restContract starts a server in which every operation can succeed that this build has all for, with real media throughout.
func restContract(t *testing.T) (*restServer, resttest.Fixtures) {
	t.Helper()
	s := serveREST(t, t.TempDir(), "SLUICE_APPS_FILE="+filepath.Join(t.TempDir(), "apps.json"))
	for _, key := range []string{"shop", "old"} {
		s.want(http.StatusOK, "PUT /v1/apps/"+key, J{})
	}
	s.want(http.StatusCreated, "PUT /v1/graphs/relay", relayingGraph)
	s.want(http.StatusCreated, "PUT /v1/graphs/old", relayingGraph)
	s.publish("cam")
	s.view("cam")
	start := func(graph, id string, params J) {
		s.want(http.StatusCreated, "POST /v1/pipelines?wait=10s", J{"graph": graph, "id": id, "params": params})
	}
	for _, to := range []string{"tap", "gone", "ends"} {
		start("relay", to, J{"from": "cam", "to": to})
	}
	if hasGst {
		start("rooms/mixer", "mix", J{"room": "test", "width": 320, "height": 180})
		s.want(http.StatusCreated, "PUT /v1/pipelines/mix/nodes/seat/bob", J{"params": J{"stream": "tap"}}) // a guest is heard once
	}
	return s, s.fixtures()
}

// fixtures has one for each operation that needs something.
func (s *restServer) fixtures() resttest.Fixtures {
	list, _ := s.want(http.StatusOK, "GET /v1/sessions", nil)["items"].([]any)
	if len(list) < 2 {
		s.t.Fatalf("who publishes and who plays are not both connected: %v", list)
	}
	first, _ := list[0].(J)
	id, _ := first["id"].(string)
	session, tap, mix := map[string]string{"id": id}, map[string]string{"id": "tap"}, func(of ...string) map[string]string {
		out := map[string]string{"id": "mix", "node": of[0]}
		if len(of) > 1 {
			out[of[1]] = of[2]
		}
		return out
	}
	graph, stream := map[string]string{"name": "jobs/pattern"}, map[string]string{"name": "cam"}
	return resttest.Fixtures{
		"get-graph": {Path: graph}, "get-graph-schema": {Path: graph}, "get-graph-plan": {Path: graph}, "get-graph-dot": {Path: graph},
		"get-graph-svg": {Path: graph}, "get-graph-launch": {Path: graph},
		"put-graph":    {Path: map[string]string{"name": "new"}, Body: relayingGraph, Head: []string{"If-None-Match: *"}},
		"lint":         {Body: relayingGraph},
		"delete-graph": {Path: map[string]string{"name": "old"}, Head: []string{"If-Match: *"}},
		"start-pipeline": {
			Body: J{"graph": "relay", "id": "another", "params": J{"from": "cam", "to": "another"}},
		},
		"get-pipeline": {Path: tap}, "follow-pipeline": {Path: tap}, "end-pipeline": {Path: map[string]string{"id": "gone"}},
		"set-fields": {Path: mix("picture"), Body: J{"layout": "speaker"}, Lame: !hasGst},
		"add-key":    {Path: mix("seat", "key", "ann"), Body: J{"params": J{"stream": "cam"}}, Lame: !hasGst},
		"remove-key": {Path: mix("seat", "key", "bob"), Lame: !hasGst},
		"do-action":  {Path: mix("out", "action", "key_frame"), Body: J{}, Lame: !hasGst},
		"get-app":    {Path: map[string]string{"key": "shop"}}, "delete-app": {Path: map[string]string{"key": "old"}},
		"put-app":    {Path: map[string]string{"key": "new"}, Body: J{"name": "New", "sign": true}},
		"get-stream": {Path: stream}, "list-readers": {Path: stream}, "explain-stream": {Path: stream},
		"end-stream":  {Path: map[string]string{"name": "ends"}},
		"get-session": {Path: session}, "explain-session": {Path: session}, "end-session": {Path: session}, "get-element": {Path: map[string]string{"name": "stream.in"}},
	}
}

// TestRESTContract asks a server that runs for everything that its description describes, and holds the answers against it.
func TestRESTContract(t *testing.T) {
	s, fix := restContract(t)
	d := resttest.Read(t, s.Client)
	if len(d.Paths) < 20 {
		t.Errorf("only %d paths are described", len(d.Paths))
	}
	d.Operations(t, s.Client, fix)
}

// TestRESTContractOfRefusals asks for everything in ways that its description does not allow. Conversions may begin meanwhile: the guest
// of the room has one made of what he is given.
func TestRESTContractOfRefusals(t *testing.T) {
	s, fix := restContract(t)
	started := func() (ids []string) {
		list, _ := s.want(http.StatusOK, "GET /v1/pipelines", nil)["items"].([]any)
		for _, one := range list {
			if p, _ := one.(J); p["converts"] == nil {
				ids = append(ids, fmt.Sprint(p["id"]))
			}
		}
		slices.Sort(ids)
		return ids
	}
	before := started()
	resttest.Read(t, s.Client).Refusals(t, s.Client, fix)
	if after := started(); !slices.Equal(after, before) {
		t.Errorf("%v run, %v did before", after, before)
	}
}
