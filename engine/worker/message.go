package worker

import (
	"encoding/json"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
)

// protocol is the version of what the two ends say to each other. It changes with any change to a message or frame:
// there is one binary, but it may have been replaced on disk while a server runs.
const protocol = 1

// cancel is the call that ends another call's context.
const cancel run.Call = "cancel"

// greeting is the first thing a worker says.
type greeting struct {
	Protocol int `json:"protocol"`
	Plans    int `json:"plans"` // the newest version of plans that it reads
}

// prepare is the body of a frame.Plan. The plan's secrets, as JSON, are the message's blob.
type prepare struct {
	ID      string          `json:"id"`
	Plan    json.RawMessage `json:"plan"`
	Epoch   int64           `json:"epoch"` // nanoseconds of CLOCK_MONOTONIC
	Timeout time.Duration   `json:"timeout"`
}

// order is the body of a frame.Change: a call on an instance that is prepared. The secrets of a change are the blob.
type order struct {
	Call    run.Call        `json:"call"`
	Timeout time.Duration   `json:"timeout,omitempty"`
	Change  json.RawMessage `json:"change,omitempty"`
	Of      uint32          `json:"of,omitempty"` // cancel: the message whose call ends
}

// answer is the body of a frame.Result and a frame.Stats. Bytes that an action gave are the blob.
type answer struct {
	Fault  *flaw           `json:"fault,omitempty"`
	Inlets []string        `json:"inlets,omitempty"`
	JSON   json.RawMessage `json:"json,omitempty"`
	Type   string          `json:"type,omitempty"`
	Report *run.Report     `json:"report,omitempty"`
}

// news is the body of a frame.State.
type news struct {
	Greeting *greeting `json:"greeting,omitempty"`
	Notice   *notice   `json:"notice,omitempty"`
}

// notice is a run.Notice.
type notice struct {
	Kind   run.NoticeKind    `json:"kind"`
	Node   string            `json:"node,omitempty"`
	Branch string            `json:"branch,omitempty"`
	Fault  *flaw             `json:"fault,omitempty"`
	Event  string            `json:"event,omitempty"`
	Vars   map[string]string `json:"vars,omitempty"`
}

// read takes a message's JSON apart; what cannot be read breaks the protocol.
func read(m frame.Message, into any) error {
	if err := json.Unmarshal(m.JSON, into); err != nil {
		return fault.New(fault.ProtocolViolation, "", "a %s that cannot be read", m.Kind).Because(err)
	}
	return nil
}

// known tells whether a notice is of a kind that there is.
func (n *notice) known() bool {
	switch n.Kind {
	case run.FirstMedia, run.NodeEnded, run.BranchGone, run.Broken, run.Said:
		return true
	}
	return false
}

// sealPlan is a plan as JSON, and its secrets.
func sealPlan(p *plan.Plan) (text, secrets []byte, err error) {
	if text, err = json.Marshal(p); err == nil {
		secrets, err = json.Marshal(p.Secrets())
	}
	return text, secrets, err
}

// changeSecrets are those of the plan that comes with a change and those of its settings.
type changeSecrets struct{ Plan, Settings []string }

func sealChange(c run.Change) (text, secrets []byte, err error) {
	if text, err = json.Marshal(c); err != nil {
		return nil, nil, err
	}
	secrets, err = json.Marshal(secretsOf(c))
	return text, secrets, err
}

func secretsOf(c run.Change) changeSecrets {
	s := changeSecrets{Settings: plan.Secrets(c.Settings)}
	if c.Plan != nil {
		s.Plan = c.Plan.Secrets()
	}
	return s
}

// openPlan reads what sealPlan wrote. A plan of a newer version is refused before the rest of it is looked at.
func openPlan(text, secrets []byte) (*plan.Plan, error) {
	var p plan.Plan
	var hidden []string
	if err := checkVersion(text); err != nil {
		return nil, err
	}
	if err := unmarshal(text, &p, secrets, &hidden); err != nil {
		return nil, err
	}
	return &p, p.Unveil(hidden)
}

// openChange reads what sealChange wrote.
func openChange(text, secrets []byte) (run.Change, error) {
	var head struct {
		Plan json.RawMessage `json:"plan"`
	}
	var c run.Change
	var hidden changeSecrets
	if err := json.Unmarshal(text, &head); err == nil && head.Plan != nil {
		if err := checkVersion(head.Plan); err != nil {
			return c, err
		}
	}
	if err := unmarshal(text, &c, secrets, &hidden); err != nil {
		return c, err
	}
	if c.Plan != nil {
		if err := c.Plan.Unveil(hidden.Plan); err != nil {
			return c, err
		}
	}
	return c, plan.Unveil(c.Settings, hidden.Settings)
}

func unmarshal(text []byte, into any, secrets []byte, hidden any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return fault.New(fault.InvalidRequest, "", "a plan or change that cannot be read").Because(err)
	}
	if err := json.Unmarshal(secrets, hidden); err != nil {
		return fault.New(fault.InvalidRequest, "", "secrets that cannot be read") // the cause may quote them
	}
	return nil
}

func checkVersion(text []byte) error {
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err == nil && head.Version > plan.Version {
		return fault.New(fault.InvalidRequest, "", "the plan has version %d, and this worker reads up to %d", head.Version, plan.Version).
			Advise("restart the server, so that it and its workers are of one build")
	}
	return nil
}
