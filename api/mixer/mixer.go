package mixer

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

// Names of nodes of the graphs.
const (
	seats   = "seat"
	picture = "picture"
	sound   = "sound"
)

// Mixer is one mixer. All methods are safe for concurrent use; those that change something are done one after the other.
type Mixer struct {
	Name     string // what its address has behind mixer://
	Output   string // the stream that comes out
	Session  string // names it for WCS
	Settings Settings
	Auto     bool // it began by itself, and ends when nobody is there

	mixers   *Mixers
	instance *instance.Instance // from begin on
	gone     chan struct{}      // closed when it has ended and its name is free
	turn     chan struct{}      // holds one value while somebody changes something

	mu     sync.Mutex
	live   bool
	layout string            // as it was asked for
	shown  string            // as video.mix has it
	guests map[string]*guest // by their streams
	worn   bool              // somebody in it has, or had, an avatar or a mark
}

// guest is a stream in a mixer.
type guest struct {
	Guest
	key    string
	own    string // the stream of what is for this one alone, if the mixer gives it
	label  string
	avatar string // file; "" for none
	mark   Mark
}

// Guest is a stream in a mixer, to look at.
type Guest struct {
	Stream     string
	Session    string // names it for WCS
	Audio      bool   // its sound is wanted
	Level      int    // of its sound, 0 to 100
	Video      bool   // its picture is wanted
	VideoMuted bool
	Since      int64 // milliseconds since 1970
}

// Joining is how a stream joins.
type Joining struct {
	Audio, Video bool
	Label        string // written into its picture if the mixer has labels; "": its name
	Avatar       string // file of what is shown while it has no picture; "": none
	Position     string // what layouts of users know it by; "": its name
}

func newMixer(x *Mixers, name, output string, s Settings) *Mixer {
	return &Mixer{
		Name: name, Output: output, Session: uuid.NewString(), Settings: s, mixers: x, gone: make(chan struct{}), turn: make(chan struct{}, 1),
		layout: s.Layout, guests: map[string]*guest{},
	}
}

// begin starts the graph and waits until it plays.
func (m *Mixer) begin(ctx context.Context) error {
	id := "mixer-" + keyOf(m.Name, m.Name, func(string) bool { return false })
	start := engine.Start{ID: id, Graph: m.Settings.graph(), Params: m.Settings.params(m.Output)}
	if ask := m.mixers.opt.Check; ask != nil {
		check, err := ask(start.Graph, start.Params)
		if err != nil {
			return err
		}
		start.Check = check
	}
	ctx, done := m.mixers.unbroken(ctx, id)
	defer done()
	inst, err := m.mixers.opt.Engine.Run(ctx, start)
	if err != nil {
		return err
	}
	m.instance = inst
	m.shown, _ = layoutOf(m.layout) // the graph has it
	if err = inst.Ready(ctx); err == nil {
		err = m.dress(ctx)
	}
	if err != nil {
		_ = inst.Stop(context.WithoutCancel(ctx)) // it is told why it could not be
		return because(ctx, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.live = true
	return nil
}

// unbroken is a context that ends when an instance fails: it is begun anew then, but who waits for its beginning is to hear why it did
// not begin.
func (x *Mixers) unbroken(ctx context.Context, id string) (context.Context, func()) {
	const few = 4
	sub := x.opt.Engine.Bus().Subscribe(few, func(e event.Event) bool {
		i, ok := e.Body.(event.Instance)
		return ok && i.ID == id && i.Cause != nil
	})
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		if e, _, err := sub.Next(ctx); err == nil {
			i, _ := e.Body.(event.Instance)
			cancel(fault.New(i.Cause.Code, "", "%s", i.Cause.Text))
		}
	})
	return ctx, func() {
		sub.Close()
		cancel(nil)
		watch.Wait()
	}
}

// because is why something failed that a context was given to.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, ctx.Err()) {
		return cause
	}
	return err
}

// plays tells whether it has begun and not ended.
func (m *Mixer) plays() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.live {
		return false
	}
	select {
	case <-m.instance.Done():
		return false
	default:
		return true
	}
}

// Guests are the streams in it, in the order in which they came.
func (m *Mixer) Guests() []Guest {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Guest, 0, len(m.guests))
	for _, g := range m.guests {
		out = append(out, g.Guest)
	}
	slices.SortFunc(out, func(a, b Guest) int {
		if a.Since != b.Since {
			return int(a.Since - b.Since)
		}
		return strings.Compare(a.Stream, b.Stream)
	})
	return out
}

// Layout is how its pictures lie, as it was asked for.
func (m *Mixer) Layout() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.layout
}

// Stop ends the mixer, and returns when its name and its stream are free.
func (m *Mixer) Stop(ctx context.Context) error {
	if err := m.instance.Stop(ctx); err != nil {
		return err
	}
	<-m.gone
	return nil
}

// alone has a change wait for the one before, and gives what ends it.
func (m *Mixer) alone(ctx context.Context) (done func(), err error) {
	select {
	case m.turn <- struct{}{}:
		return func() { <-m.turn }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Overloaded, "", "the mixer %q is busy", m.Name).Because(ctx.Err())
	}
}

