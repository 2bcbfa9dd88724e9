package rtmp

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/elements/probe"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/stat"
)

const (
	// settle is how much media of a publisher that does not say what it sends is looked at for tracks.
	settle = time.Second
	// maxTracks is how many tracks a publisher may have.
	maxTracks = 16
)

// place is which track a tag is of.
type place struct {
	kind  media.Kind
	track uint8
}

// early is a unit that came before there was anywhere to write it.
type early struct {
	from  place
	unit  media.Unit
	stamp uint32
	at    time.Time
}

// intake makes units of messages: it finds out which tracks there are, and writes them to a publication. Safe for concurrent use.
type intake struct {
	env element.Env

	mu      sync.Mutex
	inputs  map[place]*flv.Input
	places  []place // of the inputs, in the order in which they came
	said    metadata
	begun   bool // media has come, first at start
	start   uint32
	known   chan struct{} // closed when the tracks are
	decided bool
	tracks  []media.Track
	index   map[place]int // of tracks
	early   []early
	held    int
	pub     *hub.Publication
	clock   *media.Clock
	words   words
	renewal renewal
}

func newIntake() *intake {
	return &intake{inputs: map[place]*flv.Input{}, known: make(chan struct{}), index: map[place]int{}}
}

// describe waits until it is clear what the other end sends; gone is closed when it has gone.
func (p *intake) describe(ctx context.Context, gone <-chan struct{}) (media.Description, error) {
	return probe.Probe{
		Clock: p.env.Clock, Known: p.known, Gone: gone, Settle: p.settleFor, Tracks: p.found,
		Hint: "see which codecs the encoder sends",
	}.Describe(ctx)
}

// settleFor takes what came for all that comes, if it is enough tracks.
func (p *intake) settleFor(enough int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready() >= enough {
		p.decide()
	}
}

// ready is how many tracks are known well enough to be published.
func (p *intake) ready() int {
	n := 0
	for _, in := range p.inputs {
		if _, ok := in.Track(); ok {
			n++
		}
	}
	return n
}

// found are the tracks, once they are known; nil before.
func (p *intake) found() []media.Track {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tracks
}

// feed begins to write.
func (p *intake) feed(pub *hub.Publication) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pub, p.clock = pub, newClock(pub)
	for i := range p.early {
		p.write(&p.early[i])
	}
	p.early = nil
}

func newClock(pub *hub.Publication) *media.Clock {
	const milliseconds = 1000
	return pub.Timeline().Clock(milliseconds)
}

// again says that what comes from now on is from another connection. Tracks that are told of already stay.
func (p *intake) again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inputs, p.places = map[place]*flv.Input{}, nil
	if p.pub != nil {
		p.clock = newClock(p.pub)
	}
}

// take takes what is sent.
func (p *intake) take(m *chunk.Message, at time.Time) {
	p.mu.Lock()
	next := p.renewal.next
	if next == nil {
		switch m.Type {
		case chunk.Aggregate:
			for _, one := range chunk.Split(m) {
				p.one(&one, at)
			}
		default:
			p.one(m, at)
		}
	}
	p.mu.Unlock()
	if next != nil {
		next.take(m, at)
	}
}

// one takes one message. That with which something else begins is for who goes on.
func (p *intake) one(m *chunk.Message, at time.Time) {
	if p.renewal.reason == nil {
		p.message(m, at)
	}
	if p.renewal.reason != nil {
		p.renewal.keep(m, at)
	}
}

func (p *intake) message(m *chunk.Message, at time.Time) {
	var tags []flv.Tag
	var err error
	switch m.Type {
	case chunk.Audio:
		tags, err = flv.ParseAudio(m.Body)
	case chunk.Video:
		tags, err = flv.ParseVideo(m.Body)
	case chunk.DataAMF0, chunk.DataAMF3:
		p.data(m, at)
		return
	}
	for i := range tags {
		if e := p.tag(&tags[i], m.Timestamp, at); e != nil {
			err = e
		}
	}
	if err != nil {
		p.env.Stats.Drops.Add(stat.Corrupt, 1)
		p.env.Log.Debug("a message is left out", "err", err)
	}
	if !p.decided && p.clear(m.Timestamp) {
		p.decide()
	}
}

