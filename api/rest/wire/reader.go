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
	Tracks []Choice  `json:"tracks" doc:"What it gets, and why."`
	Counts Counts    `json:"counts" doc:"Of what it was given."`
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

// Session is a pipeline that speaks to a peer: somebody who is connected.
type Session struct {
	ID        string    `json:"id" doc:"Name of its pipeline."`
	Roles     []string  `json:"roles" doc:"What the peers are." example:"[\"browser\"]"`
	Graph     string    `json:"graph"`
	State     string    `json:"state"`
	Since     time.Time `json:"since" doc:"Of the state."`
	Publishes []string  `json:"publishes,omitempty"`
	Reads     []string  `json:"reads,omitempty"`
	Fault     *Fault    `json:"fault,omitempty"`
}
