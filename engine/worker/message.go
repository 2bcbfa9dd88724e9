package worker

import (
	"encoding/json"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/seal"
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
	Fault  *seal.Flaw      `json:"fault,omitempty"`
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
	Fault  *seal.Flaw        `json:"fault,omitempty"`
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
