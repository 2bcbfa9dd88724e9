package stream

import (
	"sync"
	"time"

	"sluice/engine/hub"
	"sluice/engine/media"
)

// meters remember what was counted when somebody asked last, so that rates can be told. Safe for concurrent use.
type meters struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[string]*meter // by mediaSessionId
}

// meter is what was counted of one stream.
type meter struct {
	from, last count // rates are of what came between them
}

// count is what had been counted at a moment.
type count struct {
	at                   time.Time
	video, audio, frames uint64 // bits, and pictures
}

// kept is how many streams are remembered between two calls.
const kept = 10_000

func newMeters(now func() time.Time) *meters { return &meters{now: now, seen: map[string]*meter{}} }

// rates are those since somebody asked last, at least a second ago, and those since the beginning for who asks first.
func (m *meters) rates(id string, begun time.Time, c count) (video, audio, frames float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.at = m.now()
	one, ok := m.seen[id]
	if !ok || c.video < one.last.video || c.audio < one.last.audio || c.frames < one.last.frames { // it is another of the same id
		if len(m.seen) >= kept {
			clear(m.seen)
		}
		one = &meter{from: count{at: begun}, last: count{at: begun}}
		m.seen[id] = one
	}
	if c.at.Sub(one.last.at) >= time.Second {
		one.from, one.last = one.last, c
	}
	passed := one.last.at.Sub(one.from.at).Seconds()
	if passed <= 0 {
		return 0, 0, 0
	}
	per := func(from, to uint64) float64 { return float64(int(float64(to-from) / passed)) }
	return per(one.from.video, one.last.video), per(one.from.audio, one.last.audio), per(one.from.frames, one.last.frames)
}

// measure says how the pictures and the sound of streams are. Rates are in bits a second; the rest is of the whole time. Frames that a
// player gets are taken to be those that are published.
func (a streams) measure(list []Info) {
	for at := range list {
		i := &list[at]
		i.Metrics = map[string]float64{
			"VIDEO_WIDTH": float64(i.Width), "VIDEO_HEIGHT": float64(i.Height), "VIDEO_LOST": float64(i.counts.Lost),
			"VIDEO_NACK": float64(i.counts.NACKs), "VIDEO_PLI": float64(i.counts.PLIs), "VIDEO_B_FRAMES": 0,
		}
		c := count{video: i.counts.VideoBits, audio: 8*i.counts.Bytes - i.counts.VideoBits}
		if in, ok := a.opt.Engine.Streams().Stream(i.Name); ok {
			of := i.counted(in)
			if c.frames = of.frames; i.Published {
				c = of
			}
		}
		m := i.Metrics
		m["VIDEO_RATE"], m["AUDIO_RATE"], m["VIDEO_FPS"] = a.meters.rates(i.MediaSessionID, time.UnixMilli(i.CreateDate), c)
	}
}

// counted takes over what the hub counted of what is published under the stream's name.
func (i *Info) counted(in hub.StreamInfo) (c count) {
	const eight = 8
	for _, t := range in.Tracks {
		switch {
		case t.Alternative:
		case t.Track.Kind == media.Audio:
			c.audio += eight * t.Stats.Bytes
		default:
			c.video += eight * t.Stats.Bytes
			c.frames = max(c.frames, t.Begun) // layers of simulcast show the same
			if t.Track.BFrames {
				i.Metrics["VIDEO_B_FRAMES"] = 1
			}
			if i.Published {
				i.Metrics["VIDEO_K_FRAMES"] += float64(t.Stats.Keyframes)
			}
		}
	}
	return c
}
