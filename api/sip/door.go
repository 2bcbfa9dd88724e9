package sip

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/digest"
	"sluice/api/sip/lines"
	"sluice/api/sip/ports"
	"sluice/api/sip/sdp"
	"sluice/api/sip/stack"
	"sluice/api/visitor"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Options are what a door is made with. Engine is needed.
type Options struct {
	Engine visitor.Engine
	Log    *slog.Logger // nil: nothing is logged
	Agent  string       // what the server is called: "sluice 1.2"; "" is nothing

	// First and Last are the ports of lines, and MediaFirst and MediaLast those of media. 0 of the former is any that are free.
	First, Last           uint16
	MediaFirst, MediaLast int
	Bind                  netip.Addr // where all of them are bound; zero: everywhere
	Public                netip.Addr // what others are told; zero: as bound
	Listen, TLSListen     []string   // "host:port" where trunks and telephones call in
	TLS                   *tls.Config
	Accounts              []Account
	Digest                []string // how callers are asked for a password, best first (digest.ServerOptions.Algorithms); none: MD5

	// Admits and Reach say why an account that was named from outside may not name a host ("sip.example.org:5060"), or be connected to
	// an address; nil: it may.
	Admits func(host string) error
	Reach  func(netip.AddrPort) error
	// Media says whether media may go to an address that is neither the far end's nor, in calls through a registrar, public; nil: to none.
	Media func(netip.Addr) bool

	Share         int
	Codecs        []media.Codec
	Security      sdp.Security
	Secure        bool
	Keys          calls.Keys
	SessionTimer  time.Duration // negative: none
	Ring, Silence time.Duration
	Transfers     bool

	Lines, Calls, PerLine, PerAddress int
	Timeout                           time.Duration // how long a graph may take to begin; 0 is 30 s
}

// Account is an account of the configuration.
type Account struct {
	calls.Account
	Name string
	From []netip.Prefix // who calls in on it without a password
}

// Door makes calls and takes them. Safe for concurrent use.
type Door struct {
	opt      Options
	guarded  *stack.Stack
	trusted  *stack.Stack
	table    *dialog.Table
	ports    *ports.Pool
	lines    *lines.Lines
	accounts []*account
	digest   *digest.Server
	guesses  *guesses

	mu      sync.Mutex
	at      []net.Addr
	callers map[netip.Addr]int // calls at the fixed addresses
	closing bool
	raised  sync.WaitGroup

	cut    context.Context //nolint:containedctx // done when nobody is to be inside any more
	end    context.CancelFunc
	closed chan struct{}
	once   sync.Once
}

// New makes a door. It binds nothing.
func New(o Options) (*Door, error) {
	const timeout, each, first, last = 30 * time.Second, 100, 31001, 31999
	if o.Engine == nil {
		return nil, fault.New(fault.Internal, "sip", "the door needs an engine")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Timeout, o.PerAddress = cmp.Or(o.Timeout, timeout), cmp.Or(o.PerAddress, each)
	if o.MediaFirst == 0 && o.MediaLast == 0 {
		o.MediaFirst, o.MediaLast = first, last
	}
	d := &Door{opt: o, callers: map[netip.Addr]int{}, closed: make(chan struct{})}
	d.cut, d.end = context.WithCancel(context.Background())
	var err error
	d.ports, err = ports.New(ports.Options{Address: bound(o.Bind), First: o.MediaFirst, Last: o.MediaLast})
	if err != nil {
		return nil, err
	}
	below := stack.Options{Log: o.Log, Bind: o.Bind, Advertise: o.Public, First: o.First, Last: o.Last, ServerTLS: o.TLS}
	if d.trusted, err = stack.New(below); err != nil {
		return nil, err
	}
	below.Reach = o.Reach
	if d.guarded, err = stack.New(below); err != nil {
		return nil, err
	}
	d.table = dialog.NewTable(dialog.Options{Log: o.Log, Agent: o.Agent, Expires: o.SessionTimer, Informs: lines.Informs()})
	d.lines = lines.New(lines.Options{
		Guarded: d.guarded, Trusted: d.trusted, Table: d.table, Ports: d.ports, Public: o.Public, Log: o.Log, Agent: o.Agent,
		Admits: o.Admits, Reach: o.Reach, Media: o.Media, Share: o.Share, Ring: o.Ring, Silence: o.Silence, Codecs: o.Codecs,
		Security: o.Security, Secure: o.Secure, Keys: o.Keys, Transfers: o.Transfers, Lines: o.Lines, Calls: o.Calls, PerLine: o.PerLine,
	})
	d.digest = digest.NewServer(digest.ServerOptions{Realm: realm, Password: d.password, Algorithms: o.Digest, Clock: time.Now})
	d.guesses = newGuesses(o.Log)
	return d, d.take(o.Accounts)
}

const realm = "sluice"

// bound is the address that media is bound to.
func bound(a netip.Addr) netip.Addr {
	if a.IsValid() {
		return a
	}
	return netip.IPv4Unspecified()
}

// Name is "sip".
func (d *Door) Name() string { return "sip" }

// Lines are those of the door, for who opens some.
func (d *Door) Lines() *lines.Lines { return d.lines }

// Listen implements api.Door.
func (d *Door) Listen(ctx context.Context) error {
	var wrong []error
	for _, text := range d.opt.Listen {
		wrong = append(wrong, d.listen(ctx, "sip.listen", stack.UDP, text), d.listen(ctx, "sip.listen", stack.TCP, text))
	}
	if d.opt.TLS != nil {
		for _, text := range d.opt.TLSListen {
			wrong = append(wrong, d.listen(ctx, "sip.tls_listen", stack.TLS, text))
		}
	}
	return errors.Join(wrong...)
}

// Addresses are those that are listened on.
func (d *Door) Addresses() []net.Addr {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.at)
}

// Serve implements api.Door.
func (d *Door) Serve(ctx context.Context) error {
	d.register(ctx)
	select {
	case <-ctx.Done():
	case <-d.closed:
	}
	d.stop(ctx)
	return nil
}

// Close implements api.Door.
func (d *Door) Close(ctx context.Context) error {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	d.lines.Drain(ctx)
	d.stop(ctx)
	return nil
}

// stop ends everything that is left. Far ends and registrars have a moment to take their goodbyes, when ctx is done, too.
func (d *Door) stop(ctx context.Context) {
	d.once.Do(func() {
		defer close(d.closed)
		const moment = 2 * time.Second
		all := context.WithoutCancel(ctx)
		ctx, cancel := context.WithTimeout(all, moment)
		defer cancel()
		d.mu.Lock()
		d.closing = true
		d.mu.Unlock()
		d.lines.Close(ctx)
		d.end()
		if err := d.table.Close(ctx); err != nil {
			d.opt.Log.Debug("goodbyes were not all taken", "err", err)
		}
		d.raised.Wait()
		d.lines.Wait()
		for _, s := range []*stack.Stack{d.trusted, d.guarded} {
			if err := s.Stop(all); err != nil {
				d.opt.Log.Warn("the sockets of SIP did not close", "err", err)
			}
		}
	})
}
