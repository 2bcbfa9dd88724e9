// Package hls is the part of the WCS-compatible REST API that is about HLS, /rest-api/hls: it has streams cut into segments though nobody
// watches yet, lists them and ends them. Segments are the business of package api/hls, and graphs say how they are made.
package hls

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"sluice/api/hls/catalog"
	"sluice/api/rest/wcs/call"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
)

// Engine starts the graphs that make HLS, and has those that were started for viewers.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error)
	Instances() *supervisor.Supervisor
}

// Options are what Streams are made with. All are needed.
type Options struct {
	Engine  Engine
	Catalog *catalog.Catalog
	Clock   element.Clock
}

// Streams are the streams of a server over HLS. Safe for concurrent use.
type Streams struct {
	opt  Options
	done chan struct{} // closed by Close
	once sync.Once
	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	kept   map[string]*kept // by path
}

// kept is a stream that is made though nobody watches.
type kept struct {
	leave func()
	since time.Time
}

// New makes Streams. Close ends what they do.
func New(o Options) *Streams {
	return &Streams{opt: o, done: make(chan struct{}), kept: map[string]*kept{}}
}

// Info is a stream as WCS shows it.
type Info struct {
	ID       string    `json:"id"`
	Stream   string    `json:"streamName"`
	Status   string    `json:"status"`      // PROCESSED_LOCAL, or PENDING while there is nothing to play
	Waiting  int       `json:"waitingSize"` // who wait for it
	Profiles []Profile `json:"profiles"`
	Viewers  int       `json:"subscribers"`
	Playlist string    `json:"playlist"` // path of its playlist on the addresses of HLS
	Created  int64     `json:"createdDate"`
	Logs     []string  `json:"logs"` // always empty: they are in the server's log
}

// Profile is a rendition.
type Profile struct {
	Name   string  `json:"name"`
	Codecs string  `json:"codecs"`
	Width  int     `json:"width,omitempty"`
	Height int     `json:"height,omitempty"`
	FPS    float64 `json:"fps,omitempty"`
	Rate   int     `json:"bitrate"` // bits a second
}

// Routes are the calls below /rest-api/hls.
func Routes(x *Streams) []call.Route {
	return []call.Route{
		{Path: "/hls/startup", Do: x.startup},
		{Path: "/hls/find_all", Do: x.findAll},
		{Path: "/hls/terminate", Do: x.terminate},
		{Path: "/hls/profiles", Do: x.profiles},
	}
}

// event is what a viewer of a stream would raise first.
func event(name string) engine.Event {
	const abr = "-HLS-ABR-STREAM"
	stream, several := strings.CutSuffix(name, abr)
	profile := ""
	if several {
		profile = "abr"
	}
	return engine.Event{
		Name: "hls.play", Path: "/" + stream, Wanted: true,
		Vars: map[string]any{"query": map[string]any{}, "user": "", "profile": profile, "at": "/" + name},
	}
}

// named reads the name of a stream.
func named(r *call.Request) (string, error) {
	name := r.Need("name")
	if err := r.Err(); err != nil {
		return "", err
	}
	return name, hub.CheckName(name)
}

// startup has a stream made, and keeps it until it is terminated.
func (x *Streams) startup(ctx context.Context, r *call.Request) (any, error) {
	name, err := named(r)
	if err != nil {
		return nil, err
	}
	if err := x.opt.Catalog.Check(); err != nil {
		return nil, err
	}
	path := "/" + name
	_, leave := x.opt.Catalog.Wait(path)
	x.mu.Lock()
	if x.kept[path] != nil {
		x.mu.Unlock()
		leave()
		return nil, fault.New(fault.NameInUse, "", "there is HLS of %q already", name)
	}
	k := &kept{leave: leave, since: x.opt.Clock.Now()}
	x.kept[path] = k
	x.mu.Unlock()
	inst := x.maker(path)
	if inst == nil {
		if inst, err = x.opt.Engine.Raise(ctx, event(name)); err != nil {
			x.drop(path, k)
			return nil, err
		}
	}
	if !x.watch(path, k, inst) {
		x.drop(path, k)
		return nil, fault.New(fault.Closed, "", "the server stops")
	}
	return nil, nil
}

