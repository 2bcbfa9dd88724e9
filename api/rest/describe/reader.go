package describe

import (
	"time"

	"sluice/api/rest/wire"
	"sluice/engine/hub"
)

// Reader describes somebody who reads.
func Reader(info hub.ReaderInfo) wire.Reader {
	r := wire.Reader{
		ID: info.ID, Name: info.Name, Since: info.Since.In(time.UTC), Form: string(info.Form), Paused: info.Paused, Wants: info.Wants,
		Pipeline: info.Owner,
		Tracks:   []wire.Choice{}, Counts: ofCounts(info.Stats),
	}
	if info.Offered != info.Wants {
		r.Offers = info.Offered
	}
	for _, l := range info.LeftOut {
		r.Lacks = append(r.Lacks, wire.Lack{Kind: string(l.Kind), Why: l.Why})
	}
	for _, d := range info.Tracks {
		one := wire.Choice{Kind: string(d.Kind), Track: d.Track.String(), How: string(d.How), Reason: d.Reason}
		if d.Conversion != nil {
			c := conversion(d)
			one.Conversion = &c
		}
		r.Tracks = append(r.Tracks, one)
	}
	return r
}

// conversion describes what makes a track that is made for readers.
func conversion(d hub.Decision) wire.Conversion {
	c := *d.Conversion
	return wire.Conversion{
		Kind: string(c.Kind), Codec: string(c.Codec), Width: c.Shape.Width, Height: c.Shape.Height, FPS: c.Shape.FPS,
		Bitrate: c.Shape.Bitrate, Quality: c.Shape.Quality, Rate: c.Rate, Channels: c.Channels, Graph: c.Graph,
		Pipeline: d.By,
	}
}

// Conversions lists what readers have made for them, with how many of them share each.
func Conversions(readers []hub.ReaderInfo) []wire.Conversion {
	at := map[hub.Conversion]int{}
	var out []wire.Conversion
	for _, r := range readers {
		for _, d := range r.Tracks {
			if d.Conversion == nil {
				continue
			}
			i, known := at[*d.Conversion]
			if !known {
				i = len(out)
				at[*d.Conversion] = i
				out = append(out, conversion(d))
			}
			out[i].Readers++
		}
	}
	return out
}
