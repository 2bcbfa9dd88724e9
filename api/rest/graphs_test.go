package rest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

func TestGraphs(t *testing.T) {
	k := start(t, options{own: map[string]string{"mine/tone": tone}})
	list := want[wire.Graphs](k, 200, "GET /v1/graphs", nil)
	var names []string
	for _, g := range list.Items {
		names = append(names, g.Name)
	}
	if got := strings.Join(names, " "); got != "convert jobs/copy jobs/relay jobs/show jobs/tone mine/tone" || list.Total != 6 || list.Held != nil {
		t.Errorf("%s %+v", got, list)
	}
	mine := list.Items[5]
	if mine.Shipped || mine.File != "mine/tone.yaml" || mine.Labels["team"] != "sound" || !mine.Startable || !list.Items[0].Shipped || list.Items[0].Startable {
		t.Errorf("%+v", list.Items)
	}
	if some := want[wire.Graphs](k, 200, "GET /v1/graphs?startable=true&prefix=jobs&limit=2&after=jobs/copy", nil); some.Total != 4 || len(some.Items) != 2 || some.Next != "jobs/show" {
		t.Errorf("%+v", some)
	}
	a := k.call("GET /v1/graphs/mine%2Ftone", nil)
	if tag := a.Header.Get("ETag"); a.StatusCode != http.StatusOK || len(tag) < 10 {
		t.Error(a.Status, tag)
	}
	g := want[wire.GraphDetail](k, 200, "GET /v1/graphs/jobs%2Ftone", nil)
	if g.Text != tone || len(g.Params) != 3 || g.Params[1].Name != "buffers" || g.Params[1].Type != "int" || g.Params[1].Default != 10.0 || g.Params[1].Required {
		t.Errorf("%+v", g)
	}
	if got := want[wire.GraphDetail](k, 200, "GET /v1/graphs/convert", nil); got.Routes[0] != "stream.convert /{stream...}" {
		t.Errorf("%+v", got)
	}
	if p := k.refused(404, fault.GraphNotFound, "GET /v1/graphs/jobs%2Ftune", nil); !strings.Contains(p.Hint, "jobs/tone") {
		t.Errorf("%+v", p)
	}
}

func TestGraphForms(t *testing.T) {
	k := start(t, options{})
	schema := want[J](k, 200, "GET /v1/graphs/jobs%2Ftone/schema", nil)
	if schema["title"] != "jobs/tone" || schema["properties"].(J)["buffers"] == nil {
		t.Errorf("%v", schema)
	}
	for form, row := range map[string][2]string{
		"plan":   {"application/json", `"graph": "jobs/tone"`},
		"dot":    {"text/vnd.graphviz", "digraph"},
		"svg":    {"image/svg+xml", "<svg"},
		"launch": {"text/plain", "audiotestsrc"},
	} {
		a := k.call("GET /v1/graphs/jobs%2Ftone/"+form+"?param=wave=ticks&param=buffers=77", nil)
		if a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), row[0]) || !strings.Contains(a.text, row[1]) {
			t.Errorf("%s: %s %v %s", form, a.Status, a.Header, a.text)
		}
		if form != "dot" && form != "svg" && !strings.Contains(a.text, "77") {
			t.Errorf("%s: the parameter has no effect: %s", form, a.text)
		}
		k.refused(404, fault.GraphNotFound, "GET /v1/graphs/none/"+form, nil)
	}
	p := k.refused(422, fault.InvalidParams, "GET /v1/graphs/jobs%2Ftone/plan?param=buffers=0&param=volume=x", nil)
	if len(p.Errors) != 2 || p.Errors[0].Parameter != "param" || !strings.Contains(p.Errors[0].Detail, "buffers") {
		t.Errorf("%+v", p)
	}
	for _, bad := range []string{"nonsense", "nope=1"} {
		k.refused(422, fault.InvalidParams, "GET /v1/graphs/jobs%2Ftone/plan?param="+bad, nil)
	}
	a := k.call("GET /v1/graphs/convert/plan?param=stream=cam&param=kind=video&param=want.codec=vp8", nil)
	if a.StatusCode != http.StatusOK || !strings.Contains(a.text, `"cam"`) {
		t.Error(a.Status, a.text)
	}
}

