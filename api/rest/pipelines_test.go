package rest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// J is a JSON object.
type J = map[string]any

func TestStartAndEnd(t *testing.T) {
	k := start(t, options{})
	a := k.call("POST /v1/pipelines?wait=5s", J{"graph": "jobs/tone", "params": J{"buffers": 7}, "id": "mine"})
	if a.StatusCode != http.StatusCreated || a.Header.Get("Location") != "/v1/pipelines/mine" {
		t.Fatalf("%s %v %s", a.Status, a.Header, a.text)
	}
	p := want[wire.PipelineDetail](k, 200, "GET /v1/pipelines/mine", nil)
	if p.State != "live" || p.Graph != "jobs/tone" || p.Since.IsZero() || p.Plan == "" || len(p.Nodes) != 2 || p.Policy.Restart == "" {
		t.Errorf("%+v", p)
	}
	if in := p.Nodes[0]; in.Name != "in" || in.Element != "audiotestsrc" || in.Domain != "gst" || !slices.Contains(in.Live, "wave") {
		t.Errorf("%+v", in)
	}
	if p.Process == nil || p.Process.Phase != "running" {
		t.Errorf("%+v", p.Process)
	}
	list := want[wire.Page[wire.Pipeline]](k, 200, "GET /v1/pipelines", nil)
	if len(list.Items) != 1 || list.Total != 1 || list.Items[0].ID != "mine" {
		t.Errorf("%+v", list)
	}
	want[J](k, 202, "DELETE /v1/pipelines/mine?drain=1s", nil)
	k.eventually("its end", func() bool { return k.call("GET /v1/pipelines/mine", nil).StatusCode == http.StatusNotFound })
	k.refused(404, fault.ResourceNotFound, "DELETE /v1/pipelines/mine", nil)
}

func TestStartRefuses(t *testing.T) {
	k := start(t, options{})
	want[J](k, 201, "POST /v1/pipelines", J{"graph": "jobs/tone", "id": "taken"})
	for _, row := range []struct {
		name     string
		body     any
		status   int
		code     fault.Code
		pointers string
	}{
		{"no graph of that name", J{"graph": "jobs/none"}, 404, fault.GraphNotFound, ""},
		{"a graph for an event", J{"graph": "convert"}, 404, fault.NoRoute, ""},
		{"a name that is taken", J{"graph": "jobs/tone", "id": "taken"}, 409, fault.NameInUse, ""},
		{"a bad name", J{"graph": "jobs/tone", "id": "../x"}, 422, fault.InvalidParams, "/id"},
		{"no graph", J{}, 422, fault.InvalidParams, ""},
		{"a graph that is no text", J{"graph": 7}, 422, fault.InvalidParams, "/graph"},
		{"an unknown key", J{"graph": "jobs/tone", "prams": J{}}, 422, fault.InvalidParams, "/prams"},
		{"params that are no object", J{"graph": "jobs/tone", "params": []int{1}}, 422, fault.InvalidParams, "/params"},
		{
			"params of the wrong type", J{"graph": "jobs/tone", "params": J{"buffers": "many", "volume": 5, "nope": true}},
			422, fault.InvalidParams, "/params/buffers /params/nope /params/volume",
		},
		{"a number out of range", J{"graph": "jobs/tone", "params": J{"buffers": 1e30}}, 422, fault.InvalidParams, "/params/buffers"},
		{"a number where a text is wanted", J{"graph": "jobs/tone", "params": J{"wave": 5}}, 422, fault.InvalidParams, "/params/wave"},
		{"a name in capitals", `{"GRAPH":"jobs/tone"}`, 422, fault.InvalidParams, "/GRAPH"},
		{"a name in both", `{"graph":"jobs/tone","Graph":"jobs/copy"}`, 422, fault.InvalidParams, "/Graph"},
		{"a name twice", `{"graph":"jobs/tone","graph":"jobs/copy"}`, 400, fault.InvalidRequest, "/graph"},
		{"a parameter twice", `{"graph":"jobs/tone","params":{"wave":"sine","wave":"ticks"}}`, 400, fault.InvalidRequest, "/params/wave"},
		{"a number beyond all", `{"graph":"jobs/tone","params":{"buffers":1e999}}`, 400, fault.InvalidRequest, "/params/buffers"},
		{"no UTF-8", "{\"graph\":\"\xff\"}", 400, fault.InvalidRequest, ""},
		{"no JSON", "{", 400, fault.InvalidRequest, ""},
		{"nothing", nil, 400, fault.InvalidRequest, ""},
		{"a file that is not allowed", J{"graph": "jobs/copy", "params": J{"source": "/etc/passwd", "target": "/srv/x"}}, 403, fault.Forbidden, ""},
		{"too much", `{"graph":"` + strings.Repeat("x", 300<<10) + `"}`, 413, fault.InvalidRequest, ""},
		{"much nesting", `{"graph":"jobs/tone","params":` + strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20001), 400, fault.InvalidRequest, ""},
	} {
		p := k.refused(row.status, row.code, "POST /v1/pipelines", row.body)
		for _, gos := range []string{"json:", "Go value", "invalid character", "unmarshal", "strconv"} {
			if strings.Contains(p.Detail+p.Hint+fmt.Sprint(p.Errors), gos) {
				t.Errorf("%s: these are no words of the API: %+v", row.name, p)
			}
		}
		var pointers []string
		for _, e := range p.Errors {
			if e.Pointer != "" {
				pointers = append(pointers, e.Pointer)
			}
		}
		slices.Sort(pointers)
		if got := strings.Join(pointers, " "); got != row.pointers && row.pointers != "" {
			t.Errorf("%s: %q, want %q", row.name, got, row.pointers)
		}
	}
	k.refused(415, fault.InvalidRequest, "POST /v1/pipelines", J{"graph": "jobs/tone"}, "Content-Type: text/xml")
	k.refused(422, fault.InvalidParams, "POST /v1/pipelines?wait=soon", J{"graph": "jobs/tone"})
	k.refused(422, fault.InvalidParams, "POST /v1/pipelines?weit=1s", J{"graph": "jobs/tone"})
	if n := len(k.Engine.Instances().Instances()); n != 1 {
		t.Errorf("%d run", n)
	}
}

