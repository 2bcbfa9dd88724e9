package v1

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"sluice/api/rest/feed"
	"sluice/api/rest/wire"
	"sluice/engine/event"
	"sluice/engine/fault"
)

func (v *V1) addEvents() {
	const about = "Server-sent events, as EventSource takes them. The data of each is JSON: id, time, name, path, vars and body. " +
		"Who connects again with Last-Event-ID gets what happened meanwhile, as far as it is known: else feed.reset comes first. feed.lost " +
		"says that events are missing because the client reads too slowly."
	add(v, op{
		method: http.MethodGet, path: "/v1/events", id: "follow-events", tag: "events", summary: "Follow what happens",
		about: about, kinds: []string{feed.ContentType}, errors: []int{http.StatusServiceUnavailable},
	}, v.followAll)
	add(v, op{
		method: http.MethodGet, path: "/v1/pipelines/{id}/events", id: "follow-pipeline", tag: pipelinesTag, summary: "Follow a pipeline",
		about: about, kinds: []string{feed.ContentType}, errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, v.followPipeline)
}

// Following says which events somebody follows.
type Following struct {
	Last  string   `header:"Last-Event-ID" maxLength:"64" doc:"The last event that is known."`
	After string   `query:"after" maxLength:"64" doc:"The same, for who cannot send that header."`
	Event []string `query:"event" maxItems:"64" doc:"Only events of these names; stream.* are all that begin so." example:"[\"stream.*\"]"`
}

func (v *V1) followAll(_ context.Context, in *Following) (*huma.StreamResponse, error) {
	return v.follow(in, func(event.Event) bool { return true }) //nolint:contextcheck // huma calls it with the request's
}

func (v *V1) followPipeline(ctx context.Context, in *struct {
	OfPipeline
	Following
}) (*huma.StreamResponse, error) {
	if _, err := v.find(in.ID); err != nil {
		if _, ok := v.over(ctx, in.ID); !ok {
			return nil, err
		}
	}
	mine := func(e event.Event) bool { return about(e) == in.ID }
	return v.follow(&in.Following, mine) //nolint:contextcheck // huma calls it with the request's
}

// about is the pipeline that an event is about; "" if it is about none.
func about(e event.Event) string {
	switch b := e.Body.(type) {
	case event.Instance:
		return b.ID
	case event.Branch:
		return b.ID
	case event.Said:
		return b.ID
	}
	return ""
}

// followers is how many may follow at a time.
const followers = 256

func (v *V1) follow(in *Following, keep func(event.Event) bool) (*huma.StreamResponse, error) {
	if v.following.Add(1) > followers {
		v.following.Add(-1)
		return nil, fault.New(fault.Overloaded, "", "%d clients follow events, and no more may", followers)
	}
	last := in.Last
	if last == "" {
		last = in.After
	}
	cursor, whole := v.feed.After(last, func(e event.Event) bool { return named(e.Name, in.Event) && keep(e) })
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer v.following.Add(-1)
		cursor.Write(ctx.Context(), humaecho.Unwrap(ctx).Response(), whole, feed.Writing{Data: tell, Alive: v.opt.Alive})
	}}, nil
}

// named tells whether an event has one of some names, if there are any.
func named(name string, list []string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(want string) bool {
		begin, several := strings.CutSuffix(want, "*")
		return want == name || several && strings.HasPrefix(name, begin)
	})
}

// tell is what callers hear of an event.
func tell(id string, e event.Event) any {
	return wire.Event{ID: id, Time: e.Time, Name: e.Name, Path: e.Path, Vars: e.Vars, Body: e.Body}
}