// TestPlansTellNothingOfTheEnvironment: whoever may see plans need not see what the server was started with.
func TestPlansTellNothingOfTheEnvironment(t *testing.T) {
	t.Setenv("REST_TEST_SECRET", "hunter2")
	k := start(t, options{graphs: map[string]string{
		"a": "graph: v1\nabout: A.\nnodes:\n  in: videotestsrc\n  over: textoverlay text=$env.REST_TEST_SECRET\n  out: fakesink\nlinks:\n  - in -> over -> out\n",
	}})
	a := k.call("GET /v1/graphs/a/plan", nil)
	if a.StatusCode != http.StatusOK || strings.Contains(a.text, "hunter2") || !strings.Contains(a.text, "env.REST_TEST_SECRET") {
		t.Error(a.Status, a.text)
	}
}

func TestLint(t *testing.T) {
	k := start(t, options{})
	if l := want[wire.Lint](k, 200, "POST /v1/lint", tone, "Content-Type: application/yaml"); l.Errors != 0 || len(l.Graphs) != 1 || l.Graphs[0] != "draft" {
		t.Errorf("%+v", l)
	}
	bad := strings.ReplaceAll(strings.ReplaceAll(tone, "fakesink", "fakesnk"), "labels:", "lables:")
	l := want[wire.Lint](k, 200, "POST /v1/lint", bad)
	if l.Errors != 2 || len(l.Findings) != 2 || l.Findings[0].Code != "unknown_key" || l.Findings[0].Line != 3 || !strings.Contains(l.Findings[1].Hint, "fakesink") {
		t.Errorf("%+v", l)
	}
	conflict := strings.Replace(converting, "about: Converts.", "about: Also.", 1)
	if l := want[wire.Lint](k, 200, "POST /v1/lint?name=other", conflict); len(l.Findings) != 0 {
		t.Errorf("%+v: routes that came with sluice yield", l)
	}
	if l := want[wire.Lint](k, 200, "POST /v1/lint", "\x00\xff"); l.Errors == 0 {
		t.Errorf("%+v", l)
	}
	if l := want[wire.Lint](k, 200, "POST /v1/lint", strings.Repeat("a: [", 5000)); l.Errors == 0 {
		t.Errorf("%+v", l)
	}
	k.refused(413, fault.InvalidRequest, "POST /v1/lint", strings.Repeat("# comment\n", 200_000))
	k.refused(422, fault.InvalidParams, "POST /v1/lint?name=../x", tone)
	k.refused(400, fault.InvalidRequest, "POST /v1/lint", nil)
	if got := len(want[wire.Graphs](k, 200, "GET /v1/graphs", nil).Items); got != 5 {
		t.Errorf("%d graphs: a draft was kept", got)
	}
}

func writable(t *testing.T, o options) *kit {
	t.Helper()
	change := o.change
	o.change = func(r *restOptions) {
		r.V1.Write = true
		if change != nil {
			change(r)
		}
	}
	return start(t, o)
}

