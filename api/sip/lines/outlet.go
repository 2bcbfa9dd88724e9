package lines

import (
	"context"
	"crypto/rand"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
)

// outlet is a socket that some lines share. Each is called there under a name that nobody but its registrar was told: requests that come
// to another are not for a line.
type outlet struct {
	lines   *Lines
	trusted bool
	network stack.Network
	socket  *stack.Socket
	users   map[string]*Line // by that name; for the holder of the Lines' lock
}

// port is the outlet as one line has it.
type port struct {
	*stack.Socket
	token string
}

// Contact implements stack.Port.
func (p port) Contact(string) sip.Uri { return p.Socket.Contact(p.token) }

// plug gives a line its socket.
func (x *Lines) plug(ctx context.Context, l *Line) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	trusted := l.name != ""
	l.token = rand.Text()
	for _, o := range x.outlets {
		if o.trusted == trusted && o.network == l.way.network && len(o.users) < x.opt.Share {
			o.users[l.token] = l
			l.outlet, l.port = o, port{o.socket, l.token}
			return nil
		}
	}
	from := x.opt.Guarded
	if trusted {
		from = x.opt.Trusted
	}
	o := &outlet{lines: x, trusted: trusted, network: l.way.network, users: map[string]*Line{l.token: l}}
	var err error
	if o.socket, err = from.Open(ctx, o.network, o); err != nil {
		return err
	}
	x.outlets = append(x.outlets, o)
	l.outlet, l.port = o, port{o.socket, l.token}
	return nil
}

// unplug takes a line off its socket. That stays for the next line: goodbyes may still be on their way there.
func (x *Lines) unplug(l *Line) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(l.outlet.users, l.token)
}

// Request implements stack.Handler.
func (o *outlet) Request(in stack.Incoming) {
	o.lines.Take(in, func(user string) (*Line, int) {
		o.lines.mu.Lock()
		defer o.lines.mu.Unlock()
		if l, ok := o.users[user]; ok {
			return l, 0
		}
		return nil, notFound
	})
}
