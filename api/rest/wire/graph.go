package wire

// Graph is a graph that can be started, or that others are made of.
type Graph struct {
	Name      string            `json:"name" example:"rooms/mixer"`
	About     string            `json:"about,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Fragment  bool              `json:"fragment,omitempty" doc:"It is a part of other graphs, and does not run by itself."`
	Shipped   bool              `json:"shipped,omitempty" doc:"It came with sluice."`
	File      string            `json:"file" doc:"Below the folder of graphs." example:"rooms/mixer.yaml"`
	Startable bool              `json:"startable,omitempty" doc:"It can be started by its name, with POST /v1/pipelines."`
	Routes    []string          `json:"routes,omitempty" doc:"The events that it answers." example:"[\"rtmp.publish /live/{stream...}\"]"`
}

// Graphs is a page of graphs, and what is not among them.
type Graphs struct {
	Page[Graph]
	Held []Held `json:"held,omitempty" doc:"Files that are not used as they are, because of errors."`
}

// Held is a file of graphs that has errors.
type Held struct {
	File string `json:"file" doc:"Below the folder of graphs."`
	Why  string `json:"why" doc:"The first error."`
	Kept bool   `json:"kept,omitempty" doc:"The version before is still used."`
}

// GraphDetail is a graph with its text.
type GraphDetail struct {
	Graph
	Params []Param `json:"params,omitempty" doc:"What it can be started with."`
	Text   string  `json:"text" doc:"The file that it is in."`
}

// Param is a parameter of a graph.
type Param struct {
	Name     string `json:"name"`
	Type     string `json:"type" example:"int"`
	About    string `json:"about,omitempty"`
	Required bool   `json:"required,omitempty"`
	Default  any    `json:"default,omitempty" doc:"Missing if it depends on other values."`
	Example  string `json:"example,omitempty"`
	Schema   any    `json:"schema" doc:"What it takes, as JSON Schema."`
}

// Lint is what was found in a text.
type Lint struct {
	Errors   int       `json:"errors" doc:"How many of the findings are errors: with any, the graph cannot be used."`
	Warnings int       `json:"warnings"`
	Graphs   []string  `json:"graphs,omitempty" doc:"The graphs in the text, as far as they can be used."`
	Findings []Finding `json:"findings" doc:"All of them, in the order of the text."`
}

// Finding is one thing that the linter found.
type Finding struct {
	Severity string `json:"severity" enum:"error,warning"`
	Code     string `json:"code" doc:"For programs, and for lint:ignore comments." example:"unknown_key"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Line     int    `json:"line" doc:"Counts from 1."`
	Column   int    `json:"column" doc:"Counts from 1, in characters."`
}

// Written is what came of writing a graph.
type Written struct {
	Name    string `json:"name"`
	Version string `json:"version" doc:"What to give in If-Match next time."`
}
