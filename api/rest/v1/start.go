package v1

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sluice/api/rest/describe"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
	"sluice/engine/value"
)

type startInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"256" doc:"Requests of the same key start one pipeline: for who heard no answer."`
	Wait string `query:"wait" example:"5s" doc:"Waits for media to flow, so long at most, or for the pipeline to end."`
	Body wire.Start
}

type startOutput struct {
	Location string `header:"Location" doc:"Where the pipeline is."`
	Body     wire.Pipeline
}

func (v *V1) startPipeline(ctx context.Context, in *startInput) (*startOutput, error) {
	wait, err := waiting(in.Wait)
	if err != nil {
		return nil, err
	}
	var inst *instance.Instance
	start := func() (string, error) {
		var err error
		if inst, err = v.start(ctx, in.Body); err != nil {
			return "", err
		}
		return inst.ID(), nil
	}
	if in.Key != "" {
		key, request, first := v.opt.User(ctx)+"\n"+in.Key, sum(in.Body), start
		start = func() (string, error) {
			id, _, err := v.once.Do(ctx, key, request, first)
			return id, err
		}
	}
	id, err := start()
	if err != nil {
		return nil, err
	}
	out := &startOutput{Location: "/v1/pipelines/" + url.PathEscape(id)}
	if inst == nil { // it was started by a request before
		inst, _ = v.opt.Engine.Instances().Get(id)
	}
	if inst == nil {
		e, ok := v.over(ctx, id)
		if !ok {
			return nil, v.noPipeline(id)
		}
		out.Body = describe.Ended(e)
		return out, nil
	}
	if wait > 0 {
		settle(ctx, inst, wait)
	}
	out.Body = describe.Pipeline(inst, v.opt.Registry.Spec)
	return out, nil
}

// start starts a graph, and takes care that it can be told how it ends.
func (v *V1) start(ctx context.Context, s wire.Start) (*instance.Instance, error) {
	defer v.starting.Add(-1)
	most := v.opt.Pipelines
	if n := int(v.starting.Add(1)) + len(v.opt.Engine.Instances().Instances()); n > most {
		return nil, fault.New(fault.Overloaded, "", "%d pipelines run, and no more than %d may for another to be started", n-1, most).
			Advise(`end some first; the configuration's key "rest.pipelines" sets the limit`)
	}
	if _, err := v.known(v.opt.Graphs.Current(), s.Graph); err != nil {
		return nil, err // with a hint, which the engine has not
	}
	if s.ID == "" {
		const letters = 10
		s.ID = strings.ToLower(rand.Text()[:letters])
	}
	fresh := v.ended.Begun(s.ID)
	inst, err := v.opt.Engine.Run(ctx, engine.Start{
		Graph: s.Graph, ID: s.ID, Params: s.Params, Check: v.opt.Guard.Plan, Reach: v.opt.Guard.Reach,
	})
	if err != nil {
		if fresh {
			v.ended.Forget(s.ID)
		}
		return nil, err
	}
	v.opt.Log.Info("pipeline started by request", "graph", s.Graph, "instance", s.ID, "user", v.opt.User(ctx))
	return inst, nil
}

// settle waits until a pipeline is live, or has ended.
func settle(ctx context.Context, i *instance.Instance, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_ = i.Ready(ctx) // its state says how it is
}

// waiting reads how long to wait.
func waiting(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := value.Constraint{Type: value.Duration, Min: time.Duration(0), Max: time.Minute}.Parse(text)
	if err != nil {
		return 0, parameter("wait", err)
	}
	wait, _ := d.(time.Duration)
	return wait, nil
}

// sum stands for all that a request asks.
func sum(s wire.Start) string {
	text, _ := json.Marshal(s) // it came as JSON
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// parameter says which parameter of the address is wrong.
func parameter(name string, err error) error {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		f = fault.New(fault.InvalidParams, "", "it cannot be read")
	}
	r := problem.Refuse(http.StatusUnprocessableEntity, fault.InvalidParams, "the parameter %q: %s", name, f.Msg)
	r.Errors = []problem.Detail{{Detail: f.Msg, Code: string(f.Code), Parameter: name, Hint: f.Hint}}
	return r
}