func TestWriteGraphs(t *testing.T) {
	k := writable(t, options{})
	a := k.call("PUT /v1/graphs/my%2Ftone", tone, "If-None-Match: *")
	first := a.Header.Get("ETag")
	if a.StatusCode != http.StatusCreated || first == "" || a.Header.Get("Location") != "/v1/graphs/my%2Ftone" {
		t.Fatal(a.Status, a.Header, a.text)
	}
	want[J](k, 201, "POST /v1/pipelines", J{"graph": "my/tone", "id": "running"}) // it is used at once
	k.refused(412, fault.StaleVersion, "PUT /v1/graphs/my%2Ftone", tone, "If-None-Match: *")
	k.refused(428, fault.StaleVersion, "PUT /v1/graphs/my%2Ftone", tone)
	k.refused(412, fault.StaleVersion, "PUT /v1/graphs/my%2Ftone", tone, `If-Match: "other"`)
	louder := strings.Replace(tone, "default: 0.5", "default: 0.9", 1)
	a = k.call("PUT /v1/graphs/my%2Ftone", louder, "If-Match: "+first)
	if a.StatusCode != http.StatusOK || a.Header.Get("ETag") == first {
		t.Error(a.Status, a.Header, a.text)
	}
	text, err := os.ReadFile(filepath.Join(k.Root, "my", "tone.yaml"))
	if err != nil || string(text) != louder {
		t.Error(string(text), err)
	}
	k.refused(412, fault.StaleVersion, "DELETE /v1/graphs/my%2Ftone", nil, "If-Match: "+first)
	k.refused(428, fault.StaleVersion, "DELETE /v1/graphs/my%2Ftone", nil)
	want[J](k, 204, "DELETE /v1/graphs/my%2Ftone", nil, "If-Match: *")
	k.refused(404, fault.GraphNotFound, "GET /v1/graphs/my%2Ftone", nil)
	k.refused(404, fault.GraphNotFound, "DELETE /v1/graphs/my%2Ftone", nil, "If-Match: *")
	if p := want[wire.Pipeline](k, 200, "GET /v1/pipelines/running", nil); p.State == "failed" {
		t.Errorf("%+v", p)
	}
	entries, err := os.ReadDir(filepath.Join(k.Root, "my"))
	if err != nil || len(entries) > 0 {
		t.Error(entries, err)
	}
}

// TestWriteOverShipped: a graph that came with sluice can be replaced, and is back when its replacement is deleted.
func TestWriteOverShipped(t *testing.T) {
	k := writable(t, options{})
	tag := k.call("GET /v1/graphs/jobs%2Ftone", nil).Header.Get("ETag")
	k.refused(403, fault.Forbidden, "DELETE /v1/graphs/jobs%2Ftone", nil, "If-Match: *")
	k.refused(428, fault.StaleVersion, "PUT /v1/graphs/jobs%2Ftone", tone)
	want[J](k, 200, "PUT /v1/graphs/jobs%2Ftone", strings.Replace(tone, "A tone", "Another", 1), "If-Match: "+tag)
	if g := want[wire.GraphDetail](k, 200, "GET /v1/graphs/jobs%2Ftone", nil); g.Shipped || g.About != "Another." {
		t.Errorf("%+v", g)
	}
	want[J](k, 204, "DELETE /v1/graphs/jobs%2Ftone", nil, "If-Match: *")
	if g := want[wire.GraphDetail](k, 200, "GET /v1/graphs/jobs%2Ftone", nil); !g.Shipped || g.About != "A tone." {
		t.Errorf("%+v", g)
	}
}

