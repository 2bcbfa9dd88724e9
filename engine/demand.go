package engine

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/value"
)

// demand has graphs bring what viewers want and nobody publishes. It implements hub.Demand.
type demand struct{ *Engine }

// Wanted raises stream.wanted. A name for which no graph has a route is simply not there. One that is an address is a viewer's
// own, who may not have the server connect to whatever only the server reaches.
func (d demand) Wanted(ctx context.Context, name string) error {
	vars := map[string]any{"scheme": "", "lately": d.lately.has(name, d.opt.Clock.Now())}
	var reach Reach
	if u, err := url.Parse(name); err == nil && u.Scheme != "" && u.Host != "" {
		if d.opt.Addresses != nil {
			if err := d.opt.Addresses(name); err != nil {
				return err
			}
		}
		vars["scheme"], vars["url"], reach = u.Scheme, name, d.opt.Reach
	}
	_, err := d.Raise(ctx, Event{Name: "stream.wanted", Path: path(name), Vars: vars, Wanted: true, Reach: reach})
	switch {
	case errors.Is(err, fault.NameInUse):
		return nil // somebody is about to publish it: that is what is waited for
	case errors.Is(err, fault.NoRoute) && d.expected(name):
		return nil
	case errors.Is(err, fault.NoRoute):
		return fault.New(fault.StreamNotFound, "", "nobody publishes %q", name)
	}
	return err
}

// Expect has readers wait for names that nobody publishes, no graph brings, and of which coming says that somebody is about to publish
// them of his own accord. coming is called from many goroutines, must be quick, and may use the engine. There is one such function: a
// later one takes the place of the first.
func (e *Engine) Expect(coming func(name string) bool) { e.coming.Store(&coming) }

// expected tells whether a name is worth waiting for.
func (e *Engine) expected(name string) bool {
	coming := e.coming.Load()
	return coming != nil && (*coming)(name)
}

// Conversion says what would have to be made of a track for a viewer.
func (d demand) Conversion(stream string, from media.Track, want media.Want) (hub.Conversion, error) {
	set := d.opt.Store.Current()
	m, ok := set.Routes().Match("stream.convert", path(stream), vars{"kind": string(from.Kind)})
	if !ok {
		return hub.Conversion{}, fault.New(fault.NoRoute, "", "no graph has a route for stream.convert %s", path(stream))
	}
	if d.opt.Open == nil {
		return hub.Conversion{}, fault.New(fault.GstUnavailable, "", "nothing can be converted without GStreamer")
	}
	c := hub.Conversion{Stream: stream, Kind: from.Kind, Codec: want.Codecs(from.Kind)[0]}
	if c.Codec == media.Any { // what it is, made fit: without B-frames, say
		c.Codec = from.Codec
	}
	switch from.Kind {
	case media.Video:
		if err := sane(want.Shape); err != nil { // before the steps, which would make of a side of 1 one that is not asked for
			return hub.Conversion{}, err
		}
		c.Shape = steps(want.Shape)
	case media.Audio:
		c.Rate, c.Channels = want.Rate, want.Channels
	}
	if src, ok := set.Source(m.Entry.Graph); ok {
		c.Graph = m.Entry.Graph + "@" + src.Hash
	}
	return c, nil
}

// steps brings what viewers ask for into steps, so that those who ask for nearly the same share one encoder: sides are coded in steps
// of two, and bit rates have two digits that count, which is at most what was asked for.
func steps(s media.Shape) media.Shape {
	s.Width, s.Height = s.Width&^1, s.Height&^1
	step := 1
	for s.Bitrate/step >= 100 {
		step *= 10
	}
	s.Bitrate -= s.Bitrate % step
	return s
}

// sane refuses shapes that nobody can mean. Any viewer may ask, and each shape has an encoder.
func sane(s media.Shape) error {
	const least, most, slimmest, lowest = 16, 4096, 10, 10_000 // pixels, pixels, side to side, bits a second
	switch small, large := min(s.Width, s.Height), max(s.Width, s.Height); {
	case large != 0 && (large < least || large > most), small != 0 && (small < least || large > slimmest*small):
		return fault.New(fault.InvalidParams, "", "pictures are not made %s", media.Shape{Width: s.Width, Height: s.Height}).
			Advise("sides are from %d to %d, and one is at most %d times the other", least, most, slimmest)
	case s.Bitrate != 0 && s.Bitrate < lowest:
		return fault.New(fault.InvalidParams, "", "pictures are not made at %d bit/s", s.Bitrate).Advise("%d are the least", lowest)
	}
	return nil
}

// Convert raises stream.convert. What it starts ends when nobody reads it.
func (d demand) Convert(ctx context.Context, c hub.Conversion) error {
	inst, err := d.Raise(ctx, Event{Name: "stream.convert", Path: path(c.Stream), Vars: wanted(c), convert: c, Wanted: true})
	if err != nil {
		return err
	}
	return inst.Ready(ctx)
}

// wanted are the variables of a conversion; what it leaves open has none.
func wanted(c hub.Conversion) map[string]any {
	vars := map[string]any{"kind": string(c.Kind), "want.codec": string(c.Codec)}
	for name, v := range map[string]int{
		"want.width": c.Shape.Width, "want.height": c.Shape.Height, "want.quality": c.Shape.Quality,
		"want.rate": c.Rate, "want.channels": c.Channels,
	} {
		if v != 0 {
			vars[name] = int64(v)
		}
	}
	if c.Shape.Bitrate != 0 {
		vars["want.bitrate"] = value.Bits(c.Shape.Bitrate)
	}
	if c.Shape.FPS != 0 {
		vars["want.fps"] = value.Ratio{Num: int64(c.Shape.FPS), Den: 1}
	}
	return vars
}

// path is where routes look for a stream.
func path(stream string) string { return "/" + strings.TrimPrefix(stream, "/") }
