package progress

import "time"

// window is how far back speed is measured: long enough to be steady, short enough to show a change.
const window = 5 * time.Second

// meter measures speed.
type meter struct {
	begun  time.Time
	points []point // of the window, oldest first; there is always one
}

type point struct {
	at       time.Time
	position time.Duration
}

// reading is a status with what was measured.
type reading struct {
	Status
	elapsed time.Duration
	speed   float64       // media time over real time; 0 if not known
	left    time.Duration // real time until the end; negative if not known
	bitrate float64       // bits a second of media; 0 if not known
}

func (m *meter) read(now time.Time, s Status) reading {
	r := reading{Status: s, elapsed: now.Sub(m.begun), left: -1}
	m.points = append(m.points, point{now, s.Position})
	for len(m.points) > 2 && now.Sub(m.points[1].at) >= window {
		m.points = m.points[1:]
	}
	first := m.points[0]
	if took := now.Sub(first.at); took > 0 && s.Position > first.position {
		r.speed = float64(s.Position-first.position) / float64(took)
	}
	if r.speed > 0 && s.Length > 0 {
		r.left = time.Duration(float64(max(0, s.Length-s.Position)) / r.speed)
	}
	if r.Position <= 0 && r.Length <= 0 { // as of what is live
		r.Position = r.elapsed
	}
	if r.Position > 0 {
		r.bitrate = float64(s.Bytes) * 8 / r.Position.Seconds()
	}
	return r
}

// done is the share that is done, 0 to 1; false if the length is not known.
func (r reading) done() (float64, bool) {
	if r.Length <= 0 {
		return 0, false
	}
	return min(1, max(0, float64(r.Position)/float64(r.Length))), true
}
