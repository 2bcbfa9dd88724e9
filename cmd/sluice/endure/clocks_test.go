//go:build cgo && !nogst

package endure

import (
	"testing"
	"time"
)

// TestClocks has two guests in a room whose clocks are 1,000 ppm apart, one over RTSP and one over RTMP; for ten minutes if it is long.
// Nothing is missing of either's sound, and sound and picture stay together.
func TestClocks(t *testing.T) {
	t.Parallel()
	s := serve(t)
	shown := films(t)
	length := 15 * time.Second
	if long() {
		length = 10 * time.Minute
	}
	guests := []*camera{
		{t: t, ppm: 500, tone: 700, beep: 1500, films: shown[:1], dial: func() (wire, error) {
			return dialRTSP("rtsp://"+s.RTSP+"/live/ann", shown[0].plain)
		}},
		{t: t, ppm: -500, tone: 1100, beep: 1900, films: shown[:1], dial: func() (wire, error) {
			return dialRTMP("rtmp://"+s.RTMP+"/live/bob", shown[0].plain)
		}},
	}
	s.Do("POST /v1/pipelines?wait=20s", body{"graph": "rooms/mixer", "id": "hall", "params": body{"room": "hall", "width": 320, "height": 180}})
	for i, name := range []string{"ann", "bob"} {
		guests[i].begin()
		s.published(name)
		s.Do("PUT /v1/pipelines/hall/nodes/seat/"+name, body{"params": body{"stream": name}})
	}
	r := record(t, "rtsp://"+s.RTSP+"/room/hall")
	h := s.watch(r.cmd.Process.Pid)
	<-time.After(length)
	h.end()
	got := r.stop()
	got.whole(t, h, guests...)
	for i, name := range []string{"ann", "bob"} {
		gap, where := got.silence(guests[i].tone)
		flashes, beeps := got.flashes(4+8*i, 4), got.beeps(guests[i].beep)
		if err := got.enough(flashes, beeps); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		first, last := apart(t, flashes, beeps)
		t.Logf("%s (%+v ppm): the longest gap in its sound is %v at %v, of %d flashes and %d beeps; beeps are %v, in the end %v, behind flashes; %s",
			name, guests[i].ppm, gap, where, len(flashes), len(beeps), first, last, guests[i].hindered())
		if most := h.allowed(gapMost, guests...); gap > most {
			t.Errorf("%s: no sound for %v at %v, of %v at most", name, gap, where, most)
		}
		if (last - first).Abs() > h.allowed(apartMost, guests...) {
			t.Errorf("%s: sound and picture drift", name)
		}
	}
}
