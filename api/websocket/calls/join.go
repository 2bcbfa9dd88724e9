package calls

import (
	"context"
	"slices"
	"strings"

	"sluice/api/calls"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// join raises the event of the call, as soon as the phone's media is there, and answers the page that called. It does so once.
func (c *call) join(ctx context.Context, name string) error {
	phone := c.remote().Media()
	if c.inst != nil || phone == nil {
		return nil
	}
	if !c.incoming {
		c.peer.Prefer(codecs(c.now().Codecs))
	}
	inst, err := c.phone.all.opt.Raise(ctx, c.event(name, phone))
	if err != nil {
		return err
	}
	c.inst = inst
	if c.incoming {
		return c.peer.Connect(ctx)
	}
	answer, err := c.peer.Answer(ctx)
	if err != nil {
		return err
	}
	// The third argument says that it is an answer; the Web SDK does not look at it, mobile ones do.
	c.phone.client.Send("setRemoteSDP", c.id, answer, true)
	return nil
}

// renew raises the event anew: the far end has other codecs. The page, which keeps its own, hears nothing of it.
func (c *call) renew(ctx context.Context) error {
	if c.inst == nil {
		return nil // the graph begins with what is agreed on then
	}
	phone := c.remote().Media()
	leg, swaps := phone.(interface {
		Swap(change func() error) error
	})
	if !swaps {
		return nil
	}
	name := "ws.call"
	if c.incoming {
		name = "sip.invite"
	}
	return leg.Swap(func() error {
		return c.peer.Swap(func() error {
			limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.phone.all.opt.Stop)
			defer cancel()
			if err := c.inst.Stop(limit); err != nil {
				c.phone.all.opt.Log.Warn("a graph did not end properly", "call", c.id, "err", err)
			}
			c.inst = nil // it has been stopped
			inst, err := c.phone.all.opt.Raise(ctx, c.event(name, phone))
			if err == nil {
				c.inst = inst
			}
			return err
		})
	})
}

// event is what graphs are told.
func (c *call) event(name string, phone any) engine.Event {
	about, account := c.now(), c.phone.who()
	vars := map[string]any{"from": about.From, "to": about.To, "headers": headers(about.Headers), "account": account.Login}
	path := account.Login
	if name == "sip.invite" {
		vars["account"], vars["host"] = "browser", account.Domain // as the trigger has it of calls that a page has answered
	} else {
		c.mu.Lock()
		vars["from"], vars["to"] = account.Login, string(c.req.Callee)
		vars["headers"] = headers(c.req.Headers())
		path = string(c.req.Callee)
		c.mu.Unlock()
	}
	return engine.Event{Name: name, Path: "/" + path, Vars: vars, Sessions: map[string]any{"browser": c.peer, "phone": phone}}
}

// now is what is known of the call.
func (c *call) now() calls.About {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.about
}

// headers are those of a call as graphs have maps.
func headers(list map[string]string) map[string]any {
	out := make(map[string]any, len(list))
	for name, value := range list {
		out[name] = value
	}
	return out
}

// codecs are those of names.
func codecs(names []string) []media.Codec {
	var out []media.Codec
	for _, name := range names {
		out = append(out, media.Codec(name))
	}
	return out
}

// named are the names of codecs.
func named(list []media.Codec) []string {
	var out []string
	for _, c := range list {
		out = append(out, string(c))
	}
	return out
}

// proposal is what a page is offered that is called: what the phone has before what else browsers have, so that nothing is converted that
// need not be. Without pictures of the phone's there are none.
func proposal(a calls.About, who webrtc.Proposal) webrtc.Proposal {
	has := codecs(a.Codecs)
	list := func(all ...media.Codec) []media.Codec {
		rank := func(c media.Codec) int {
			if at := slices.Index(has, c); at >= 0 {
				return at
			}
			return len(has)
		}
		slices.SortStableFunc(all, func(x, y media.Codec) int { return rank(x) - rank(y) })
		return all
	}
	who.Audio = list(media.Opus, media.PCMU, media.PCMA, media.G722)
	if a.Video || slices.ContainsFunc(has, func(c media.Codec) bool { return c.Kind() == media.Video }) {
		who.Video = list(media.H264, media.VP8)
	}
	return who
}

// checkNumber says why something cannot be called.
func checkNumber(name, number string, most int) error {
	switch {
	case number == "":
		return fault.New(fault.InvalidRequest, "", "%s is missing", name)
	case len(number) > most, strings.ContainsFunc(number, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fault.New(fault.InvalidRequest, "", "%s is no number or address", name)
	}
	return nil
}
