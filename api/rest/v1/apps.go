package v1

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"sluice/api/apps"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// Applications keeps the applications of pages; apps.Apps does.
type Applications interface {
	All() []apps.App // by their keys
	Find(key string) (apps.App, bool)
	Source(key string) apps.Source
	Put(a apps.App) error
	Remove(key string) error
}

func (v *V1) addApps() {
	const tag, app = "applications", "/v1/apps/{key}"
	missing := []int{http.StatusNotFound}
	add(v, op{
		method: http.MethodGet, path: "/v1/apps", id: "list-apps", tag: tag, summary: "List the applications of pages",
		about: "Those of the configuration, of the server's file and of a WCS's database. Passwords and secrets are not told.",
	}, v.listApps)
	add(v, op{method: http.MethodGet, path: app, id: "get-app", tag: tag, summary: "An application", errors: missing}, v.getApp)
	add(v, op{
		method: http.MethodPut, path: app, id: "put-app", tag: tag, summary: "Put an application into the server's file, or change it there",
		about: "It counts for who connects from now on. Its back end may only be where callers may have the server connect to (rest.hosts), " +
			"which is looked at again whenever it is called.",
		errors: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity},
	}, v.putApp)
	add(v, op{
		method: http.MethodDelete, path: app, id: "delete-app", tag: tag, summary: "Remove an application from the server's file",
		errors: []int{http.StatusBadRequest, http.StatusNotFound},
	}, v.deleteApp)
}

// OfApp names an application in a path.
type OfApp struct {
	Key string `path:"key" maxLength:"128" doc:"Its appKey." example:"shop"`
}

func (v *V1) listApps(_ context.Context, in *struct{ Paging }) (*Body[wire.Page[wire.App]], error) {
	some := pageOf(v.opt.Apps.All(), in.Paging, func(a apps.App) string { return a.Key })
	out := wire.Page[wire.App]{Items: make([]wire.App, 0, len(some.Items)), Next: some.Next, Total: some.Total}
	for _, a := range some.Items {
		out.Items = append(out.Items, v.app(a))
	}
	return &Body[wire.Page[wire.App]]{out}, nil
}

func (v *V1) getApp(_ context.Context, in *OfApp) (*Body[wire.App], error) {
	a, ok := v.opt.Apps.Find(in.Key)
	if !ok {
		return nil, noApp(in.Key)
	}
	return &Body[wire.App]{v.app(a)}, nil
}

func noApp(key string) error {
	return fault.New(fault.ResourceNotFound, "", "there is no application %q", key).Advise("/v1/apps lists them")
}

// app is an application without what is secret.
func (v *V1) app(a apps.App) wire.App {
	return wire.App{
		Key: a.Key, Name: a.Called(), URL: a.URL, Username: a.Username, Password: a.Password != "", Signed: a.Secret != "",
		Methods: a.Methods, Fail: a.Fail, Source: string(v.opt.Apps.Source(a.Key)),
	}
}

func (v *V1) putApp(ctx context.Context, in *struct {
	OfApp
	Body wire.AppDraft
}) (*Body[wire.App], error) {
	d := in.Body
	a := apps.App{
		Key: in.Key, Name: d.Name, URL: strings.TrimRight(d.URL, "/"), Username: d.Username, Password: d.Password, Secret: d.Secret,
		Methods: d.Methods, Fail: d.Fail, Callers: true,
	}
	if err := v.mayHave(a); err != nil {
		return nil, err
	}
	if d.Sign {
		a.Secret = rand.Text()
	}
	if err := v.opt.Apps.Put(a); err != nil {
		return nil, err
	}
	v.opt.Log.Info("application put", "app", a, "user", v.opt.User(ctx))
	out := v.app(a)
	if d.Sign {
		out.Secret = a.Secret
	}
	return &Body[wire.App]{out}, nil
}

// mayHave says why an application cannot be put.
func (v *V1) mayHave(a apps.App) error {
	if v.opt.Apps.Source(a.Key) == apps.OfConfig {
		return fault.New(fault.NameInUse, "", "the application %q is of the configuration, which counts before the file", a.Key).
			Advise("change it there")
	}
	if err := a.Check(); err != nil {
		return err
	}
	for _, m := range slices.Concat(a.Methods, a.Fail) {
		if v.opt.Methods != nil && !v.opt.Methods(m) {
			return fault.New(fault.InvalidParams, "", "%.40q is no method of a back end", m)
		}
	}
	if a.URL == "" {
		return nil
	}
	if err := v.opt.Guard.Address(a.URL); err != nil {
		return fault.New(fault.CodeOf(err), "", "the back end of %q is at a host that the API may not reach", a.Key).
			Advise(`the configuration's key "rest.hosts" says which hosts it may`)
	}
	return nil
}

func (v *V1) deleteApp(ctx context.Context, in *OfApp) (*struct{}, error) {
	if err := v.opt.Apps.Remove(in.Key); err != nil {
		return nil, err
	}
	v.opt.Log.Info("application removed", "app", in.Key, "user", v.opt.User(ctx))
	return nil, nil //nolint:nilnil // the answer is empty
}
