// Package v1 is version 1 of the REST API: graphs, pipelines, streams, sessions, events and what describes them. Its OpenAPI document
// is made of its types, which clients written in Go can use as they are. The package opens no port and lets everybody in: both
// are package rest's. A pipeline is what the engine calls an instance: one graph running.
package v1

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sluice/api"
	"sluice/api/apps"
	"sluice/api/rest/draft"
	"sluice/api/rest/ended"
	"sluice/api/rest/feed"
	"sluice/api/rest/guard"
	"sluice/api/rest/once"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
	"sluice/engine/spec"
	"sluice/engine/store"
)

// Engine is what the API needs of the engine.
type Engine interface {
	Run(ctx context.Context, s engine.Start) (*instance.Instance, error)
	Streams() engine.Streams
	Bus() *event.Bus
	Instances() *supervisor.Supervisor
}

// Options are what the API is made with. All but Log, Now, User, Present, Apps, Methods and Folder are needed.
type Options struct {
	Engine   Engine
	Graphs   *store.Store
	Registry *element.Registry
	Guard    *guard.Guard // of what callers start
	// Check finds what is wrong with a set of graphs.
	Check func(graphs []*spec.Graph) []spec.Diagnostic

	// Present are who publishes and plays; nil: nobody does.
	Present *api.Sessions
	// Apps are the applications of pages; nil: there are none, and no file to keep any in.
	Apps Applications
	// Methods tells whether a back end of theirs may have a method; nil: every one.
	Methods func(name string) bool

	Shipped fs.FS  // the graphs that come with sluice
	Folder  string // of the user's graphs; "" if there is none
	Write   bool   // callers may write into it

	// Pipelines is how many may run for callers to start another.
	Pipelines int
	Version   string // of the server
	// User tells who makes the request of a context; nil: nobody is known.
	User func(context.Context) string
	Log  *slog.Logger     // nil: nothing is logged
	Now  func() time.Time // nil: time.Now
	// Alive is how long nothing may come to who follows events without a sign of life; 0: 15 s.
	Alive time.Duration
}

// V1 is the API. Safe for concurrent use.
type V1 struct {
	opt   Options
	begun time.Time
	feed  *feed.Feed
	ended *ended.List
	once  *once.Keeper[string]
	desk  *draft.Desk
	api   huma.API

	following atomic.Int64 // clients that follow events
	starting  atomic.Int64 // pipelines that are not among those that run yet
}

// New adds the operations to an API. Close ends what it begins.
func New(api huma.API, o Options) *V1 {
	const (
		answers = 4096
		day     = 24 * time.Hour
	)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Apps == nil {
		o.Apps = apps.None()
	}
	if o.User == nil {
		o.User = func(context.Context) string { return "" }
	}
	v := &V1{
		opt: o, api: api, begun: o.Now(), feed: feed.New(o.Engine.Bus(), feed.Options{}), ended: ended.New(o.Engine.Bus()),
		once: once.New[string](answers, day, o.Now),
	}
	v.desk = draft.New(draft.Options{Root: o.Folder, Base: o.Shipped, Graphs: o.Graphs, Check: o.Check, Allow: v.allow})
	v.addGraphs()
	v.addPipelines()
	v.addNodes()
	v.addStreams()
	v.addSessions()
	v.addApps()
	v.addEvents()
	v.addRoutes()
	v.addElements()
	v.addServer()
	return v
}

// Close ends the answers that do not end by themselves. It may be called again.
func (v *V1) Close() {
	v.feed.Close()
	v.ended.Close()
}

// op is what is told of an operation.
type op struct {
	method, path, id, tag string
	summary, about        string
	status                int      // of success; 0: 200, or 204 without a body
	also                  []int    // other statuses of success, with the same body
	kinds                 []string // of what success gives, if its type does not say
	errors                []int    // statuses of problems, beside those that any operation may have
	body                  int64    // bytes of the request's body at most; 0: 256 KiB
}