func TestStartNeedsRoom(t *testing.T) {
	k := start(t, options{change: func(o *restOptions) { o.V1.Pipelines = 2 }})
	for range 2 {
		want[J](k, 201, "POST /v1/pipelines", J{"graph": "jobs/tone"})
	}
	a := k.call("POST /v1/pipelines", J{"graph": "jobs/tone"})
	if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || !strings.Contains(a.text, "rest.pipelines") {
		t.Error(a.Status, a.text)
	}
}

func TestStartIsDoneOnce(t *testing.T) {
	k := start(t, options{})
	body := J{"graph": "jobs/tone", "params": J{"buffers": 3}}
	first := want[wire.Pipeline](k, 201, "POST /v1/pipelines", body, "Idempotency-Key: a")
	again := k.call("POST /v1/pipelines", body, "Idempotency-Key: a")
	if again.StatusCode != http.StatusCreated || again.Header.Get("Location") != "/v1/pipelines/"+first.ID || !strings.Contains(again.text, first.ID) {
		t.Error(again.Status, again.text)
	}
	k.refused(400, fault.InvalidRequest, "POST /v1/pipelines", J{"graph": "jobs/tone"}, "Idempotency-Key: a")
	other := want[wire.Pipeline](k, 201, "POST /v1/pipelines", body, "Idempotency-Key: b")
	if other.ID == first.ID || len(k.Engine.Instances().Instances()) != 2 {
		t.Error("it is not another")
	}
}

// TestHowItWent: who started something learns how it ended.
func TestHowItWent(t *testing.T) {
	k := start(t, options{})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/tone", "id": "bad"}, "Idempotency-Key: a")
	k.Last().Crash(fault.New(fault.MediaCorrupt, "in", "it cannot be decoded"))
	var p wire.Pipeline
	k.eventually("its end", func() bool {
		p = want[wire.Pipeline](k, 200, "GET /v1/pipelines/bad", nil)
		_, runs := k.Engine.Instances().Get("bad")
		return p.State == "failed" && !runs
	})
	if p.Fault == nil || p.Fault.Code != "media_corrupt" || p.Fault.Blame != "peer" || !strings.Contains(p.Fault.Place, "in") {
		t.Errorf("%+v", p.Fault)
	}
	if again := want[wire.Pipeline](k, 201, "POST /v1/pipelines", J{"graph": "jobs/tone", "id": "bad"}, "Idempotency-Key: a"); again.State != "failed" {
		t.Errorf("%+v", again)
	}
	want[J](k, 202, "DELETE /v1/pipelines/bad", nil)
	k.refused(404, fault.ResourceNotFound, "GET /v1/pipelines/bad", nil)
}

