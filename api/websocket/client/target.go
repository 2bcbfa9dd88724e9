package client

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"sluice/api/websocket/wire"
	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// target is a stream of another server, and who asks for it. It is a value.
type target struct {
	url     string
	host    string // for people: what else an address has may be secret
	name    string
	app     string
	id      string            // "": each session makes one
	custom  map[string]string // what proves who we are
	timeout time.Duration
	env     element.Env
}

// targetOf reads the settings. What they cannot be is fault.InvalidParams.
func targetOf(env element.Env, conf element.Conf) (target, error) {
	u, err := wire.ServerAddress(conf.Text("url"))
	if err != nil {
		return target{}, err
	}
	if conf.Text("name") == "" {
		return target{}, fault.New(fault.InvalidParams, "name", "it is missing")
	}
	t := target{
		host: u.Host, name: conf.Text("name"), app: conf.Text("app"), id: conf.Text("id"), timeout: conf.Duration("timeout"), env: env,
		custom: map[string]string{},
	}
	for _, field := range []string{"token", "key"} {
		if secret := conf.Text(field); secret != "" {
			t.custom[field] = secret
		}
	}
	if err := t.login(u, conf.Text("login")); err != nil {
		return target{}, err
	}
	u.User, u.Fragment = nil, "" // a WebSocket's address has neither
	t.url = u.String()
	t.env.Log = env.Log.With("server", t.host)
	return t, nil
}

// login takes user and password, of the address or of the setting.
func (t *target) login(u *url.URL, login string) error {
	if password, ok := u.User.Password(); ok {
		t.custom["user"], t.custom["password"] = u.User.Username(), password
	}
	if login == "" {
		return nil
	}
	user, password, ok := strings.Cut(login, ":")
	if !ok || user == "" {
		return fault.New(fault.InvalidParams, "login", "it is not of the form user:password")
	}
	t.custom["user"], t.custom["password"] = user, password
	return nil
}

// session is the ID that the stream is to have there.
func (t *target) session() string {
	if t.id != "" {
		return t.id
	}
	return uuid.NewString()
}

// dial connects, after asking whether that may be.
func (t *target) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Control: t.env.Reach.Control}
	return d.DialContext(ctx, network, address)
}

// peers makes what one connection's peer is made of: ports of its own, which nobody else knows. Only who is called over the loopback is
// told of addresses there.
func (t *target) peers(from net.Addr) (*webrtc.Peers, error) {
	local, err := netip.ParseAddrPort(from.String())
	return webrtc.New(webrtc.Settings{
		UDP: []string{":0"}, TCP: []string{}, Loopback: err == nil && local.Addr().IsLoopback(), ICETimeout: t.timeout, MediaTimeout: t.timeout,
		Log: t.env.Log, Clock: t.env.Clock,
	})
}