// add adds an operation.
func add[I, O any](v *V1, o op, do func(context.Context, *I) (*O, error)) {
	const (
		body    = 256 << 10
		reading = changing + 5*time.Second // it also ends requests without a body (huma 2.37): no sooner than what they ask for
	)
	out := huma.Operation{
		Method: o.method, Path: o.path, OperationID: o.id, Tags: []string{o.tag}, Summary: o.summary, Description: o.about,
		DefaultStatus: o.status, MaxBodyBytes: o.body, BodyReadTimeout: reading, RejectUnknownQueryParameters: true,
		Responses: map[string]*huma.Response{"default": v.refusal("What went wrong.")},
	}
	if out.MaxBodyBytes == 0 {
		out.MaxBodyBytes = body
	}
	if len(o.kinds) > 0 {
		out.Responses[strconv.Itoa(cmp.Or(o.status, http.StatusOK))] = given(o.kinds)
	}
	if _, versioned := reflect.TypeFor[O]().FieldByName("ETag"); versioned && o.method == http.MethodGet {
		out.Responses[strconv.Itoa(http.StatusNotModified)] = &huma.Response{Description: "It is what If-None-Match names."}
	}
	for _, status := range o.errors {
		out.Responses[strconv.Itoa(status)] = v.refusal(http.StatusText(status))
	}
	for _, status := range o.also {
		body, _ := reflect.TypeFor[O]().FieldByName("Body")
		schema := v.api.OpenAPI().Components.Schemas.Schema(body.Type, true, "")
		out.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/json": {Schema: schema}},
		}
	}
	huma.Register(v.api, out, func(ctx context.Context, in *I) (*O, error) {
		result, err := do(ctx, in)
		if err != nil {
			return nil, v.fail(o, err)
		}
		return result, nil
	})
}

// given describes an answer of one of some kinds.
func given(kinds []string) *huma.Response {
	content := map[string]*huma.MediaType{}
	for _, k := range kinds {
		content[k] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		if k == "application/json" {
			content[k].Schema = &huma.Schema{} // anything
		}
	}
	return &huma.Response{Description: http.StatusText(http.StatusOK), Content: content}
}

// refusal describes an answer that is a problem.
func (v *V1) refusal(about string) *huma.Response {
	schema := v.api.OpenAPI().Components.Schemas.Schema(problemType(), true, "Problem")
	return &huma.Response{Description: about, Content: map[string]*huma.MediaType{problem.ContentType: {Schema: schema}}}
}

// fail makes a problem of an error, and logs it if it is the server's.
func (v *V1) fail(o op, err error) error {
	if _, ours := errors.AsType[*fault.Fault](err); !ours && errors.Is(err, context.DeadlineExceeded) {
		err = fault.New(fault.StartTimeout, "", "it took too long")
	}
	p := problem.Of(err)
	if p.Status >= http.StatusInternalServerError && p.Status != http.StatusServiceUnavailable && !errors.Is(err, context.Canceled) {
		v.opt.Log.Warn("request failed", "operation", o.id, "status", p.Status, "err", err)
	}
	return p
}

// Paging is how lists are asked for.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most."`
	After string `query:"after" maxLength:"512" doc:"The next of the page before: what comes after it."`
}

// pageOf cuts a page out of a list that is ordered by name, without a gap or a repetition for who pages while others come and go.
func pageOf[T any](all []T, by Paging, name func(T) string) wire.Page[T] {
	first := 0
	if by.After != "" {
		i, found := slices.BinarySearchFunc(all, by.After, func(item T, after string) int { return strings.Compare(name(item), after) })
		if first = i; found {
			first++
		}
	}
	last := min(first+by.Limit, len(all))
	p := wire.Page[T]{Items: slices.Clone(all[first:last]), Total: len(all)}
	if last < len(all) && last > first {
		p.Next = name(all[last-1])
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

// Body is an answer without headers of its own.
type Body[T any] struct{ Body T }

// Versioned is an answer with its version, by which clients need not be sent it again.
type Versioned[T any] struct {
	ETag string `header:"ETag" doc:"Version of the answer, for If-None-Match."`
	Body T
}

// versioned gives an answer its version.
func versioned[T any](body T) (*Versioned[T], error) {
	text, err := json.Marshal(body)
	return &Versioned[T]{etag(draft.Sum(text)), body}, err
}

// Known is what the client has of an answer that is Versioned. Package rest looks at it.
type Known struct {
	NoneMatch string `header:"If-None-Match" maxLength:"1024" doc:"ETags of what the client has, or *: if it is that, the answer is 304."`
}

func problemType() reflect.Type { return reflect.TypeFor[problem.Problem]() }
