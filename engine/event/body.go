package event

import (
	"time"

	"sluice/engine/fault"
)

// Names of the events that the engine itself raises, with the body that each carries.
const (
	InstanceChanged = "instance.changed" // Instance
	StreamPublished = "stream.published" // Stream
	StreamChanged   = "stream.changed"   // Stream: its tracks are others
	StreamEnded     = "stream.ended"     // Stream
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

// Stream is a change of what is published under a name.
type Stream struct {
	Name        string   `json:"name"`
	Publication uint64   `json:"publication"` // tells the publications of one name apart
	Tracks      []string `json:"tracks,omitempty"`
	Cause       *Cause   `json:"cause,omitempty"` // why it ended
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
	Text  string     `json:"text"`
	Blame string     `json:"blame"`
}

// CauseOf describes an error; nil for nil.
func CauseOf(err error) *Cause {
	if err == nil {
		return nil
	}
	code := fault.CodeOf(err)
	return &Cause{Code: code, Text: err.Error(), Blame: string(code.Blame())}
}