// watch keeps a stream for as long as it is made; false if nobody waits any more for what begins now.
func (x *Streams) watch(path string, k *kept, inst *instance.Instance) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return false
	}
	x.work.Go(func() {
		select {
		case <-inst.Done(): // with its stream
			x.drop(path, k)
		case <-x.done:
		}
	})
	return true
}

// maker is the pipeline that makes a stream; nil if there is none.
func (x *Streams) maker(path string) *instance.Instance {
	for _, inst := range x.opt.Engine.Instances().Instances() {
		for _, n := range inst.Plan().Nodes {
			if n.Element != "hls.out" {
				continue
			}
			for _, s := range n.Settings {
				if s.Name == "path" && s.Text == path {
					return inst
				}
			}
		}
	}
	return nil
}

// drop keeps a stream no longer, and tells whether it did.
func (x *Streams) drop(path string, k *kept) bool {
	x.mu.Lock()
	was := x.kept[path]
	if was != nil && (k == nil || was == k) {
		delete(x.kept, path)
	} else {
		was = nil
	}
	x.mu.Unlock()
	if was == nil {
		return false
	}
	was.leave()
	return true
}

// list are the streams that there are.
func (x *Streams) list() []Info {
	var out []Info
	for _, s := range x.opt.Catalog.List() {
		x.mu.Lock()
		k := x.kept[s.Path]
		x.mu.Unlock()
		if k == nil && !s.Made && len(s.Variants) == 0 {
			continue // somebody asks for what is not there
		}
		out = append(out, info(s, k))
	}
	return out
}

func info(s catalog.Listed, k *kept) Info {
	name := strings.TrimPrefix(s.Path, "/")
	escaped := url.PathEscape(name)
	i := Info{
		ID: name, Stream: name, Status: "PENDING", Playlist: "/" + escaped + "/" + escaped + ".m3u8", Viewers: s.Viewers,
		Profiles: []Profile{}, Logs: []string{},
	}
	if k != nil {
		i.Created = k.since.UnixMilli()
		i.Viewers--
	}
	for _, v := range s.Variants {
		i.Profiles = append(i.Profiles, Profile{cmp.Or(v.Rung, name), v.Codecs, v.Width, v.Height, v.FPS, v.Rate})
	}
	if s.Made && len(s.Variants) > 0 {
		i.Status = "PROCESSED_LOCAL"
	} else {
		i.Waiting = i.Viewers
	}
	return i
}

// findAll lists them.
func (x *Streams) findAll(_ context.Context, r *call.Request) (any, error) {
	return call.Found(r, "stream over HLS", x.list())
}

// terminate ends a stream over HLS, whoever watches. Who asks for it again begins it again. What was not begun for viewers is left alone:
// a publisher would go with it.
func (x *Streams) terminate(ctx context.Context, r *call.Request) (any, error) {
	name, err := named(r)
	if err != nil {
		return nil, err
	}
	path := "/" + name
	was := x.drop(path, nil)
	switch inst := x.maker(path); {
	case inst != nil && inst.Wanted():
		return nil, inst.Stop(ctx)
	case was:
		return nil, nil
	case inst != nil:
		return nil, fault.New(fault.NameInUse, "", "a publisher's own pipeline makes the HLS of %q, which ends with him", name)
	}
	return nil, fault.New(fault.ResourceNotFound, "", "there is no HLS of %q", name)
}

// profiles tells of one rendition.
func (x *Streams) profiles(_ context.Context, r *call.Request) (any, error) {
	id, name := r.Need("hlsId"), r.Need("profileName")
	if err := r.Err(); err != nil {
		return nil, err
	}
	for _, i := range x.list() {
		if i.ID != id {
			continue
		}
		for _, p := range i.Profiles {
			if p.Name == name {
				return p, nil
			}
		}
	}
	return nil, fault.New(fault.ResourceNotFound, "", "%q has no profile %q over HLS", id, name)
}

// Close keeps no stream any longer. A startup that is under way is refused.
func (x *Streams) Close() {
	x.mu.Lock()
	x.closed = true
	x.mu.Unlock()
	x.once.Do(func() { close(x.done) })
	x.work.Wait()
	x.mu.Lock()
	all := x.kept
	x.kept = map[string]*kept{}
	x.mu.Unlock()
	for _, k := range all {
		k.leave()
	}
}
