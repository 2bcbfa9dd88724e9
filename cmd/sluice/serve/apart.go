package serve

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"sluice/api"
	"sluice/cmd/sluice/config"
)

// Own says how a door is served on addresses of its own.
type Own struct {
	Door              api.Door
	Handler           http.Handler            // takes every request but those of health and of Beside
	Beside            map[string]http.Handler // more handlers, by patterns of net/http
	Listen, TLSListen []string
	Key               string // section of the configuration that the addresses are from
	MaxBody           int    // bytes of a request
	Title, Path       string // for the summary: "REST", "/v1/server"
}

// Apart serves a door on addresses of its own, where the health of the server can be asked for, too. Nil if it has none. Where an
// address is taken that nobody asked for, because another server runs on the machine, this one goes on without the door.
func Apart(p *Parts, o Own) (api.Door, error) {
	secure := o.TLSListen
	if p.Certificates == nil {
		secure = nil
	}
	if len(o.Listen)+len(secure) == 0 {
		return nil, nil //nolint:nilnil // it is switched off
	}
	log := p.Log.With("door", o.Door.Name())
	web := api.NewWeb(api.WebOptions{
		Plain: o.Listen, PlainKey: o.Key + ".listen", Secure: secure, SecureKey: o.Key + ".tls_listen", Certificates: p.Certificates,
		Connections: p.Config.Web.Connections, PerAddress: p.Config.Web.PerAddress, MaxBody: o.MaxBody, Log: log,
	})
	p.Webs[o.Key] = web
	counted := p.Requests.Count(o.Door.Name(), o.Handler)
	all := map[string]http.Handler{"GET /healthz": p.Lives, "GET /readyz": p.Ready, "/": counted}
	for pattern, h := range o.Beside {
		all[pattern] = p.Requests.Count(o.Door.Name(), h)
	}
	for pattern, h := range all {
		if err := web.Handle(pattern, h); err != nil {
			return nil, err
		}
	}
	usual := p.usual(o.Key+".listen") && p.usual(o.Key+".tls_listen")
	return &apart{Group: api.NewGroup(web, o.Door), own: o, web: web, usual: usual, log: log}, nil
}

// usual tells whether nobody has set a key of the configuration.
func (p *Parts) usual(key string) bool {
	s, ok := p.Options.Config.Get(key)
	return !ok || s.Origin == config.Default || s.Origin == config.Dev
}

// apart is a door with a web server of its own.
type apart struct {
	*api.Group
	own   Own
	web   *api.Web
	usual bool
	log   *slog.Logger
}

// Name implements api.Door.
func (a *apart) Name() string { return a.own.Door.Name() }

// Listen implements api.Door.
func (a *apart) Listen(ctx context.Context) error {
	err := a.Group.Listen(ctx)
	if err == nil || !a.usual {
		return err
	}
	a.log.Warn("the server goes on without this door", "err", err)
	a.web = nil
	a.Group = api.NewGroup(a.own.Door)
	return nil
}

// Close implements api.Door. Even where nobody is waited for any more there is time for saying goodbye: HTTP/2 takes a second for that
// (goAwayTimeout of net/http), and answers that the door ends come to an end.
func (a *apart) Close(ctx context.Context) error {
	const moment = 3 * time.Second
	if ctx.Err() != nil {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), moment)
		defer cancel()
		return a.Group.Close(short)
	}
	return a.Group.Close(ctx)
}

// where says in words where the door is.
func (a *apart) where() (title, text string) {
	if a.web == nil {
		return a.own.Title, ""
	}
	var at []string
	add := func(scheme string, list []net.Addr) {
		for _, one := range list {
			at = append(at, scheme+reachable(one)+a.own.Path)
		}
	}
	plain, secure := a.web.Addresses()
	add("http://", plain)
	add("https://", secure)
	return a.own.Title, strings.Join(at, "  ")
}
