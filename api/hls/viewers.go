package hls

import (
	"crypto/sha256"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api"
	"sluice/api/hls/catalog"
	"sluice/engine/fault"
)

// viewer is somebody who plays a stream: whoever fetches its media playlists with one session in their address, or, where that was
// left out, from one address with one player.
type viewer struct {
	stream string
	since  time.Time
	user   string
	mark   mark         // of what he was let in by
	asked  atomic.Int64 // when he asked for something last, in nanoseconds since 1970
	proved atomic.Int64 // when it was looked at last whether he may
	ended  atomic.Bool  // by whoever runs the server
	at     string       // whose address he came from first
	host   string       // that address
	leave  func()       // the stream
	absent func()       // takes him off the list of who is present
}

// viewers are those of a door. Safe for concurrent use.
type viewers struct {
	limit, ofOne int
	present      *api.Sessions
	log          *slog.Logger

	mu   sync.Mutex
	shut bool
	all  map[identity]*viewer
	each map[string]int // by origin: who makes up sessions takes his own address's seats only
}

// identity names a viewer of a stream: by his session, or by where he is and what he plays with.
type identity struct {
	stream, session, host string
	agent                 [sha256.Size]byte // of User-Agent, which may be as long as all headers together
}

func identify(r *http.Request, query query, stream string) identity {
	const most = 64 // of a session, which is made here
	if s := query.Get(sessionParam); s != "" && len(s) <= most {
		return identity{stream: stream, session: s}
	}
	agent := append(make([]byte, 0, usual), r.UserAgent()...)
	return identity{stream: stream, host: host(r), agent: sha256.Sum256(agent)}
}

// host is the address of who asks, without his port.
func host(r *http.Request) string {
	if i := strings.LastIndexByte(r.RemoteAddr, ':'); i > 0 {
		return r.RemoteAddr[:i]
	}
	return r.RemoteAddr
}

// find gives a viewer who has been here before; nil if there is none.
func (v *viewers) find(id identity) *viewer {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.all[id]
}

// enter counts a new viewer in. One too many is fault.Overloaded.
func (v *viewers) enter(id identity, r *http.Request, g guest, p *catalog.Place, now time.Time) (*viewer, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if one := v.all[id]; one != nil { // who came at the same moment
		return one, nil
	}
	at := origin(r)
	switch {
	case v.shut || len(v.all) >= v.limit:
		return nil, fault.New(fault.Overloaded, "", "there are too many viewers").Advise("ask again in a few seconds")
	case v.each[at] >= v.ofOne:
		return nil, fault.New(fault.Overloaded, "", "there are too many viewers at your address").Advise("ask again in a few seconds")
	}
	id.stream, id.session = strings.Clone(id.stream), strings.Clone(id.session) // or they keep the whole address
	one := &viewer{stream: id.stream, since: now, user: g.user, mark: g.mark(id.stream), at: at, leave: p.Enter()}
	one.host = strings.Clone(host(r))
	one.asked.Store(now.UnixNano())
	one.proved.Store(now.UnixNano())
	one.absent = v.present.Enter(api.Session{
		Protocol: "hls", Direction: api.Plays, Stream: id.stream, Remote: r.RemoteAddr, User: g.user, Since: now,
	}, func() { one.ended.Store(true) })
	v.all[id] = one
	v.each[at]++
	v.log.Info("viewer", "stream", id.stream, "remote", r.RemoteAddr, "user", g.user)
	return one, nil
}

// sweep counts those out who have asked for nothing since.
func (v *viewers) sweep(since time.Time) {
	var gone []*viewer
	v.mu.Lock()
	for id, one := range v.all {
		if one.asked.Load() <= since.UnixNano() {
			delete(v.all, id)
			if v.each[one.at]--; v.each[one.at] == 0 {
				delete(v.each, one.at)
			}
			gone = append(gone, one)
		}
	}
	v.mu.Unlock()
	v.bye(gone)
}

// close counts everybody out, and nobody in any more.
func (v *viewers) close() {
	var gone []*viewer
	v.mu.Lock()
	v.shut = true
	for _, one := range v.all {
		gone = append(gone, one)
	}
	clear(v.all)
	clear(v.each)
	v.mu.Unlock()
	v.bye(gone)
}

