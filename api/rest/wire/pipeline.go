package wire

import "time"

// Pipeline is one graph running.
type Pipeline struct {
	ID        string     `json:"id" doc:"Its name, which no other pipeline has." example:"k3x9q2ab"`
	Graph     string     `json:"graph" doc:"The graph that runs." example:"rooms/mixer"`
	Plan      string     `json:"plan,omitempty" doc:"Hash of the plan that runs: pipelines of the same one do the same."`
	State     string     `json:"state" enum:"planned,starting,live,degraded,draining,stopped,failed,lost" doc:"Where it is in its life."`
	Since     time.Time  `json:"since" doc:"Since when it is in this state."`
	Fault     *Fault     `json:"fault,omitempty" doc:"What went wrong last, also if it is mended."`
	Restarts  int        `json:"restarts,omitempty" doc:"How often it was begun anew."`
	Retry     *time.Time `json:"retry,omitempty" doc:"When it will be begun anew."`
	Dropped   int        `json:"dropped,omitempty" doc:"Branches that failed and left for good."`
	Lost      int        `json:"lost,omitempty" doc:"Processes that hung and were given up."`
	Cost      float64    `json:"cost,omitempty" doc:"CPUs, by the estimate of its plan."`
	Busy      float64    `json:"busy,omitempty" doc:"CPUs that it keeps busy, at most; known after some seconds."`
	Branches  []Branch   `json:"branches,omitempty" doc:"Parts that come and go."`
	Publishes []string   `json:"publishes,omitempty" doc:"Streams that it publishes."`
	Reads     []string   `json:"reads,omitempty" doc:"Streams that it reads."`
	Converts  []string   `json:"converts,omitempty" doc:"Streams of which it makes another form, because somebody needs it."`
	Sessions  []string   `json:"sessions,omitempty" doc:"Roles of the peers that it speaks to." example:"[\"browser\"]"`
}

// Fault is something that went wrong in a pipeline.
type Fault struct {
	Code  string `json:"code" doc:"What it was, for programs." example:"unreachable"`
	Place string `json:"place,omitempty" doc:"Where." example:"rooms/mixer#k3x9q2ab/in"`
	Text  string `json:"text" doc:"What it was, for people."`
	Blame string `json:"blame" enum:"request,peer,config,server" doc:"Who can mend it."`
}

// Branch is a part of a pipeline that comes and goes.
type Branch struct {
	Name    string `json:"name" example:"seat[alice]"`
	Kind    string `json:"kind" enum:"lazy,keyed,apart" doc:"What makes it come and go: readers, requests, or faults."`
	Runs    bool   `json:"runs"`
	Readers int    `json:"readers,omitempty" doc:"Of a lazy one."`
	Fault   *Fault `json:"fault,omitempty" doc:"Why it does not run."`
}

// PipelineDetail is a pipeline with all that is counted in it.
type PipelineDetail struct {
	Pipeline
	Nodes   []Node   `json:"nodes,omitempty" doc:"The nodes of its graph, those of fragments too."`
	Parts   []Part   `json:"parts,omitempty" doc:"What the compiler put in: queues, and bridges to and from GStreamer."`
	Process *Process `json:"process,omitempty" doc:"Where GStreamer's part runs."`
	Unread  uint64   `json:"unread,omitempty" doc:"Units that came out of GStreamer and that nobody read."`
	Policy  *Policy  `json:"policy,omitempty" doc:"How it starts, stalls, restarts and ends."`
}

// Node is a node of a pipeline.
type Node struct {
	Name    string   `json:"name" example:"seat[alice]/in"`
	Element string   `json:"element" example:"stream.in"`
	Domain  string   `json:"domain" enum:"go,gst" doc:"Where it lives: in the server, or in GStreamer."`
	Branch  string   `json:"branch,omitempty" doc:"The branch that it is part of."`
	Lazy    bool     `json:"lazy,omitempty" doc:"It runs while somebody reads what it makes."`
	Passes  bool     `json:"passes,omitempty" doc:"A conversion that has nothing to do."`
	About   string   `json:"about,omitempty"`
	Live    []string `json:"live,omitempty" doc:"Fields that can be changed while media flows."`
	Actions []string `json:"actions,omitempty" doc:"What it can be asked to do."`
	Counts  *Counts  `json:"counts,omitempty" doc:"What left it. Go nodes are counted with their streams."`
	Silent  *float64 `json:"silent_seconds,omitempty" doc:"How long ago the last unit left it; missing if none has."`
}

// Part is something that the compiler put in.
type Part struct {
	Kind   string   `json:"kind" enum:"queue,bridge"`
	Name   string   `json:"name"`
	Counts Counts   `json:"counts"`
	Silent *float64 `json:"silent_seconds,omitempty" doc:"How long ago the last unit passed; missing if none has."`
}

// Process is where GStreamer's part of a pipeline runs.
type Process struct {
	PID      int      `json:"pid,omitempty" doc:"Of the worker; missing if it runs in the server."`
	Phase    string   `json:"phase" enum:"fresh,prepared,running,drained,spoilt,closed"`
	Stale    bool     `json:"stale,omitempty" doc:"It did not answer in time: these are old news."`
	CPU      float64  `json:"cpu_seconds" doc:"CPU time used so far."`
	Memory   int64    `json:"memory_bytes,omitempty" doc:"Memory that the worker holds."`
	Position float64  `json:"position_seconds,omitempty" doc:"How far it has come in its media."`
	Length   float64  `json:"length_seconds,omitempty" doc:"How long the media is, if it says so."`
	Lazy     []string `json:"lazy,omitempty" doc:"Lazy branches that run."`
}

// Policy is the part of a plan's policy that is worth showing.
type Policy struct {
	Start   string `json:"start" example:"10s"`
	Stall   string `json:"stall" example:"10s"`
	Drain   string `json:"drain" example:"5s"`
	Restart string `json:"restart" enum:"never,error,always"`
	Reload  string `json:"reload" enum:"keep,restart"`
	Worker  string `json:"worker" enum:"own,shared,none"`
}

// Counts are what is counted of everything that media passes.
type Counts struct {
	Units     uint64            `json:"units" doc:"Packets or access units, whichever flow there."`
	Bytes     uint64            `json:"bytes" doc:"Of media in them."`
	Drops     map[string]uint64 `json:"drops,omitempty" doc:"By reason."`
	Keyframes uint64            `json:"keyframes"`
	Lag       float64           `json:"lag_seconds" doc:"Behind the newest."`
	Level     int64             `json:"level" doc:"Units waiting."`
}
