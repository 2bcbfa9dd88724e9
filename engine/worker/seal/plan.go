// Package seal writes down what cannot leave a process as it is, and reads it in another: errors, moments, and plans with
// their secrets, which stay out of the JSON that might be logged. It sends nothing.
package seal

import (
	"encoding/json"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Plan writes a plan as JSON, and its secrets beside it as JSON of their own.
func Plan(p *plan.Plan) (text, secrets []byte, err error) {
	if text, err = json.Marshal(p); err == nil {
		secrets, err = json.Marshal(p.Secrets())
	}
	return text, secrets, err
}

// Secrets are those of the plan that comes with a change, and those of its settings.
type Secrets struct{ Plan, Settings []string }

// Change writes a change as JSON, and its secrets beside it.
func Change(c run.Change) (text, secrets []byte, err error) {
	if text, err = json.Marshal(c); err != nil {
		return nil, nil, err
	}
	secrets, err = json.Marshal(SecretsOf(c))
	return text, secrets, err
}

// SecretsOf lists what a change hides.
func SecretsOf(c run.Change) Secrets {
	s := Secrets{Settings: plan.Secrets(c.Settings)}
	if c.Plan != nil {
		s.Plan = c.Plan.Secrets()
	}
	return s
}

// OpenPlan reads what Plan wrote. A plan of a newer version is fault.InvalidRequest, before the rest of it is looked at.
func OpenPlan(text, secrets []byte) (*plan.Plan, error) {
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

// OpenChange reads what Change wrote.
func OpenChange(text, secrets []byte) (run.Change, error) {
	var head struct {
		Plan json.RawMessage `json:"plan"`
	}
	var c run.Change
	var hidden Secrets
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
