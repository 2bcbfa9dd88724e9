package hub

import (
	"sluice/engine/hub/fanout"
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
	media.Track
	index       int
	form        Form // in which it is written
	alternative bool
	made        Conversion // what an alternative was made for; zero if for nothing in particular
	source      Source
	number      int // what the source knows it as
	clock       *media.Clock
	asker       *fanout.Asker
	stats       stat.Set // of the form in which it is written
	derived     stat.Set // of the other

	readers int
	former  port // makes the form in which it is not written; nil until somebody reads that
}

// lanes adds the track's lanes to the publication's logs.
func (t *track) lanes(p *Publication) {
	t.asker = fanout.NewAsker(p.hub.opt.Clock, func() {
		p.hub.herald.post(func() { t.source.RequestKey(t.number) })
	})
	video := t.Kind == media.Video
	packets := fanout.Lane[media.Packet]{
		Keyed: video, Window: otherItems, Look: lookAtPackets(t.Codec, p.timeline), Asker: t.asker, Stats: &t.stats,
	}
	units := fanout.Lane[media.Unit]{
		Keyed: video, Window: otherItems, Look: lookAtUnits(t.Codec), Asker: t.asker, Stats: &t.stats,
	}
	if video {
		packets.Window, units.Window = videoPackets, videoUnits
	}
	if t.form == Packets {
		units.Stats = &t.derived
	} else {
		packets.Stats = &t.derived
	}
	p.packets.AddLane(packets)
	p.units.AddLane(units)
}

// describe gives the media tracks.
func describe(tracks []*track) media.Description {
	d := media.Description{Tracks: make([]media.Track, len(tracks))}
	for i, t := range tracks {
		d.Tracks[i] = t.Track
	}
	return d
}
