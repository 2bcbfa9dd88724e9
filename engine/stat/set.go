package stat

import "time"

// Set is what every node, track, reader, bridge and queue counts. The zero Set is ready; safe for concurrent use. It
// must not be copied.
type Set struct {
	Units     Counter // packets or access units, whichever flow here
	Bytes     Counter // of media in them
	Drops     Drops
	Keyframes Counter
	Lag       Gauge // nanoseconds behind the newest
	Level     Gauge // units waiting
}

// Snapshot is a Set at one moment. Each number is exact; that they belong together is not promised.
type Snapshot struct {
	Units     uint64            `json:"units"`
	Bytes     uint64            `json:"bytes"`
	Drops     map[string]uint64 `json:"drops,omitempty"` // by reason; only what is not zero
	Keyframes uint64            `json:"keyframes"`
	Lag       time.Duration     `json:"lag"`
	Level     int64             `json:"level"`
}

// Snapshot reads the set.
func (s *Set) Snapshot() Snapshot {
	snap := Snapshot{
		Units:     s.Units.Load(),
		Bytes:     s.Bytes.Load(),
		Keyframes: s.Keyframes.Load(),
		Lag:       time.Duration(s.Lag.Load()),
		Level:     s.Level.Load(),
	}
	for _, r := range Reasons() {
		if n := s.Drops.Load(r); n > 0 {
			if snap.Drops == nil {
				snap.Drops = map[string]uint64{}
			}
			snap.Drops[r.String()] = n
		}
	}
	return snap
}
