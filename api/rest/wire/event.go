package wire

import "time"

// Event is something that happened.
type Event struct {
	ID   string         `json:"id" doc:"Names it, also after a restart: what to give as Last-Event-ID." example:"k3x9q2-117"`
	Time time.Time      `json:"time"`
	Name string         `json:"name" doc:"What happened: stream.published, instance.changed, reader.joined, …" example:"stream.published"`
	Path string         `json:"path,omitempty" doc:"Of what it is about, as routes have it." example:"/live/cam"`
	Vars map[string]any `json:"vars,omitempty" doc:"Variables of the event."`
	Body any            `json:"body,omitempty" doc:"More of it, by the name of the event."`
}
