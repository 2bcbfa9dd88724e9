package wire

import "time"

// Stream is what is published under a name.
type Stream struct {
	Name        string    `json:"name" example:"live/cam"`
	Publication uint64    `json:"publication" doc:"Tells the publications of one name apart."`
	Since       time.Time `json:"since"`
	Readers     int       `json:"readers"`
	Muted       []string  `json:"muted,omitempty" doc:"Kinds of which the publisher sends nothing worth hearing or seeing now."`
	Tracks      []Track   `json:"tracks"`
}

// Track is one track of a stream.
type Track struct {
	ID        string  `json:"id" example:"video"`
	Kind      string  `json:"kind" example:"video"`
	Codec     string  `json:"codec" example:"h264"`
	Width     int     `json:"width,omitempty"`
	Height    int     `json:"height,omitempty"`
	ClockRate uint32  `json:"clock_rate,omitempty"`
	Channels  int     `json:"channels,omitempty"`
	Profile   string  `json:"profile,omitempty" example:"42e01f"`
	Layer     string  `json:"layer,omitempty" doc:"Of simulcast."`
	BFrames   bool    `json:"b_frames,omitempty"`
	Form      string  `json:"form" enum:"packets,units" doc:"In which it is published."`
	Converted bool    `json:"converted,omitempty" doc:"Another form of what was published, made by a conversion or its graph."`
	Readers   int     `json:"readers"`
	Counts    Counts  `json:"counts" doc:"Of what was published."`
	Derived   *Counts `json:"derived,omitempty" doc:"Of the other form, packets or units, that was made of it."`
}

// StreamDetail is a stream with the pipelines that have to do with it.
type StreamDetail struct {
	Stream
	Pipelines []StreamPipeline `json:"pipelines" doc:"Pipelines that publish, convert or read it."`
}

// StreamPipeline is what a pipeline does to a stream.
type StreamPipeline struct {
	ID       string   `json:"id"`
	Graph    string   `json:"graph"`
	State    string   `json:"state"`
	Does     []string `json:"does" doc:"publish, convert, read." example:"[\"publish\"]"`
	Cost     float64  `json:"cost,omitempty" doc:"CPUs, by the estimate of its plan."`
	Sessions []string `json:"sessions,omitempty" doc:"Roles of the peers that it speaks to."`
}