func TestWriteRefuses(t *testing.T) {
	k := writable(t, options{
		graphs: map[string]string{"mix": clienttest.Mixing, "parts/voice": clienttest.Voice},
		own:    map[string]string{"several": "graph: v1\nname: one\n" + tone[10:] + "---\ngraph: v1\nname: two\n" + tone[10:]},
	})
	for _, row := range []struct {
		name, text string
		status     int
		code       fault.Code
	}{
		{"..%2Fx", tone, 422, fault.InvalidParams},
		{"a%2F..%2F..%2Fx", tone, 422, fault.InvalidParams},
		{"%2Fetc%2Fx", tone, 422, fault.InvalidParams},
		{".hidden", tone, 422, fault.InvalidParams},
		{"a%00b", tone, 422, fault.InvalidParams},
		{strings.Repeat("a%2F", 30) + "a", tone, 422, fault.InvalidParams},
		{strings.Repeat("a", 300), tone, 422, fault.InvalidParams},
		{"bad", "graph: v2\n", 422, fault.LintFailed},
		{"bad", strings.ReplaceAll(tone, "fakesink", "fakesnk"), 422, fault.LintFailed},
		{"two", tone, 409, fault.NameInUse}, // of a file with several
		{"pair", tone + "---\n" + tone, 422, fault.LintFailed},
		{"empty", "# nothing\n", 422, fault.LintFailed},
		{"parts%2Fvoice", strings.Replace(clienttest.Voice, "  sound: fit.src", "  noise: fit.src", 1), 422, fault.LintFailed}, // which mix needs
	} {
		header := "If-None-Match: x"
		if row.name == "parts%2Fvoice" {
			header = "If-Match: *"
		}
		p := k.refused(row.status, row.code, "PUT /v1/graphs/"+row.name, row.text, header)
		if row.name == "bad" && len(p.Errors) == 0 || row.name == "parts%2Fvoice" && !slices.ContainsFunc(p.Errors, atMix) {
			t.Errorf("%s: %+v", row.name, p)
		}
	}
	k.refused(413, fault.InvalidRequest, "PUT /v1/graphs/long", strings.Repeat("# comment\n", 200_000))
	k.refused(404, fault.GraphNotFound, "DELETE /v1/graphs/none", nil, "If-Match: *")
	entries, err := os.ReadDir(k.Root)
	if err != nil || len(entries) != 1 {
		t.Error(entries, err)
	}
	off := start(t, options{})
	for _, what := range []string{"PUT", "DELETE"} {
		if p := off.refused(403, fault.Forbidden, what+" /v1/graphs/x", tone); !strings.Contains(p.Hint, "rest.write") {
			t.Errorf("%+v", p)
		}
	}
}

func atMix(d problem.Detail) bool { return d.File == "shipped/mix.yaml" && d.Line > 0 }

// TestWrittenGraphsTouchNothing: a caller cannot have an event do what he may not do himself.
func TestWrittenGraphsTouchNothing(t *testing.T) {
	folder := t.TempDir()
	o := options{graphs: map[string]string{"jobs/tone": tone, "parts/voice": clienttest.Voice}}
	o.rules.Folders = []string{folder}
	k := writable(t, o)
	const event = "graph: v1\nabout: Reads.\nparams:\n  file: {type: file, default: DEFAULT}\nroute:\n  - ROUTE\nnodes:\n  in: filesrc location=$file\n  out: fakesink\nlinks:\n  - in -> out\n"
	text := func(route, file string) string {
		return strings.NewReplacer("ROUTE", route, "DEFAULT", file).Replace(event)
	}
	for _, row := range []struct {
		name, text string
		allowed    bool
	}{
		{"started by hand, which is checked then", text("rest.start", "/etc/passwd"), true},
		{"by an event, in a folder that is allowed", text("stream.wanted /x", folder+"/a"), true},
		{"by an event", text("stream.wanted /x", "/etc/passwd"), false},
		{"with a file that the route names", text("{event: stream.wanted, path: /x, with: {file: /etc/passwd}}", folder+"/a"), false},
		{"with one that the path names", text("{event: stream.wanted, path: \"/{x...}\", with: {file: \""+folder+"/$(x)\"}}", folder+"/a"), false},
		{"through a fragment", "graph: v1\nabout: Reads.\nroute:\n  - stream.wanted /x\nnodes:\n  in: {use: parts/voice, with: {source: /etc/passwd}}\n  out: fakesink\nlinks:\n  - in.sound -> out\n", false},
	} {
		if row.allowed {
			want[J](k, 201, "PUT /v1/graphs/event", row.text, "If-None-Match: *")
			want[J](k, 204, "DELETE /v1/graphs/event", nil, "If-Match: *")
		} else if p := k.refused(403, fault.Forbidden, "PUT /v1/graphs/event", row.text); p.Place == "" {
			t.Errorf("%s: %+v", row.name, p)
		}
	}
	k.Write("own", text("stream.wanted /mine", "/etc/hostname")) // by hand everything is allowed
	k.Store.Reload()
	k.refused(404, fault.NoRoute, "POST /v1/pipelines", J{"graph": "own"})
}

