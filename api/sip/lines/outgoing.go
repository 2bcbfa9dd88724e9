package lines

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/leg"
	"sluice/api/sip/message"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Call implements calls.Line.
func (l *Line) Call(ctx context.Context, out calls.Outgoing, watcher calls.Watcher) (calls.Call, error) {
	to, err := l.whom(out.To)
	if err != nil {
		return nil, err
	}
	headers, err := ours(out.Headers)
	if err != nil {
		return nil, err
	}
	if !out.Audio && !out.Video {
		return nil, fault.New(fault.InvalidParams, "sip", "a call has sound, pictures, or both")
	}
	if !plain(out.ID) || slices.ContainsFunc(out.SDP, func(line string) bool { return !plain(line) }) {
		return nil, fault.New(fault.InvalidParams, "sip", "a name or a line of a call has characters that it cannot have")
	}
	c := newCall(l, out.ID, calls.About{
		From: l.account.Login, To: out.To, Display: out.Display, Audio: out.Audio, Video: out.Video,
	})
	c.watcher = watcher
	if c.about.Display == "" {
		c.about.Display = l.account.Display
	}
	if err := l.add(c); err != nil {
		return nil, err
	}
	c.leg, err = l.media(leg.Options{
		ID: c.id, Audio: out.Audio, Video: out.Video, Prefer: codecs(out.Prefer), Lines: out.SDP,
		Peer: literal(l.server(to).Host), Elsewhere: true, Allowed: l.elsewhere(ctx, l.server(to).Host), Watch: hears{c},
	})
	if err == nil {
		l.lines.carries(c)
		c.leg.Control(control{c})
		c.change(func(*calls.About) bool { return true }) // Trying
		err = c.invite(dialog.Invite{To: to.party, Target: to.uri, Headers: headers}, &ears{call: c})
	}
	if err != nil {
		l.drop(c)
		l.lines.ended(c, calls.SessionFailed)
		if c.leg != nil {
			c.leg.Close(err)
		}
		c.gone()
		return nil, err
	}
	return c, nil
}

// server is where requests for somebody are sent first.
func (l *Line) server(to target) sip.Uri {
	if len(l.way.routes) > 0 {
		return l.way.routes[0]
	}
	return to.uri
}

// invite begins a dialog for the call: its first, or one that a transfer asked for.
func (c *Call) invite(out dialog.Invite, e *ears) error {
	l := c.line
	var with talk = c.leg
	if e.next != nil {
		with = e.next
	}
	offer, err := with.Offer()
	if err != nil {
		return err
	}
	out.From = l.way.self
	if c.about.Display != "" {
		out.From.Display = c.about.Display
	}
	if out.Port == nil {
		out.Port = l.port
	}
	out.Auth, out.Routes, out.Contact, out.Offer, out.Ringing = l.auth, l.way.routes, l.contact(), offer, l.lines.opt.Ring
	out.Follow = l.follows
	c.mu.Lock() // what the ears hear waits until there is a dialog
	defer c.mu.Unlock()
	if e.next != nil && c.about.State.Over() {
		return fault.New(fault.Closed, "sip", "the call ended before it was passed on")
	}
	e.dialog, err = l.lines.opt.Table.Invite(out, e)
	if err != nil {
		return err
	}
	if e.next == nil {
		c.dialog, c.current = e.dialog, e
	} else {
		c.moving = e
	}
	return nil
}

// media makes the media of a call.
func (l *Line) media(o leg.Options) (*leg.Leg, error) {
	x := l.lines.opt
	o.Log, o.Ports, o.Public, o.Codecs, o.Security, o.Require = x.Log, x.Ports, x.Public, x.Codecs, x.Security, x.Secure
	o.Silence, o.InBand = x.Silence, true
	return leg.New(o)
}

// ordinary is the port of SIP, by which addresses are judged.
const ordinary = 5060

// elsewhere says which addresses that are not public media of a call may go to beside that of a server: those of its name, and those of the
// rules.
func (l *Line) elsewhere(ctx context.Context, host string) func(netip.Addr) bool {
	var named []netip.Addr
	if host != "" && !literal(host).IsValid() {
		named, _ = net.DefaultResolver.LookupNetIP(ctx, "ip", host) // without an answer it is public addresses
	}
	x := l.lines.opt
	if l.name == "" && x.Reach != nil { // whoever owns the name says what it stands for, and may say so anew each time
		named = slices.DeleteFunc(named, func(n netip.Addr) bool { return x.Reach(netip.AddrPortFrom(n.Unmap(), ordinary)) != nil })
	}
	return func(a netip.Addr) bool {
		a = a.Unmap()
		return x.Media != nil && x.Media(a) || slices.ContainsFunc(named, func(n netip.Addr) bool { return n.Unmap() == a })
	}
}

// literal is an address that is written as one.
func literal(host string) netip.Addr {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
}

// ours makes headers of what users add to a call: those that SIP leaves to them, and three that say what a call is about.
func ours(list map[string]string) ([]sip.Header, error) {
	const most, longest = 32, 1024
	names := make([]string, 0, len(list))
	for name, text := range list {
		if len(name) > longest || len(text) > longest || strings.ContainsFunc(text, unwritable) || !message.Token(name) || !free(name) {
			return nil, fault.New(fault.InvalidParams, "sip", "%.80q is no header that may be added to a call", name).
				Advise("add headers that begin with X-, of a line each")
		}
		names = append(names, name)
	}
	if len(names) > most {
		return nil, fault.New(fault.InvalidParams, "sip", "no more than %d headers may be added to a call", most)
	}
	slices.Sort(names)
	out := make([]sip.Header, 0, len(names))
	for _, name := range names {
		out = append(out, sip.NewHeader(name, list[name]))
	}
	return out, nil
}

// unwritable tells which signs no line has.
func unwritable(r rune) bool { return r < ' ' || r == 0x7f }

// free tells whether a header is its users'.
func free(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, "x-") || slices.Contains([]string{"subject", "user-to-user", "priority"}, lower)
}

// codecs reads names of codecs as descriptions of pages have them: "PCMU", "opus/48000/2".
func codecs(names []string) []media.Codec {
	var out []media.Codec
	for _, name := range names {
		name, _, _ = strings.Cut(strings.ToLower(name), "/")
		if c := media.Codec(name); !slices.Contains(out, c) {
			if _, known := c.Info(); known {
				out = append(out, c)
			}
		}
	}
	return out
}

// theirs are the headers of a call that users may read.
func theirs(r *sip.Request) map[string]string {
	const most, longest = 64, 4096
	out := map[string]string{}
	for _, h := range r.Headers() {
		if len(out) < most && free(h.Name()) && len(h.Value()) <= longest {
			out[h.Name()] = h.Value()
		}
	}
	return out
}

// person is somebody as a request names him.
type person struct{ name, display string }

// caller is who calls: as a far end that is trusted has found out (RFC 3325 9.1), or as he says himself.
func caller(r *sip.Request, asserted bool) person {
	if u, display, given := message.Identity(r); given && asserted {
		return person{user(u), display}
	}
	if h := r.From(); h != nil {
		return person{user(h.Address), strings.Trim(h.DisplayName, `"`)}
	}
	return person{}
}

// user is what an address is called: its user, or its host where it has none.
func user(u sip.Uri) string {
	if u.User != "" {
		return unescape(u.User)
	}
	return u.Host
}
