package main

import (
	"context"
	"crypto/x509"
	"net/netip"
	"os"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/apps"
	"sluice/api/hooks"
	"sluice/api/metrics"
	"sluice/api/rest/guard"
	"sluice/api/websocket"
	"sluice/api/websocket/hook"
	"sluice/cmd/sluice/config"
	"sluice/cmd/sluice/serve"
	"sluice/engine/fault"
)

// hooksDoor begins to call the back ends of applications. It comes before the doors that ask and tell them, and so ends after these.
func hooksDoor(p *serve.Parts) (api.Door, error) {
	list, err := applications(&p.Config, p)
	if list == nil {
		return nil, err
	}
	p.Apps = list
	c := p.Config.Hooks
	roots, err := authorities(c.CA)
	if err != nil {
		return nil, err
	}
	rules, err := guard.New(guard.Rules{Hosts: p.Config.REST.Hosts}, nil)
	if err != nil {
		return nil, err
	}
	p.Hooks, err = hooks.New(hooks.Options{
		Apps: list, Strict: p.Config.Apps.Strict, Timeout: c.Timeout, Attempts: c.Attempts, Calls: c.Calls, Queue: c.Queue,
		Reach: func(to netip.AddrPort) error { return rules.Reach("", to) },
		Roots: roots, Clock: p.Options.Clock, Log: p.Log.With("door", "hooks"),
	})
	if err != nil {
		return nil, err
	}
	return &hooked{hooks: p.Hooks, closed: make(chan struct{})}, nil
}

// applications are those of the configuration; nil if there are none.
func applications(c *config.Config, p *serve.Parts) (*apps.Apps, error) {
	if len(c.Apps.List) == 0 && c.Apps.File == "" && c.Apps.Database == "" && !c.Apps.Strict {
		return nil, nil //nolint:nilnil // all pages are of applications without a back end
	}
	return apps.New(apps.Options{
		Config: c.Apps.List, File: c.Apps.File, Database: c.Apps.Database, Log: p.Log.With("door", "hooks"),
	})
}

// authorities are those of a file and of this machine; nil, which is only these, without a file.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // see above
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.New(fault.ResourceNotFound, "hooks.ca", "%q cannot be read", file).Because(err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fault.New(fault.InvalidParams, "hooks.ca", "there is no certificate in %q", file)
	}
	return pool, nil
}

// hooked is what calls back ends, as a door: nobody comes in by it, but it ends in its turn.
type hooked struct {
	hooks  *hooks.Hooks
	once   sync.Once
	closed chan struct{}
}

// Name implements api.Door.
func (*hooked) Name() string { return "hooks" }

// Listen implements api.Door.
func (*hooked) Listen(context.Context) error { return nil }

// Serve implements api.Door.
func (d *hooked) Serve(ctx context.Context) error {
	select {
	case <-d.closed:
	case <-ctx.Done():
		d.hooks.Close(ctx)
	}
	return nil
}

// lastWords is how long back ends have at least to hear of the clients that were cut off in the end.
const lastWords = 2 * time.Second

// Close implements api.Door.
func (d *hooked) Close(ctx context.Context) error {
	limit, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(lastWords):
			cancel()
		case <-limit.Done():
		}
	})()
	d.hooks.Close(limit)
	d.once.Do(func() { close(d.closed) })
	return nil
}

// asking are the hooks of the WebSocket door; nil if no application has a back end.
func asking(h *hooks.Hooks) websocket.Hooks {
	if h == nil {
		return nil
	}
	return appHooks{h}
}

type appHooks struct{ hooks *hooks.Hooks }

// Session implements hook.Hooks.
func (p appHooks) Session(app string, failed func(string, error)) (hook.Session, error) {
	if !p.hooks.Knows(app) {
		return nil, fault.New(fault.Forbidden, "", "there is no application %.80q", app)
	}
	s, ok := p.hooks.Of(app, failed)
	if !ok {
		return nil, nil //nolint:nilnil // it has no back end
	}
	return s, nil
}

// calledBack counts the calls of back ends; nil if there are none.
func calledBack(h *hooks.Hooks) func() []metrics.Hooked {
	if h == nil {
		return nil
	}
	return func() []metrics.Hooked {
		list := h.Counts()
		out := make([]metrics.Hooked, 0, len(list))
		for _, n := range list {
			out = append(out, metrics.Hooked(n))
		}
		return out
	}
}
