package event

import (
	"encoding/json"
	"errors"
	"time"

	"sluice/engine/fault"
)

// Names of the events that the engine itself raises, with the body that each carries.
const (
	InstanceChanged = "instance.changed" // Instance
	BranchChanged   = "branch.changed"   // Branch
	NodeSaid        = "node.said"        // Said
	StreamPublished = "stream.published" // Stream
	StreamChanged   = "stream.changed"   // Stream: its tracks are others
	StreamEnded     = "stream.ended"     // Stream
	StreamMuted     = "stream.muted"     // Mute
	StreamData      = "stream.data"      // Data
	ReaderJoined    = "reader.joined"    // Reader
	ReaderLeft      = "reader.left"      // Reader
)

// Instance is a change of an instance's state.
type Instance struct {
	ID    string    `json:"id"`
	Graph string    `json:"graph"`
	From  string    `json:"from"`
	To    string    `json:"to"`
	Since time.Time `json:"since"`
	Cause *Cause    `json:"cause,omitempty"` // of a bad end
}

// States of a Branch.
const (
	BranchRuns    = "runs"    // a lazy one was started
	BranchEnded   = "ended"   // a lazy one ended: nobody reads it; or the source of a key ended, which is waited for
	BranchGone    = "gone"    // it failed; it may come back
	BranchBack    = "back"    // it came back
	BranchDropped = "dropped" // it failed and does not come back by itself
)

// Branch is a change of a branch of an instance that nobody asked for by name.
type Branch struct {
	ID     string `json:"id"`
	Graph  string `json:"graph"`
	Branch string `json:"branch"`
	State  string `json:"state"`
	Cause  *Cause `json:"cause,omitempty"`
}

// Said is what a node of an instance says of its own: a level, a digit.
type Said struct {
	ID    string            `json:"id"`
	Graph string            `json:"graph"`
	Node  string            `json:"node"`
	What  string            `json:"what"`
	Vars  map[string]string `json:"vars,omitempty"`
}

// Stream is a change of what is published under a name.
type Stream struct {
	Name        string   `json:"name"`
	Publication uint64   `json:"publication"` // tells the publications of one name apart
	Tracks      []string `json:"tracks,omitempty"`
	Cause       *Cause   `json:"cause,omitempty"` // why it ended
}

// Mute says that the publisher of a stream sends nothing worth hearing or seeing of a kind for a while, or that it does
// again.
type Mute struct {
	Name        string `json:"name"`
	Publication uint64 `json:"publication"`
	Kind        string `json:"kind"` // "audio" or "video"
	Muted       bool   `json:"muted"`
}

// Data is what the publisher of a stream tells all who read it.
type Data struct {
	Name        string          `json:"name"`
	Publication uint64          `json:"publication"`
	Payload     json.RawMessage `json:"payload"`
}

// Reader is the coming or going of somebody who reads a stream.
type Reader struct {
	Stream string `json:"stream"`
	Reader uint64 `json:"reader"`
	Units  uint64 `json:"units"` // read, when leaving
	Drops  uint64 `json:"drops"` // lost by being slow, when leaving
	Cause  *Cause `json:"cause,omitempty"`
}

// Cause is a fault in a form that travels.
type Cause struct {
	Code  fault.Code `json:"code"`
	Place string     `json:"place,omitempty"` // where: "rooms/mixer#7f3a/seat[alice]/vdec"
	Text  string     `json:"text"`            // with the place
	Blame string     `json:"blame"`
}

// CauseOf describes an error; nil for nil.
func CauseOf(err error) *Cause {
	if err == nil {
		return nil
	}
	code := fault.CodeOf(err)
	c := &Cause{Code: code, Text: err.Error(), Blame: string(code.Blame())}
	var f *fault.Fault
	if errors.As(err, &f) {
		c.Place = f.Place
	}
	return c
}
