package wire

import (
	"bytes"
	"encoding/json"
)

// Types of stream events.
const (
	AudioMuted             = "audioMuted"
	AudioUnmuted           = "audioUnmuted"
	VideoMuted             = "videoMuted"
	VideoUnmuted           = "videoUnmuted"
	EventData              = "data"
	EventResize            = "resize"
	EventNoBandwidth       = "notEnoughBandwidth"
	EventSnapshotFailed    = "snapshotFailed"
	EventSnapshotCompleted = "snapshotCompleted"
)

// SentEvent is what sendStreamEvent says of a stream that the client publishes.
type SentEvent struct {
	MediaSessionID Text            `json:"mediaSessionId"`
	Type           Text            `json:"type"`
	Payload        json.RawMessage `json:"payload"`
}

// StreamEvent is the object of notifyStreamEvent.
type StreamEvent struct {
	MediaSessionID string `json:"mediaSessionId"`
	Type           string `json:"type"`
	Payload        any    `json:"payload,omitempty"`
}

// DataEvent is the message notifyStreamEvent with data of a publisher. It goes to many players, to each with an id of its own,
// and is encoded once.
type DataEvent struct{ payload []byte }

// NewDataEvent makes the event of a payload, which is valid JSON.
func NewDataEvent(payload json.RawMessage) DataEvent {
	// RFC 6455 8.1: browsers end the whole connection for a byte that is not UTF-8, and Go's JSON lets these pass.
	return DataEvent{bytes.ToValidUTF8(payload, []byte("\uFFFD"))}
}

// To is the message to the player with this media session.
func (e DataEvent) To(mediaSessionID string) []byte {
	id, err := json.Marshal(mediaSessionID)
	if err != nil {
		return nil // it cannot be: a string
	}
	const (
		before  = `{"message":"notifyStreamEvent","data":[{"mediaSessionId":`
		between = `,"type":"` + EventData + `","payload":`
		after   = `}]}`
	)
	message := make([]byte, 0, len(before)+len(id)+len(between)+len(e.payload)+len(after))
	message = append(message, before...)
	message = append(message, id...)
	message = append(message, between...)
	message = append(message, e.payload...)
	return append(message, after...)
}

// Size is the payload of a resize event, in pixels.
type Size struct {
	Width  int `json:"streamerVideoWidth"`
	Height int `json:"streamerVideoHeight"`
}

// Reason is the payload of events that only have one.
type Reason struct {
	Info string `json:"info"`
}

// Picture is the payload of snapshotCompleted: a PNG in base64, with nothing before it.
type Picture struct {
	Snapshot string `json:"snapshot"`
}

// Available answers availableStream. The status is a string: the SDK takes all but "true" for false.
type Available struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Info   string `json:"info,omitempty"`
}

// VideoRate is the object of inboundVideoRate and outboundVideoRate: video bits since the message before.
type VideoRate struct {
	MediaSessionID string `json:"mediaSessionId"`
	VideoRate      uint64 `json:"videoRate"`
}

// Fail is the object of the message "fail": a warning to the page.
type Fail struct {
	APIMethod string `json:"apiMethod,omitempty"`
	ID        string `json:"id,omitempty"`
	Status    string `json:"status,omitempty"`
	Info      string `json:"info"`
}
