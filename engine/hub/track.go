package hub

import (
	"maps"
	"sync/atomic"
	"time"

	"sluice/engine/hub/fanout"
	"sluice/engine/hub/look"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// How far readers may be behind: in packets about two seconds, in units some more, as those come in bursts from files.
const (
	videoPackets = 512
	videoUnits   = 128
	otherItems   = 128
)

// track is one track of a publication. Its index is that of its lanes in both logs. The hub's lock guards what changes.
type track struct {
	kind        media.Kind
	codec       media.Codec
	described   atomic.Pointer[media.Track]
	found       atomic.Pointer[look.Found] // what the hub is to hear of its pictures; nil if that is nothing new
	index       int
	form        Form // in which it is written
	alternative bool
	layered     bool          // a layer of simulcast
	made        Conversion    // what an alternative was made for; zero if for nothing in particular
	owner       func() string // which instance makes an alternative; may be nil
	source      Source
	number      int // what the source knows it as
	clock       *media.Clock
	asker       *fanout.Asker // nil: nobody can be asked for key frames
	stats       stat.Set      // of the form in which it is written
	begun       stat.Counter  // units of it
	derived     stat.Set      // of the other

	flow    look.Flow // of a simulcast layer
	readers int
	former  port // makes the form in which it is not written; nil until somebody reads that
}

// newTrack describes a track as far as can be told before any media came.
func newTrack(t media.Track, form Form, source Source) *track {
	if info, ok := t.Codec.Info(); ok && t.ClockRate == 0 {
		t.ClockRate = uint32(info.ClockRate) // who reads packets of it needs one
	}
	if form == Units && t.Codec == media.H264 && t.FMTP["packetization-mode"] == "" {
		// Packets are made of them here, in mode 1 (Forms). Who sends those on has to agree on that with his peer.
		t.FMTP = maps.Clone(t.FMTP)
		if t.FMTP == nil {
			t.FMTP = map[string]string{}
		}
		t.FMTP["packetization-mode"] = "1"
	}
	first := look.First(t)
	t.Width, t.Height, t.Profile = first.Width, first.Height, first.Profile
	made := &track{kind: t.Kind, codec: t.Codec, form: form, layered: t.Layer != "", source: source}
	if source == nil {
		made.source = deaf{}
	}
	made.described.Store(&t)
	return made
}

// media is the newest description.
func (t *track) media() media.Track { return *t.described.Load() }

// lanes adds the track's lanes to the publication's logs. Only what is written is looked at for what the pictures are like.
func (t *track) lanes(p *Publication) {
	if askable(t.source) {
		t.asker = fanout.NewAsker(p.hub.opt.Clock, func() {
			p.hub.past.keys.Inc()
			p.hub.herald.Post(func() { t.source.RequestKey(t.number) })
		})
	}
	d, notice := t.media(), func(f look.Found) { p.notice(t, f) }
	video := t.kind == media.Video
	packets := fanout.Lane[media.Packet]{Keyed: video, Window: otherItems, Asker: t.asker, Stats: &t.stats}
	units := fanout.Lane[media.Unit]{Keyed: video, Window: otherItems, Asker: t.asker, Stats: &t.stats}
	if video {
		packets.Window, units.Window = videoPackets, videoUnits
	}
	if t.form == Packets {
		arrived := func(packet *media.Packet) time.Duration { return p.timeline.At(packet.Arrival) }
		packets.Look, units.Look, units.Stats = counted(look.Packets(d, arrived, notice), &t.begun), look.Units(d, nil), &t.derived
	} else {
		shown := func(packet *media.Packet) time.Duration { return packet.PTS }
		packets.Look, units.Look, packets.Stats = look.Packets(d, shown, nil), counted(look.Units(d, notice), &t.begun), &t.derived
	}
	p.packets.AddLane(packets)
	p.units.AddLane(units)
}

// counted counts the units that begin.
func counted[T any](look func(*T) fanout.Glance, begun *stat.Counter) func(*T) fanout.Glance {
	return func(item *T) fanout.Glance {
		g := look(item)
		if g.First {
			begun.Inc()
		}
		return g
	}
}

// describe gives the media tracks.
func describe(tracks []*track) media.Description {
	d := media.Description{Tracks: make([]media.Track, len(tracks))}
	for i, t := range tracks {
		d.Tracks[i] = t.media()
	}
	return d
}