// Add lets a stream in. One that nobody publishes is fault.StreamNotFound, one that is in it already fault.NameInUse, and one more than
// there are places for fault.Overloaded. What the mixer itself gives is fault.InvalidParams, and so is what another mixer gives that has
// that: it would hear itself. A stream that ends later keeps its place, and is in it when it is published again. An address is fetched,
// if the server lets viewers fetch it.
func (m *Mixer) Add(ctx context.Context, stream string, j Joining) error {
	if !strings.Contains(stream, "://") && !m.mixers.opt.Engine.Streams().Has(stream) {
		return fault.New(fault.StreamNotFound, "", "nobody publishes %q", stream)
	}
	done, err := m.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	g, err := m.enter(stream, j)
	if err != nil {
		return err
	}
	if err := m.seat(ctx, g); err != nil {
		m.leave(g)
		return err
	}
	m.mixers.opt.Log.Info("stream joined a mixer", "mixer", m.Name, "stream", stream)
	return m.arrange(ctx)
}

// enter notes a guest.
func (m *Mixer) enter(stream string, j Joining) (*guest, error) {
	name := cmp.Or(j.Position, loginOf(stream))
	m.mixers.weaving.Lock()
	defer m.mixers.weaving.Unlock()
	if m.mixers.loops(stream, m) {
		const why = "%q has what the mixer %q gives, and it does not mix itself"
		return nil, fault.New(fault.InvalidParams, "/remoteStreamName", why, stream, m.Name)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.guests[stream] != nil {
		return nil, fault.New(fault.NameInUse, "", "%q is in the mixer %q already", stream, m.Name)
	}
	taken := func(key string) bool {
		for _, g := range m.guests {
			if g.key == key {
				return true
			}
		}
		return false
	}
	const all = 100
	g := &guest{key: keyOf(name, stream, taken), own: m.ownOf(stream), label: j.Label, avatar: j.Avatar, Guest: Guest{
		Stream: stream, Session: uuid.NewString(), Audio: j.Audio, Level: all, Video: j.Video, Since: m.mixers.opt.Clock.Now().UnixMilli(),
	}}
	if g.label == "" {
		g.label = shortened(stream)
	}
	m.guests[stream] = g
	m.worn = m.worn || g.avatar != ""
	return g, nil
}

// gives tells whether a stream is one of the mixer's. The caller holds m.mu.
func (m *Mixer) gives(stream string) bool {
	if stream == m.Output {
		return true
	}
	for _, g := range m.guests {
		if m.Settings.MCUAudio && g.own == stream {
			return true
		}
	}
	return false
}

// ownOf is the name of the stream that is for one guest alone. When two go by the same name, "ann-desktop#hall" and "ann#hall#desktop", or
// "a/cam" and "b/cam", that of the second has something of the whole name of his stream behind it.
func (m *Mixer) ownOf(stream string) string {
	name := own(m.Output, loginOf(stream))
	for _, g := range m.guests {
		if g.own == name {
			return name + "-" + hashed(stream)
		}
	}
	return name
}

// shortened is a name as long as a label may be.
func shortened(name string) string {
	const most = 64
	if r := []rune(name); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return name
}

func (m *Mixer) leave(g *guest) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.guests, g.Stream)
}

// seat has the graph take a guest in. What is said of him is set before, so that nobody sees or hears for a moment what is not wanted.
func (m *Mixer) seat(ctx context.Context, g *guest) error {
	if err := m.apply(ctx); err != nil {
		return err
	}
	params := map[string]any{"stream": g.Stream}
	if m.Settings.MCUAudio {
		params["own"] = g.own
	}
	err := over(m.instance.Add(ctx, seats, plan.Key{Name: g.key, Params: params}))
	if f, ok := errors.AsType[*fault.Fault](err); ok && f.Code == fault.InvalidParams && strings.HasSuffix(f.Place, "/"+seats) {
		return fault.New(fault.Overloaded, "", "the mixer %q has as many streams as there are places in it", m.Name).Because(noSeat{f.Msg})
	}
	return err
}

// Remove takes a stream out; one that is not in it is fault.StreamNotFound.
func (m *Mixer) Remove(ctx context.Context, stream string) error {
	done, err := m.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	g, err := m.guest(stream)
	if err != nil {
		return err
	}
	if err := m.instance.Remove(ctx, seats, g.key); err != nil && fault.CodeOf(err) != fault.ResourceNotFound {
		return over(err)
	}
	m.leave(g)
	m.mixers.opt.Log.Info("stream left a mixer", "mixer", m.Name, "stream", stream)
	return m.arrange(ctx)
}

func (m *Mixer) guest(stream string) (*guest, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if g := m.guests[stream]; g != nil {
		return g, nil
	}
	return nil, fault.New(fault.StreamNotFound, "", "%q is not in the mixer %q", stream, m.Name)
}

// has tells whether a stream is in it.
func (m *Mixer) has(stream string) bool {
	_, err := m.guest(stream)
	return err == nil
}

// over turns what a mixer says that has ended meanwhile into its not being there.
func over(err error) error {
	if fault.CodeOf(err) == fault.Closed {
		return fault.New(fault.ResourceNotFound, "", "the mixer has ended")
	}
	return err
}