func TestListPipelines(t *testing.T) {
	k := start(t, options{})
	for _, id := range []string{"b", "d", "a", "c"} {
		want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/tone", "id": id})
	}
	want[J](k, 201, "POST /v1/pipelines", J{"graph": "jobs/show", "id": "show", "params": J{"name": "cam"}})
	ids := func(query string) (string, string) {
		page := want[wire.Page[wire.Pipeline]](k, 200, "GET /v1/pipelines"+query, nil)
		var out []string
		for _, p := range page.Items {
			out = append(out, p.ID)
		}
		return strings.Join(out, ""), page.Next
	}
	for query, wanted := range map[string][2]string{
		"":                               {"abcdshow", ""},
		"?limit=2":                       {"ab", "b"},
		"?limit=2&after=b":               {"cd", "d"},
		"?limit=3&after=bb":              {"cdshow", ""},
		"?after=zz":                      {"", ""},
		"?graph=jobs/show":               {"show", ""},
		"?graph=jobs%2Ftone&state=live":  {"abcd", ""},
		"?graph=jobs/tone&state=failed":  {"", ""},
		"?graph=jobs/tone&limit=1&after": {"a", "a"},
	} {
		if got, next := ids(query); got != wanted[0] || next != wanted[1] {
			t.Errorf("%s: %q %q, want %q", query, got, next, wanted)
		}
	}
	for _, bad := range []string{"?limit=0", "?limit=1001", "?limit=x", "?state=happy"} {
		if p := k.refused(422, fault.InvalidParams, "GET /v1/pipelines"+bad, nil); len(p.Errors) != 1 || p.Errors[0].Parameter == "" {
			t.Errorf("%s: %+v", bad, p)
		}
	}
	p := want[wire.Pipeline](k, 200, "GET /v1/pipelines/show", nil)
	if !slices.Equal(p.Publishes, []string{"cam"}) {
		t.Errorf("%+v", p)
	}
	if p := k.refused(404, fault.ResourceNotFound, "GET /v1/pipelines/shaw", nil); !strings.Contains(p.Hint, "show") {
		t.Errorf("%+v", p)
	}
}

// TestRawPicturesCost: who has the server make huge pictures needs CPUs for them, though nobody codes them.
func TestRawPicturesCost(t *testing.T) {
	const huge = "graph: v1\nabout: Huge.\nroute:\n  - rest.start\nnodes:\n  in: videotestsrc\n  size: videoscale\n  out: fakesink\n" +
		"links:\n  - in -> [video/x-raw,width=4096,height=4096,framerate=60/1] -> size -> [video/x-raw,width=SIZE,height=SIZE] -> out\n"
	k := start(t, options{cpus: 2, graphs: map[string]string{
		"huge": strings.ReplaceAll(huge, "SIZE", "8000"), "large": strings.ReplaceAll(huge, "SIZE", "720"),
	}})
	k.refused(503, fault.Overloaded, "POST /v1/pipelines", J{"graph": "huge"})
	want[J](k, 201, "POST /v1/pipelines", J{"graph": "large"})
}

func TestPackedBodies(t *testing.T) {
	k := start(t, options{})
	p := k.refused(415, fault.InvalidRequest, "POST /v1/pipelines", J{"graph": "jobs/tone"}, "Content-Encoding: gzip")
	if !strings.Contains(p.Detail, "gzip") || p.Hint == "" {
		t.Errorf("%+v", p)
	}
	want[J](k, 201, "POST /v1/pipelines", J{"graph": "jobs/tone"}, "Content-Encoding: identity")
}

// TestCallersCannotLowerTheirCosts: a graph that a caller writes may say that it costs more than it seems to, and not that it costs less;
// whoever runs the server may.
func TestCallersCannotLowerTheirCosts(t *testing.T) {
	const heavy = "graph: v1\nabout: Heavy.\nroute:\n  - rest.start\nnodes:\n  in: videotestsrc\n  size: videoscale\n  out: fakesink\nlinks:\n" +
		"  - in -> [video/x-raw,width=4096,height=4096,framerate=60/1] -> size -> [video/x-raw,width=8000,height=8000] -> out\npolicy:\n  cost: COST\n"
	light := strings.ReplaceAll(heavy, "COST", "0.01")
	k := writable(t, options{cpus: 2, own: map[string]string{"ours": light}})
	want[J](k, 201, "POST /v1/pipelines", J{"graph": "ours", "id": "ours"})
	want[J](k, 202, "DELETE /v1/pipelines/ours?drain=0s", nil)
	for name, text := range map[string]string{
		"lowered": light + "  latency: 100ms\n", "raised": strings.ReplaceAll(tone, "policy:", "policy:\n  cost: 3"),
	} {
		want[J](k, 201, "PUT /v1/graphs/"+name, text)
		if p := k.refused(503, fault.Overloaded, "POST /v1/pipelines", J{"graph": name}); !strings.Contains(p.Detail, "CPUs") {
			t.Errorf("%+v", p)
		}
	}
	want[J](k, 201, "PUT /v1/graphs/little", strings.ReplaceAll(tone, "policy:", "policy:\n  cost: 1.5"))
	if p := want[wire.Pipeline](k, 201, "POST /v1/pipelines", J{"graph": "little"}); p.Cost != 1.5 {
		t.Errorf("%+v", p)
	}
}
