package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"sluice/api/rest/exact"
	"sluice/api/rest/problem"
	"sluice/api/rest/v1"
	"sluice/engine/fault"
)

// Options are what the API is made with.
type Options struct {
	V1 v1.Options // all but User
	// Admit says who makes a request; an error refuses it. It is asked before everything but the description of the API.
	Admit func(r *http.Request) (user string, err error)
	Log   *slog.Logger // nil: nothing is logged
}

// Door is the API on one web server. Safe for concurrent use.
type Door struct {
	opt     Options
	handler *echo.Echo
	v1      *v1.V1
	closed  chan struct{}
	once    sync.Once // closes it
	refused refusals
}

// New makes the door.
func New(o Options) (*Door, error) {
	if o.Admit == nil {
		return nil, fault.New(fault.Internal, "rest", "the API needs to know whom to let in")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{opt: o, handler: echo.New(), closed: make(chan struct{})}
	d.handler.HTTPErrorHandler = d.refuse
	d.handler.Use(spare, harden, d.note, d.admit, plain, decode)
	config := huma.DefaultConfig("sluice", o.V1.Version)
	config.CreateHooks, config.DocsPath, config.SchemasPath = nil, "", ""
	config.OpenAPIPath = "" // huma makes the document when it is asked for, without a lock
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: exact.Unmarshal}
	config.Formats = map[string]huma.Format{"application/json": format, "json": format}
	config.Transformers = []huma.Transformer{describe}
	config.Info.Description = "See, start, change and end what runs in a sluice server. Every error is a problem document (RFC 9457)."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer"}, "basic": {Type: "http", Scheme: "basic"},
	}
	config.Security = []map[string][]string{{}, {"bearer": {}}, {"basic": {}}}
	o.V1.User = userOf
	api := humaecho.New(d.handler, config)
	d.v1 = v1.New(api, o.V1)
	if err := d.publish(api.OpenAPI()); err != nil {
		d.v1.Close()
		return nil, err
	}
	return d, nil
}

// publish serves the description of the API.
func (d *Door) publish(doc *huma.OpenAPI) error {
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} { // huma's own, which describe replaces
		delete(doc.Components.Schemas.Map(), unused)
	}
	asJSON, err := doc.MarshalJSON()
	if err != nil {
		return fault.New(fault.Internal, "rest", "the API cannot be described").Because(err)
	}
	asYAML, err := doc.YAML()
	if err != nil {
		return fault.New(fault.Internal, "rest", "the API cannot be described").Because(err)
	}
	d.handler.GET(openAPI+".json", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/openapi+json", asJSON) })
	d.handler.GET(openAPI+".yaml", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/openapi+yaml", asYAML) })
	return nil
}

// openAPI is where the API is described, which is no secret.
const openAPI = "/openapi"

// harden sets what every answer says to browsers and proxies.
func harden(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		return next(c)
	}
}

// userKey marks who makes a request in its context.
type userKey struct{}

func userOf(ctx context.Context) string {
	user, _ := ctx.Value(userKey{}).(string)
	return user
}

// admit lets nobody in who may not.
func (d *Door) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if path := c.Path(); path == openAPI+".json" || path == openAPI+".yaml" {
			return next(c)
		}
		r := c.Request()
		user, err := d.opt.Admit(r)
		if err != nil {
			return err
		}
		r = r.WithContext(context.WithValue(r.Context(), userKey{}, user))
		if q := r.URL.Query(); q.Has("token") { // it is no parameter of what is asked for
			q.Del("token")
			r.URL.RawQuery = q.Encode()
		}
		c.SetRequest(r)
		return next(c)
	}
}

// plain refuses bodies that are packed: nothing here unpacks them.
func plain(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		coding := c.Request().Header.Get("Content-Encoding")
		if coding == "" || strings.EqualFold(coding, "identity") {
			return next(c)
		}
		return problem.Refuse(http.StatusUnsupportedMediaType, fault.InvalidRequest, "a body of Content-Encoding %.40q is not read", coding).
			With("send it as it is")
	}
}

// decode gives handlers the names in a path as they are: echo leaves them escaped if there is more to escape in the path than Go
// would have escaped by itself, as in "live%2Fcam".
func decode(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().URL.RawPath == "" {
			return next(c)
		}
		values := c.ParamValues()
		for i, v := range values {
			text, err := url.PathUnescape(v)
			if err != nil {
				return fault.New(fault.InvalidRequest, "", "the path is not well escaped")
			}
			values[i] = text
		}
		c.SetParamValues(values...)
		return next(c)
	}
}

// describe makes problems of what huma refuses by itself.
func describe(_ huma.Context, _ string, v any) (any, error) {
	if e, ok := v.(*huma.ErrorModel); ok {
		return problem.OfHuma(e), nil
	}
	return v, nil
}

// refuse answers with a problem. It is echo's HTTPErrorHandler.
func (d *Door) refuse(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok {
		err = unrouted(e, c)
	}
	p := problem.Of(err)
	if p.Status >= http.StatusInternalServerError && p.Status != http.StatusServiceUnavailable {
		d.opt.Log.Warn("request failed", "path", c.Request().URL.Path, "status", p.Status, "err", err)
	}
	p.Write(c.Response())
}

// unrouted says why echo found nobody to answer.
func unrouted(e *echo.HTTPError, c echo.Context) error {
	r := c.Request()
	switch e.Code {
	case http.StatusNotFound:
		return problem.Refuse(e.Code, fault.ResourceNotFound, "nothing is at %.200q", r.URL.Path)
	case http.StatusMethodNotAllowed:
		h := c.Response().Header()
		h.Set(echo.HeaderAllow, strings.Replace(h.Get(echo.HeaderAllow), http.MethodGet, "GET, HEAD", 1))
		return problem.Refuse(e.Code, fault.InvalidRequest, "%.20s is not for this resource", r.Method)
	default:
		return problem.Refuse(e.Code, fault.InvalidRequest, "%s", strconv.Itoa(e.Code)+" "+http.StatusText(e.Code))
	}
}

// Handler serves the API.
func (d *Door) Handler() http.Handler { return head(d.handler) }

// OpenAPI is where Handler describes the API.
func (d *Door) OpenAPI() string { return openAPI + ".json" }

// Name is "rest".
func (d *Door) Name() string { return "rest" }

// Listen has nothing to bind.
func (d *Door) Listen(context.Context) error { return nil }

// Serve returns when the door is closed.
func (d *Door) Serve(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-d.closed:
	}
	d.v1.Close()
	return nil
}

// Close ends the answers that do not end by themselves. Pipelines go on: they are the engine's.
func (d *Door) Close(context.Context) error {
	d.once.Do(func() { close(d.closed) })
	d.v1.Close()
	return nil
}
