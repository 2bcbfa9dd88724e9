//go:build cgo && !nogst

package drift

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"

	"sluice/engine/gst/bridge"
	"sluice/engine/media"
)

const (
	frame = 20 * time.Millisecond
	pulse = 10 * time.Second      // from one pulse to the next, by the source's clock
	width = 4 * time.Millisecond  // of a pulse
	way   = 30 * time.Millisecond // that packets are under way at the least
)

// source is a microphone whose clock is off. It gives a constant, which no silence is, and a pulse every ten seconds.
type source struct {
	name    string
	ppm     float64
	reports bool // it sends sender reports, as over RTP; else its times are in milliseconds, as over RTMP
	level   int16
	height  int16
	rate    int

	mu     sync.Mutex
	pulses []sent
}

// sent is when a pulse was sounded: by the world's clock, and on the timeline, which its picture would have been given, too.
type sent struct{ real, told time.Duration }

// real is when the source's clock says so.
func (s *source) real(own time.Duration) time.Duration {
	return time.Duration(float64(own) / (1 + s.ppm/1e6))
}

// samples is a frame of what it gives.
func (s *source) samples(buf []byte, n int) []byte {
	each := s.rate / 50
	buf = buf[:0]
	for i := range each {
		v := s.level
		if at := time.Duration(n*each+i) * time.Second / time.Duration(s.rate); at >= pulse && at%pulse < width {
			v += s.height
		}
		buf = binary.LittleEndian.AppendUint16(buf, uint16(v))
	}
	return buf
}

// feed has it sound for a while, on an hour that passes as fast as the inlet takes it. Packets come late by up to 30 ms, without order.
func (s *source) feed(in *bridge.Inlet, length time.Duration) {
	epoch := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	ticks, jitter := uint32(s.rate), rand.New(rand.NewPCG(1, uint64(s.level)))
	if !s.reports {
		ticks = 1000
	}
	clock, buf := media.NewTimeline(epoch).Clock(ticks), []byte{}
	for n := 0; time.Duration(n)*frame < length; n++ {
		own := time.Duration(n) * frame
		at := uint32(int64(own) * int64(ticks) / int64(time.Second))
		arrival := epoch.Add(s.real(own) + way + time.Duration(jitter.Int64N(int64(way))))
		if s.reports && n%250 == 249 {
			clock.Report(at, epoch.Add(own), epoch.Add(s.real(own)+way))
		}
		pts := clock.Time(at, arrival)
		if own >= pulse && own%pulse == 0 {
			s.mu.Lock()
			s.pulses = append(s.pulses, sent{real: s.real(own), told: pts})
			s.mu.Unlock()
		}
		buf = s.samples(buf, n)
		if !in.Unit(&media.Unit{PTS: pts, DTS: pts, AU: [][]byte{buf}}) {
			return
		}
	}
}
