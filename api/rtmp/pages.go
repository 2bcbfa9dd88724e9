package rtmp

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"sync"

	"sluice/api/rtmp/session"
	"sluice/engine/fault"
)

// Pages are the streams of pages with the Web SDK whose media goes over RTMP. The door of the Web SDK makes them, and the one of RTMP
// brings their clients: one that connects with the page's token and plays "IN_" or publishes "OUT_" with the id of the page's stream,
// maybe with the page's login before that. Safe for concurrent use.
type Pages struct {
	presses presses

	mu    sync.Mutex
	byID  map[string]*Page
	known func(token string) bool
}

// NewPages makes them, none at first.
func NewPages() *Pages {
	return &Pages{byID: map[string]*Page{}, known: func(string) bool { return false }}
}

// Ask has f asked whether a token is that of a page. It must not wait.
func (a *Pages) Ask(f func(token string) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known = f
}

// PageOptions are what a Page is made with.
type PageOptions struct {
	Token   string // of the page
	ID      string // of its stream
	Name    string // that is published or played
	Offer   string
	Publish bool
}

// Page makes one. An offer that is of no use is fault.CodecNotAvailable, an id that there is already fault.NameInUse.
func (a *Pages) Page(o PageOptions) (*Page, error) {
	offer := parseOffer(o.Offer)
	if !offer.useful() {
		return nil, fault.New(fault.CodecNotAvailable, "rtmp", "the offer has nothing that goes over RTMP")
	}
	press, back := a.presses.take(o.Name)
	p := &Page{
		Peer: newPeerOf(o.Publish, press), id: o.ID, name: o.Name, token: sha256.Sum256([]byte(o.Token)), offer: offer,
		grace: grace, arrival: arrival,
		came: make(chan struct{}), agreed: make(chan struct{}), live: make(chan struct{}),
	}
	if o.Publish {
		p.in.page = p
	} else {
		p.out.page, p.out.want = p, offer.want()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID[o.ID] != nil {
		back()
		return nil, fault.New(fault.NameInUse, "rtmp", "there is a stream with the id %q", o.ID)
	}
	a.byID[o.ID] = p
	p.release = sync.OnceFunc(func() {
		a.mu.Lock()
		delete(a.byID, o.ID)
		a.mu.Unlock()
		back()
	})
	return p, nil
}

// knows tells whether a token is that of a page.
func (a *Pages) knows(token string) bool {
	a.mu.Lock()
	known := a.known
	a.mu.Unlock()
	return known(token)
}

// find finds the stream of a page by what its client publishes or plays.
func (a *Pages) find(s *session.Stream) (*Page, error) {
	prefix := "IN_"
	if s.Publish {
		prefix = "OUT_"
	}
	id, found := strings.CutPrefix(s.Name, prefix)
	token := sha256.Sum256([]byte(s.Page))
	a.mu.Lock()
	defer a.mu.Unlock()
	for found {
		p := a.byID[id]
		if p != nil && p.publishes == s.Publish && subtle.ConstantTimeCompare(p.token[:], token[:]) == 1 {
			return p, nil
		}
		_, id, found = strings.Cut(id, "_") // a login, or a part of one
	}
	return nil, fault.New(fault.StreamNotFound, "", "the page has no such stream")
}

// carry brings the client of a page, and stays until it has gone or the page's stream has ended.
func (d *Door) carry(ctx context.Context, s *session.Stream) {
	log := d.opt.Log.With("stream", s.Name, "publish", s.Publish, "remote", s.Remote)
	p, err := d.opt.Pages.find(s)
	if err == nil {
		err = p.join(s)
	}
	if err != nil {
		log.Info("refused", "reason", err)
		s.Refuse(err)
		return
	}
	log.Info("a page's client is there", "id", p.id)
	if p.out != nil {
		defer d.audience.enter(p.name, p.Peer)()
	}
	select {
	case <-ctx.Done():
	case <-p.Done():
		if err := p.Err(); err == nil {
			s.Over()
		} else {
			d.farewell(s, err)
		}
	}
	p.leave()
}