// TestWrittenGraphsReadNoEnvironment: what the server was started with does not come out in the names of streams.
func TestWrittenGraphsReadNoEnvironment(t *testing.T) {
	t.Setenv("REST_TEST_SECRET", "hunter2")
	const reads = "graph: v1\nabout: Reads.\nnodes:\n  over: textoverlay text=$env.REST_TEST_SECRET\nexports:\n  in: over.video_sink\n  out: over.src\n"
	const uses = "graph: v1\nabout: Uses.\nroute:\n  - rest.start\nnodes:\n  in: videotestsrc\n  over: {use: FRAGMENT}\n  out: fakesink\n" +
		"links:\n  - in -> over.in\n  - over.out -> out\n"
	plain := strings.Replace(reads, "$env.REST_TEST_SECRET", "hello", 1)
	leak := strings.Replace(clienttest.Relay, "name=$to", "name=$to/$env.REST_TEST_SECRET", 1)
	o := options{graphs: map[string]string{"jobs/tone": tone}, own: map[string]string{
		"own": leak, "parts/reads": reads, "parts/plain": plain, "mine": strings.Replace(uses, "FRAGMENT", "parts/plain", 1) + "labels: {of: me}\n",
	}}
	k := writable(t, o)
	for name, text := range map[string]string{
		"itself": leak, "through a fragment": strings.Replace(uses, "FRAGMENT", "parts/reads", 1),
		"in a default": strings.Replace(clienttest.Relay, "to: {type: string, example: copy}", "to: {type: string, default: $env.REST_TEST_SECRET}", 1),
	} {
		if p := k.refused(403, fault.Forbidden, "PUT /v1/graphs/new", text); !strings.Contains(p.Hint, "rest.environment") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	k.refused(403, fault.Forbidden, "PUT /v1/graphs/parts%2Fplain", reads, "If-Match: *")
	want[J](k, 201, "PUT /v1/graphs/new", clienttest.Relay, "If-None-Match: *")
	o.rules.Environment = []string{"REST_TEST_SECRET"}
	want[J](writable(t, o), 201, "PUT /v1/graphs/new", leak, "If-None-Match: *")
}

// TestWrittenGraphsAreSmall: nobody has the server make thousands of elements at once.
func TestWrittenGraphsAreSmall(t *testing.T) {
	pairs := func(n int) string {
		var nodes, links strings.Builder
		for i := range n {
			fmt.Fprintf(&nodes, "  in%d: audiotestsrc\n  out%d: fakesink\n", i, i)
			fmt.Fprintf(&links, "  - in%d -> out%d\n", i, i)
		}
		return "graph: v1\nabout: Many.\nroute:\n  - rest.start\nnodes:\n" + nodes.String() + "links:\n" + links.String()
	}
	uses := func(n int) string {
		var nodes, links strings.Builder
		for i := range n {
			fmt.Fprintf(&nodes, "  in%d: {use: parts/voice, with: {source: a}}\n  out%d: fakesink\n", i, i)
			fmt.Fprintf(&links, "  - in%d.sound -> out%d\n", i, i)
		}
		return "graph: v1\nabout: Many.\nroute:\n  - rest.start\nnodes:\n" + nodes.String() + "links:\n" + links.String()
	}
	k := writable(t, options{graphs: map[string]string{"jobs/tone": tone, "parts/voice": clienttest.Voice}})
	for text, allowed := range map[string]bool{pairs(100): true, pairs(101): false, uses(20): true, uses(99): false} {
		if allowed {
			want[J](k, 201, "PUT /v1/graphs/many", text, "If-None-Match: *")
			want[J](k, 204, "DELETE /v1/graphs/many", nil, "If-Match: *")
		} else if p := k.refused(403, fault.Forbidden, "PUT /v1/graphs/many", text, "If-None-Match: *"); !strings.Contains(p.Detail, "200") {
			t.Errorf("%+v", p)
		}
	}
}
