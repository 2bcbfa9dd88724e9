package wire

import "time"

// Reader is somebody who reads a stream.
type Reader struct {
	ID     uint64    `json:"id"`
	Name   string    `json:"name,omitempty" doc:"What it calls itself."`
	Since  time.Time `json:"since"`
	Form   string    `json:"form" enum:"packets,units"`
	Paused bool      `json:"paused,omitempty"`
	Wants  string    `json:"wants" doc:"What it can take, best first." example:"video: h264, vp8; audio: opus"`
	Offers string    `json:"offers,omitempty" doc:"What it could take when it came, if it was settled then which of it."`
	Tracks []Choice  `json:"tracks" doc:"What it gets, and why."`
	Lacks  []Lack    `json:"lacks,omitempty" doc:"What it does without though it is published."`
	Counts Counts    `json:"counts" doc:"Of what it was given."`
	// Pipeline and Sessions say whom it serves.
	Pipeline string   `json:"pipeline,omitempty" doc:"The one that reads."`
	Sessions []string `json:"sessions,omitempty" doc:"Those that this pipeline serves."`
}

// Lack is a kind of media that a reader goes without.
type Lack struct {
	Kind string `json:"kind" example:"audio"`
	Why  string `json:"why" example:"aac cannot be decoded"`
}

// Choice is a track that a reader gets.
type Choice struct {
	Kind       string      `json:"kind" example:"video"`
	Track      string      `json:"track" doc:"What it is." example:"h264 1280x720"`
	How        string      `json:"how" enum:"exact,alternative,conversion" doc:"As published, made by its graph, or made for readers."`
	Reason     string      `json:"reason" doc:"Why it is that one." example:"vp9 published, h264 wanted"`
	Conversion *Conversion `json:"conversion,omitempty" doc:"The conversion that makes it."`
}

// Conversion is another form of a track, made because somebody reads it. Readers who want the same share one.
type Conversion struct {
	Kind     string `json:"kind" example:"video"`
	Codec    string `json:"codec" example:"h264"`
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	FPS      int    `json:"fps,omitempty"`
	Bitrate  int    `json:"bitrate,omitempty" doc:"Bits a second."`
	Quality  int    `json:"quality,omitempty" doc:"1 to 100."`
	Rate     int    `json:"rate,omitempty" doc:"Samples a second."`
	Channels int    `json:"channels,omitempty"`
	Graph    string `json:"graph,omitempty" doc:"The graph that makes it, and its version." example:"live/convert@5f2c"`
	Readers  int    `json:"readers" doc:"How many of those that are listed get it."`
	// Pipeline is what makes it.
	Pipeline string   `json:"pipeline,omitempty" doc:"The one that makes it."`
	Elements []string `json:"elements,omitempty" doc:"GStreamer's that do the work." example:"[\"avdec_aac\",\"opusenc\"]"`
	Cost     float64  `json:"cost,omitempty" doc:"CPUs, by the estimate of the pipeline's plan."`
	Busy     float64  `json:"busy,omitempty" doc:"CPUs that it keeps busy; not there before that is known."`
}

// Refusal is somebody, or a conversion, for whom nothing could be started.
type Refusal struct {
	At    time.Time `json:"at"`
	Event string    `json:"event" example:"whep.play"`
	Code  string    `json:"code" example:"codec_not_available"`
	Text  string    `json:"text"`
}

// SessionExplanation says why somebody who is connected gets what he gets, or what becomes of what he publishes.
type SessionExplanation struct {
	Session Session       `json:"session"`
	Streams []Explanation `json:"streams" doc:"Those that its pipeline reads, with this reader alone, and those that it publishes, with all."`
}

// Explanation says why those who play a stream get what they get.
type Explanation struct {
	Name        string           `json:"name"`
	Published   bool             `json:"published"`
	Tracks      []Track          `json:"tracks,omitempty"`
	Pipelines   []StreamPipeline `json:"pipelines,omitempty" doc:"Pipelines that publish, convert or read it."`
	Conversions []Conversion     `json:"conversions,omitempty"`
	Readers     []Reader         `json:"readers,omitempty" doc:"A hundred of them at most; GET /v1/streams/{name}/readers has all."`
	Wanted      []Route          `json:"wanted,omitempty" doc:"Graphs that would bring it if nobody published it, the first one first."`
	Convert     []Route          `json:"convert,omitempty" doc:"Graphs that convert it for who cannot take it, by kind of media."`
	Refused     []Refusal        `json:"refused,omitempty" doc:"What could not be started for it lately, the latest first."`
}

// Route is an event that a graph answers.
type Route struct {
	Event string `json:"event" example:"rtmp.publish"`
	Route string `json:"route" doc:"With its path and conditions." example:"rtmp.publish /live/{stream...}"`
	Graph string `json:"graph" example:"live/rtmp"`
	Place string `json:"place" doc:"File, line and column." example:"live/rtmp.yaml:8:5"`
	Why   string `json:"why,omitempty" doc:"Why it stands where it does among those that match."`
	Taken bool   `json:"taken,omitempty" doc:"It is the one that the event takes."`
}
