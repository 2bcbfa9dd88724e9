package rest_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/api/rest"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/guard"
	"sluice/api/rest/problem"
	"sluice/api/rest/resttest"
	"sluice/engine/fault"
	"sluice/engine/run/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tone is a graph that touches nothing.
const tone = `graph: v1
about: A tone.
labels: {team: sound}
params:
  wave: {type: string, default: sine, about: What it sounds like.}
  buffers: {type: int, default: 10, min: 1, max: 1000}
  volume: {type: float, default: 0.5, min: 0, max: 1}
route:
  - rest.start
nodes:
  in: audiotestsrc wave=$wave num-buffers=$buffers volume=$volume
  out: fakesink
links:
  - in -> out
policy:
  restart: {when: never}
`

// copying is a graph that reads one file and writes another.
const copying = `graph: v1
about: Copies.
params:
  source: file
  target: file
route:
  - rest.start
nodes:
  in: filesrc location=$source
  out: filesink location=$target
links:
  - in -> out
`

// showing publishes what comes out of GStreamer.
const showing = `graph: v1
about: Shows.
params:
  name: string
route:
  - rest.start
nodes:
  in: test.in video=vp8
  out: stream.out name=$name
links:
  - in -> out
`

// converting is a graph that the hub starts.
const converting = `graph: v1
about: Converts.
route:
  - stream.convert /{stream...}
nodes:
  in: stream.in name=$stream kind=$kind
  to: convert codec=$want.codec
  out: {element: stream.out, set: {name: $stream, track: alternative}, lazy: 10ms}
links:
  - in -> to -> out
`

// kit is the API over an engine that plays nothing.
type kit struct {
	*clienttest.Server
	t *testing.T
}

// callOf is a call that a fake was made.
type callOf = fake.Call

// restOptions are those of the door.
type restOptions = rest.Options

// options change what a kit is made with.
type options struct {
	graphs map[string]string // that come with sluice
	own    map[string]string // in the user's folder
	rules  guard.Rules
	change func(*rest.Options)
	cpus   float64
}

func start(t *testing.T, o options) *kit {
	t.Helper()
	if o.graphs == nil {
		o.graphs = map[string]string{
			"jobs/tone": tone, "jobs/copy": copying, "jobs/show": showing, "jobs/relay": clienttest.Relay, "convert": converting,
		}
	}
	change := func(r *rest.Options) {
		r.V1.Version = "test"
		if o.change != nil {
			o.change(r)
		}
	}
	return &kit{clienttest.Open(t, clienttest.Options{Graphs: o.graphs, Own: o.own, Rules: o.rules, CPUs: o.cpus, Change: change}), t}
}

// client calls the API.
func (k *kit) client() resttest.Client { return resttest.Client{Base: k.URL} }

// call makes a request, as resttest.Client has it.
func (k *kit) call(what string, body any, headers ...string) answer {
	k.t.Helper()
	a := k.client().Call(k.t, what, body, headers...)
	return answer{a.Response, a.Text}
}

// answer is what came back.
type answer struct {
	*http.Response
	text string
}

// want makes a request that is to succeed, and reads the answer.
func want[T any](k *kit, status int, what string, body any, headers ...string) T {
	k.t.Helper()
	a := k.call(what, body, headers...)
	if a.StatusCode != status {
		k.t.Fatalf("%s: %d %s", what, a.StatusCode, a.text)
	}
	var v T
	if a.text != "" {
		if err := json.Unmarshal([]byte(a.text), &v); err != nil {
			k.t.Fatalf("%s: %v in %s", what, err, a.text)
		}
	}
	return v
}

// refused makes a request that is to fail.
func (k *kit) refused(status int, code fault.Code, what string, body any, headers ...string) problem.Problem {
	k.t.Helper()
	a := k.call(what, body, headers...)
	var p problem.Problem
	if err := json.Unmarshal([]byte(a.text), &p); err != nil {
		k.t.Errorf("%s: %v in %q", what, err, a.text)
	}
	if a.StatusCode != status || p.Status != status || p.Code != string(code) || a.Header.Get("Content-Type") != problem.ContentType || p.Title == "" {
		k.t.Errorf("%s: %s %s, want %d %s", what, a.Status, a.text, status, code)
	}
	return p
}

// eventually asks until the answer is as it should be.
func (k *kit) eventually(what string, good func() bool) {
	k.t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for tick := time.NewTicker(time.Millisecond); ; {
		if good() {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			k.t.Fatalf("%s: not in time", what)
		}
	}
}