// tag takes one tag.
func (p *intake) tag(t *flv.Tag, stamp uint32, at time.Time) error {
	key := place{t.Kind, t.Track}
	if p.changes(key, t) {
		return nil
	}
	in, err := p.input(key, t)
	if in == nil {
		return err
	}
	u, ok, err := in.Take(t)
	if err != nil || p.differs(key, in) || p.late(key, in) || !ok {
		return err
	}
	e := early{key, u, stamp, at}
	if p.pub != nil {
		p.write(&e)
		return nil
	}
	if p.held += u.Size(); p.held <= probe.MaxEarly {
		p.early = append(p.early, e)
	}
	return nil
}

// input is what makes units of a track's tags; nil if nobody was told of the track, and nobody can be any more.
func (p *intake) input(key place, t *flv.Tag) (*flv.Input, error) {
	in := p.inputs[key]
	if in != nil {
		return in, nil
	}
	at, told := p.index[key]
	if told && p.tracks[at].Codec != t.Codec || !told && p.decided && p.renewal.change == nil || len(p.inputs) >= maxTracks {
		return nil, nil
	}
	in, err := flv.NewInput(t)
	if err != nil {
		return nil, err
	}
	p.inputs[key] = in
	p.places = append(p.places, key)
	return in, nil
}

// clear tells whether it is clear what is sent, at a time of its clock.
func (p *intake) clear(now uint32) bool {
	if len(p.inputs) == 0 {
		return false
	}
	if !p.begun {
		p.begun, p.start = true, now
	}
	passed := time.Duration(int32(now-p.start)) * time.Millisecond
	ready, missing := p.ready(), false
	for kind, there := range p.said.kinds() {
		_, came := p.inputs[place{kind, 0}]
		missing = missing || there && !came
	}
	switch {
	case passed >= probe.Patience || p.held > probe.MaxEarly:
		return ready > 0
	case ready < len(p.inputs) || missing:
		return false
	}
	return p.said.complete() || passed >= settle
}

// decide takes what came for all that comes.
func (p *intake) decide() {
	if p.decided {
		return
	}
	p.decided = true
	order := slices.Clone(p.places)
	slices.SortStableFunc(order, func(a, b place) int {
		if a.kind != b.kind {
			return map[bool]int{true: -1, false: 1}[a.kind == media.Video]
		}
		return int(a.track) - int(b.track)
	})
	layers := 0
	for _, key := range order {
		if key.kind == media.Video {
			layers++
		}
	}
	for _, key := range order {
		in := p.inputs[key]
		t, ready := in.Track()
		if !ready {
			continue
		}
		if p.said.width > 0 && key.kind == media.Video && key.track == 0 {
			t.Width, t.Height = p.said.width, p.said.height
		}
		if key.track != 0 {
			t.ID = fmt.Sprintf("%s-%d", key.kind, key.track)
		}
		if key.kind == media.Video && layers > 1 {
			t.Layer = fmt.Sprint(key.track)
		}
		t.Tags = about(p.said.tags, key.kind)
		p.index[key] = len(p.tracks)
		p.tracks = append(p.tracks, t)
	}
	close(p.known)
}

// write writes a unit where it is read.
func (p *intake) write(e *early) {
	track, ok := p.index[e.from]
	if !ok {
		return
	}
	u := e.unit
	cts := u.PTS
	u.DTS = p.clock.Time(e.stamp, e.at)
	u.PTS = u.DTS + cts
	_ = p.pub.WriteUnits(track, []media.Unit{u}) // a publication that has ended is told of otherwise
}
