package run

import (
	"encoding/json"

	"sluice/engine/fault"
	"sluice/engine/plan"
)

// Verb says what a Change does.
type Verb string

// The verbs. Each says which fields of Change it needs and what its Result holds.
const (
	// AddBranch adds the keyed branch called Branch ("seat[alice]") as Plan has it. Plan is the running plan with
	// that branch and replaces it. The result has inlets for the branch's bridges. A branch that is there already
	// is fault.NameInUse.
	AddBranch Verb = "add_branch"
	// RemoveBranch takes a keyed branch out: its media ends properly, everything it held is released. Plan is the
	// running plan without it. The answer to one that is not there is fault.ResourceNotFound.
	RemoveBranch Verb = "remove_branch"
	// StartLazy starts the lazy branch or pipeline called Branch. It is no error if it runs.
	StartLazy Verb = "start_lazy"
	// EndLazy ends the lazy branch or pipeline called Branch. It is no error if it does not run.
	EndLazy Verb = "end_lazy"
	// Set changes values while media flows. Plan is the running plan with other values of properties and of properties of
	// pads; it replaces the running one. A plan that differs in anything else, or in a property that cannot change while
	// playing, is fault.InvalidParams, and then no value is changed.
	Set Verb = "set"
	// Do runs the action called Action of Node with the arguments in Settings. The result has what the action gives.
	Do Verb = "do"
	// AskKey asks whatever feeds the bridge called Bridge, which leads out of GStreamer, for a key frame.
	AskKey Verb = "ask_key"
)

// Change is one change to a running plan. A name that the plan does not have is fault.ResourceNotFound, a value that
// cannot be is fault.InvalidParams. It marshals to JSON with its secrets redacted, as plans do: fit for logs; what
// carries a change to a worker must carry the secrets beside it.
type Change struct {
	Verb     Verb           `json:"verb"`
	Branch   string         `json:"branch,omitempty"`
	Plan     *plan.Plan     `json:"plan,omitempty"`
	Node     string         `json:"node,omitempty"`
	Action   string         `json:"action,omitempty"`
	Bridge   string         `json:"bridge,omitempty"`
	Settings []plan.Setting `json:"settings,omitempty"`
}

// Check says as fault.InvalidRequest which field the verb needs and does not have.
func (c Change) Check() error {
	field, known := c.missing()
	if !known {
		return fault.New(fault.InvalidRequest, "", "there is no change %q", c.Verb)
	}
	if field != "" {
		return fault.New(fault.InvalidRequest, "", "the change %q has no %s", c.Verb, field)
	}
	return nil
}

func (c Change) missing() (field string, known bool) {
	switch c.Verb {
	case AddBranch, RemoveBranch:
		if c.Plan == nil {
			return "plan", true
		}
		return absent("branch", c.Branch), true
	case Set:
		if c.Plan == nil {
			return "plan", true
		}
		return "", true
	case StartLazy, EndLazy:
		return absent("branch", c.Branch), true
	case Do:
		if c.Action == "" {
			return "action", true
		}
		return absent("node", c.Node), true
	case AskKey:
		return absent("bridge", c.Bridge), true
	}
	return "", false
}

// absent gives the field's name if it is empty.
func absent(field, text string) string {
	if text == "" {
		return field
	}
	return ""
}

// Result is what a Change gave. Bytes are the receiver's to keep.
type Result struct {
	JSON   json.RawMessage // of an action; may be nil
	Type   string          // of Bytes: "image/png"
	Bytes  []byte          // a snapshot, a segment; may be nil
	Inlets Inlets          // of AddBranch
}
