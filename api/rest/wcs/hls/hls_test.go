package hls_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"sluice/api/hls/catalog"
	"sluice/api/rest/wcs/hls"
	"sluice/api/rest/wcs/wcstest"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// house has instances, and raises nothing but what it is told.
type house struct {
	*supervisor.Supervisor
	raise func() (*instance.Instance, error)
}

func (h *house) Raise(context.Context, engine.Event) (*instance.Instance, error) { return h.raise() }

func (h *house) Instances() *supervisor.Supervisor { return h.Supervisor }

// server is the calls of a server without media.
func server(t *testing.T) (*house, *hls.Streams, *wcstest.Caller) {
	t.Helper()
	h := &house{Supervisor: supervisor.New(supervisor.Options{})}
	t.Cleanup(func() { _ = h.Stop(context.Background()) })
	c := catalog.New()
	if err := c.Open(catalog.Options{Clock: enginetest.NewClock(), Grace: time.Second}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	x := hls.New(hls.Options{Engine: h, Catalog: c, Clock: enginetest.NewClock()})
	t.Cleanup(x.Close)
	return h, x, wcstest.New(t, hls.Routes(x))
}

// graph is one of a plan.
type graph struct{ plan plan.Plan }

func (g graph) Resolve(plan.Inputs) (*plan.Plan, error) { p := g.plan; return &p, nil }

// cut starts a pipeline that makes the HLS of /cam.
func (h *house) cut(t *testing.T, wanted bool) *instance.Instance {
	t.Helper()
	p := plan.Plan{Graph: "cam", Policy: plan.DefaultPolicy(), Nodes: []plan.Node{
		{Name: "hls", Element: "hls.out", Settings: []plan.Setting{{Name: "path", Text: "/cam"}}},
	}}
	inst, err := h.Start(t.Context(), instance.Spec{Template: graph{p}, WhileWanted: wanted})
	if err != nil {
		t.Fatal(err)
	}
	return inst
}

// TestTerminateLeavesPublishersAlone: only what was begun for viewers ends.
func TestTerminateLeavesPublishersAlone(t *testing.T) {
	const terminate, startup = "/rest-api/hls/terminate", "/rest-api/hls/startup"
	name := map[string]string{"name": "cam"}
	h, _, c := server(t)
	c.Refused(terminate, name, http.StatusNotFound, "no HLS")
	own := h.cut(t, false)
	c.Refused(terminate, name, http.StatusConflict, "publisher")
	c.Good(startup, name)
	c.Good(terminate, name) // it is kept no longer
	c.Refused(terminate, name, http.StatusConflict, "publisher")
	select {
	case <-own.Done():
		t.Error("the publisher's pipeline has ended")
	default:
	}
	if err := own.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	viewers := h.cut(t, true)
	c.Good(terminate, name)
	enginetest.Await(t, "the end", viewers.Done())
}

// TestStartupDuringClose: what begins while the server shuts down is not waited for.
func TestStartupDuringClose(t *testing.T) {
	h, x, c := server(t)
	h.raise = func() (*instance.Instance, error) {
		x.Close()
		return h.cut(t, true), nil
	}
	if a := c.Call("/rest-api/hls/startup", map[string]string{"name": "cam"}); a.Code == http.StatusOK {
		t.Errorf("%d %s, from a server that is closed", a.Code, a.Body)
	}
}