func (v *viewers) bye(gone []*viewer) {
	for _, one := range gone {
		one.leave()
		one.absent()
		v.log.Info("viewer gone", "stream", one.stream, "user", one.user, "duration", time.Unix(0, one.asked.Load()).Sub(one.since))
	}
}

func (v *viewers) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.all)
}

// welcome finds who asks for what belongs to a stream, and makes a viewer of him if he asks for a playlist. It is where it is checked
// whether he may: not every time, since low latency has players ask ten times a second.
func (d *Door) welcome(r *http.Request, query query, stream string, p *catalog.Place, playlist bool) (guest, error) {
	now := d.opt.Clock.Now()
	c, err := d.shows(r, query)
	if err != nil {
		return guest{}, err
	}
	id := identify(r, query, stream)
	one := d.viewers.find(id)
	c = d.needed(one, c)
	m := c.mark(stream)
	known := one != nil && one.mark == m
	switch {
	case known && one.ended.Load():
		one.asked.Store(now.UnixNano())
		return guest{}, fault.New(fault.Forbidden, "", "the session was ended by whoever runs the server")
	case known && d.same(one, r, c, query, now) && now.UnixNano()-one.proved.Load() < int64(proof):
		one.asked.Store(now.UnixNano())
		return guest{one.user, c}, nil
	case !playlist && d.seen(r, c, query, stream, now):
		return guest{credential: c}, nil
	}
	g, err := d.admit(r, stream, query)
	if err != nil {
		return g, err
	}
	if d.prove(r, one, g, query, stream, now); one == nil && playlist {
		_, err = d.viewers.enter(id, r, g, p, now)
	}
	return g, err
}

// needed is what a request of a viewer shows, less what he was let in without.
func (d *Door) needed(one *viewer, c credential) credential {
	if one != nil && c.second() {
		if bare := c.without(d.whole); one.mark == bare.mark(one.stream) {
			return bare
		}
	}
	return c
}

// seen tells whether what a request shows, or that without what need not be a credential, opened the stream a moment ago.
func (d *Door) seen(r *http.Request, c credential, query query, stream string, now time.Time) bool {
	return d.proofs.hold(d.proving(r, c, query, stream), now) ||
		d.whole && c.second() && d.proofs.hold(d.proving(r, c.without(true), query, stream), now)
}

// same tells whether what holds for a viewer holds for a request that names his session. Where it shows nothing, it may be his address that
// let him in, and another address is looked at by itself.
func (d *Door) same(one *viewer, r *http.Request, c credential, query query, now time.Time) bool {
	if d.opt.Auth == nil || c.param != "" || c.header != "" || one.host == host(r) {
		return true
	}
	return d.proofs.hold(d.proving(r, c, query, one.stream), now)
}

// prove notes that somebody may play a stream, and what let him in.
func (d *Door) prove(r *http.Request, one *viewer, g guest, query query, stream string, now time.Time) {
	m := g.mark(stream)
	d.proofs.note(d.proving(r, g.credential, query, stream), origin(r), now)
	if one != nil && one.mark == m { // or he is counted out, and in again by what lets him in now
		one.proved.Store(now.UnixNano())
		one.asked.Store(now.UnixNano())
	}
}

// proving is the mark by which it is remembered that a request may see a stream: that of what it shows, or of where it is from. Zero: there
// is nothing to be remembered.
func (d *Door) proving(r *http.Request, c credential, query query, stream string) mark {
	switch {
	case d.opt.Auth == nil:
		return mark{}
	case c == (credential{}):
		return nobody(query, stream, host(r))
	case c.param == "" && c.header == "":
		c.param, c.secret = "\x00", host(r)
	}
	return c.mark(stream)
}

// shows is what a request shows, where that is looked at.
func (d *Door) shows(r *http.Request, query query) (credential, error) {
	if d.opt.Auth == nil {
		return credential{}, nil
	}
	c, err := shown(r, query)
	if d.whole && err == nil {
		if c.rest = others(query, c.param); len(c.rest) > maxRest {
			return c, fault.New(fault.InvalidRequest, "", "the parameters of the address are too long").Advise("at most %d bytes", maxRest)
		}
	}
	return c, err
}
