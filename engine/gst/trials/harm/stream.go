package harm

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Stream is a recorded track: what describes it, and its access units. It is written as JSON.
type Stream struct {
	Track media.Track  `json:"track"`
	Units []media.Unit `json:"units"`
}

// Parse reads what Bytes wrote. The error is fault.MediaCorrupt.
func Parse(text []byte) (Stream, error) {
	var s Stream
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fault.New(fault.MediaCorrupt, "", "this is no recorded stream").Because(err)
	}
	return s, nil
}

// Bytes writes the stream.
func (s Stream) Bytes() ([]byte, error) { return json.Marshal(s) }

// Damage gives a damaged copy of a stream. Its codec stays, because that chooses the decoder. Seed 0 damages nothing.
func (s Stream) Damage(seed uint64) Stream {
	out := Stream{Track: s.Track, Units: make([]media.Unit, len(s.Units))}
	out.Track.Extra = parts(s.Track.Extra)
	for i, u := range s.Units {
		out.Units[i] = u
		out.Units[i].AU = parts(u.AU)
	}
	if seed == 0 || len(out.Units) == 0 {
		return out
	}
	r := random(seed)
	for range 1 + r.IntN(3) {
		out.order(r)
	}
	rate := []float64{0.05, 0.3, 1}[r.IntN(3)] // how many units are damaged
	hurt := false
	for i := range out.Units {
		if r.Float64() < rate {
			unit(r, &out.Units[i])
			hurt = true
		}
	}
	if !hurt && len(out.Units) > 0 {
		unit(r, &out.Units[0])
	}
	if r.IntN(4) == 0 {
		describe(r, &out.Track)
	}
	return out
}

func parts(list [][]byte) [][]byte {
	out := make([][]byte, len(list))
	for i, p := range list {
		out[i] = slices.Clone(p)
	}
	return out
}

// order now and then loses, repeats or swaps units, or bends their times.
func (s *Stream) order(r *rand.Rand) {
	n := len(s.Units)
	if n == 0 {
		return
	}
	i, k := r.IntN(n), r.IntN(n)
	switch r.IntN(12) {
	case 0:
		s.Units = slices.Delete(s.Units, i, i+1)
	case 1:
		s.Units = slices.Insert(s.Units, k, s.Units[i])
	case 2:
		s.Units[i], s.Units[k] = s.Units[k], s.Units[i]
	case 3:
		s.Units[i].AU, s.Units[k].AU = s.Units[k].AU, s.Units[i].AU
	case 4:
		s.Units[i].PTS -= time.Second
		s.Units[i].DTS -= time.Second
	case 5:
		s.Units[i].PTS += time.Hour
	case 6:
		s.Units = s.Units[i:]
	}
}

// unit damages one access unit.
func unit(r *rand.Rand, u *media.Unit) {
	if len(u.AU) == 0 {
		return
	}
	i := r.IntN(len(u.AU))
	switch r.IntN(16) {
	case 0:
		u.AU = slices.Delete(u.AU, i, i+1)
	case 1:
		u.AU = slices.Insert(u.AU, i, slices.Clone(u.AU[i]))
	case 2:
		u.AU[i] = nil
	case 3:
		u.Key = !u.Key
	default:
		u.AU[i] = once(r, u.AU[i])
	}
}

// describe damages what is said of the track.
func describe(r *rand.Rand, t *media.Track) {
	switch r.IntN(4) {
	case 0:
		t.Width, t.Height = r.IntN(1<<16), r.IntN(1<<16)
	case 1:
		t.Channels = r.IntN(256)
	case 2:
		t.ClockRate = r.Uint32()
	default:
		for i := range t.Extra {
			t.Extra[i] = once(r, t.Extra[i])
		}
	}
}
