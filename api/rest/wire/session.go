package wire

import "time"

// Session is a client that publishes or plays a stream: somebody who is connected.
type Session struct {
	ID        string    `json:"id" doc:"That of its pipeline, if that serves this client alone."`
	Protocol  string    `json:"protocol" example:"rtmp" doc:"websocket, whip, whep, rtmp, rtsp and others."`
	Direction string    `json:"direction" enum:"publish,play"`
	Stream    string    `json:"stream" doc:"That the client asked for." example:"live/cam"`
	Remote    string    `json:"remote,omitempty" doc:"Address, where known with its port: a personal datum." example:"192.0.2.1:50112"`
	User      string    `json:"user,omitempty" doc:"Who the client proved to be."`
	Since     time.Time `json:"since"`
	Pipeline  string    `json:"pipeline,omitempty" doc:"The one that serves it."`
	Graph     string    `json:"graph,omitempty" doc:"Of the pipeline."`
	State     string    `json:"state,omitempty" doc:"Of the pipeline."`
	Publishes []string  `json:"publishes,omitempty" doc:"By the pipeline."`
	Reads     []string  `json:"reads,omitempty" doc:"By the pipeline."`
	Fault     *Fault    `json:"fault,omitempty" doc:"Of the pipeline."`
}
