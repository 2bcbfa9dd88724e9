package conform

import "time"

// stretch is a piece of media by its dates.
type stretch struct {
	begin, end time.Time
	number     int64 // discontinuity sequence number
	msn        int64
}

// apart is how much media may differ where it is the same: frames of sound and of pictures do not end together.
const apart = 100 * time.Millisecond

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// stretches are all segments that have a date, and the parts behind them.
func (d *document) stretches() []stretch {
	var all []stretch
	for _, s := range d.segments {
		if !s.date.IsZero() {
			all = append(all, stretch{s.date, s.date.Add(seconds(s.duration)), s.number, s.msn})
		}
	}
	if o := d.open; !o.date.IsZero() && len(o.parts) > 0 {
		all = append(all, stretch{o.date, o.date.Add(seconds(d.tail())), o.number, o.msn})
	}
	return all
}

// holes checks that what one playlist shows, and another does not, stands at its ends.
func (c *checker) holes(of *kin, x, y []stretch) {
	for i := 1; i < len(y); i++ {
		from, to := y[i-1].end, y[i].begin
		if to.Sub(from) <= apart {
			continue
		}
		for _, s := range x {
			shared := earliest(s.end, to).Sub(latest(s.begin, from))
			c.must(shared <= apart, "6.2.4", "%v of %s from %v on stand in one playlist alone, and not at its end", shared, of.path, from)
		}
	}
}

// numbers checks that media of the same time has the same discontinuity sequence number.
func (c *checker) numbers(of *kin, x, y []stretch) {
	for _, a := range x {
		for _, b := range y {
			if shared := earliest(a.end, b.end).Sub(latest(a.begin, b.begin)); shared > apart {
				c.must(a.number == b.number, "6.2.4", "segment %d has discontinuity sequence number %d, and segment %d of %s, of that time, %d",
					b.msn, b.number, a.msn, of.path, a.number)
			}
		}
	}
}

// clocks checks that dates and the media's own times go together, and alike in both.
func (c *checker) clocks(a, b *kin) {
	const same = 10 * time.Millisecond // dates have milliseconds, and some servers round twice
	x, y := c.origins(a, same), c.origins(b, same)
	for number, at := range x {
		if other, ok := y[number]; ok {
			later := at.Sub(other)
			c.must(later.Abs() <= same, "6.2.4", "behind discontinuity %d media of one date is %v later than that of %s", number, later, a.path)
		}
	}
}

// origins are the dates at which the media's clock was 0, by discontinuity sequence number.
func (c *checker) origins(k *kin, same time.Duration) map[int64]time.Time {
	all := map[int64]time.Time{}
	for _, s := range append(k.segments[:len(k.segments):len(k.segments)], k.open) {
		address := s.uri
		if len(s.parts) > 0 {
			address = s.parts[0].uri
		}
		at, ok := k.Times[address]
		if !ok || s.date.IsZero() {
			continue
		}
		zero := s.date.Add(-at)
		before, known := all[s.number]
		if !known {
			all[s.number] = zero
			continue
		}
		c.must(zero.Sub(before).Abs() <= same, "6.2.4", "the date of segment %d of %s is %v off its media", s.msn, k.path, zero.Sub(before))
	}
	return all
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
