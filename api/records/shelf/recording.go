package shelf

import (
	"time"

	"sluice/api/records/form"
	"sluice/engine/event"
	"sluice/engine/media"
)

// About says what is to be recorded, and for whom.
type About struct {
	Stream       string `json:"stream"`
	Session      string `json:"session,omitempty"`      // the connection that publishes it
	MediaSession string `json:"mediaSession,omitempty"` // the publication, in the words of the Web SDK
	Login        string `json:"login,omitempty"`
}

// Track describes a track of a recording.
type Track struct {
	Kind   media.Kind  `json:"kind"`
	Codec  media.Codec `json:"codec"`
	Width  int         `json:"width,omitempty"`
	Height int         `json:"height,omitempty"`
}

// Recording is a recording as it is told of, and as it is kept beside its file.
type Recording struct {
	About
	Name     string        `json:"name"` // of the file, in the folder; while it is recorded, the one that it will have if that is known
	Format   form.Format   `json:"format"`
	Tracks   []Track       `json:"tracks"`
	Started  time.Time     `json:"started"` // the wall clock at its first picture
	Ended    time.Time     `json:"ended,omitzero"`
	Duration time.Duration `json:"-"`
	Millis   int64         `json:"duration"` // in milliseconds
	Size     int64         `json:"size"`
	Reason   Reason        `json:"reason,omitempty"`   // why it ended; "" while it is recorded
	Cause    *event.Cause  `json:"cause,omitempty"`    // of a bad end
	Dropped  uint64        `json:"dropped,omitempty"`  // units that were left out as the disk was too slow
	Uploaded string        `json:"uploaded,omitempty"` // where else it is
}

// Reason says why a recording ended.
type Reason string

// The reasons.
const (
	Ended       Reason = "ended"       // the stream did, or whoever records it stopped
	Rotated     Reason = "rotated"     // it was long or large enough, and goes on in another file
	Changed     Reason = "changed"     // the stream has other tracks now, and goes on in another file
	Failed      Reason = "failed"      // Cause says why
	Interrupted Reason = "interrupted" // the server did not end it: it crashed
)
