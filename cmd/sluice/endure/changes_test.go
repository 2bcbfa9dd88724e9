//go:build cgo && !nogst

package endure

import (
	"net/http"
	"testing"
	"time"
)

const (
	hostTone, hostBeep = 700, 1300 // Hz
	beepOfGuests       = 1700
	// round is after how many changes everybody leaves, and what is held then is compared.
	round = 20
)

// TestChanges has guests join, leave, stall, change size and reconnect twenty times, or 200 if it is long, while somebody records the room
// and one guest stays. Nothing of that one's sound is missing, the pictures never stop, nothing grows, and the room ends without a trace.
func TestChanges(t *testing.T) {
	t.Parallel()
	s := serve(t)
	shown := films(t)
	rounds, pause := 1, 250*time.Millisecond
	if long() {
		rounds, pause = 10, 800*time.Millisecond
	}
	before := s.idle()
	s.Do("POST /v1/pipelines?wait=20s", body{"graph": "rooms/mixer", "id": "hall", "params": body{"room": "hall", "width": 320, "height": 180}})
	host := &camera{t: t, tone: hostTone, beep: hostBeep, films: shown, dial: func() (wire, error) {
		return dialRTSP("rtsp://"+s.RTSP+"/live/host", shown[0].plain)
	}}
	host.begin()
	s.published("host")
	s.Do("PUT /v1/pipelines/hall/nodes/seat/host", body{"params": body{"stream": "host"}})
	place := body{"key": "host", "x": 0, "y": 0, "width": 160, "height": 90, "layer": 9}
	s.until("a place", func() bool {
		status, _ := s.Call("POST /v1/pipelines/hall/nodes/picture/actions/place", place)
		return status == http.StatusOK
	})
	r := record(t, "rtsp://"+s.RTSP+"/room/hall")
	h := s.watch(r.cmd.Process.Pid)
	<-time.After(settled + signal)
	guests, halfway, last := gather(t, s, shown), held{}, held{}
	for n := range rounds {
		for range round {
			guests.change()
			<-time.After(pause/2 + time.Duration(guests.random.Int64N(int64(pause))))
		}
		guests.all()
		last = s.calm(last)
		if n == (rounds-1)/2 {
			halfway = last
		}
		t.Logf("after %d changes: %+v", (n+1)*round, last)
	}
	<-time.After(signal)
	h.end()
	got := r.stop()
	s.Do("DELETE /v1/pipelines/hall", nil)
	host.end()
	s.until("no stream", func() bool {
		streams, _ := s.Do("GET /v1/streams", nil)["items"].([]any)
		return len(streams) == 0
	})
	after := s.idle()
	s.until("no goroutine more than before", func() bool {
		after = s.idle()
		return after.goroutines <= before.goroutines
	})
	t.Logf("changes: %v; before the room %+v, after it %+v", guests.done, before, after)
	t.Logf("the host: %s", host.hindered())
	grown(t, halfway, last)
	got.whole(t, h, host)
	got.judge(t, guests, h, host)
}

// judge is what was recorded of the host, and that everybody was heard.
func (r *recording) judge(t *testing.T, guests *crowd, h *hindrance, host *camera) {
	t.Helper()
	gap, where := r.silence(hostTone)
	flashes, beeps := r.flashes(2, 2), r.beeps(hostBeep)
	if err := r.enough(flashes, beeps); err != nil {
		t.Error("the host: ", err)
	}
	first, last := apart(t, flashes, beeps)
	t.Logf("the longest gap in the host's sound is %v (at %v); of %d flashes and %d beeps, beeps are %v, in the end %v, behind flashes", gap, where, len(flashes),
		len(beeps), first, last)
	if most := h.allowed(gapMost, host); gap > most {
		t.Errorf("no sound for %v at %v, of %v at most", gap, where, most)
	}
	if last.Abs() > h.allowed(apartMost, host) {
		t.Errorf("sound and picture are %v apart in the end", last)
	}
	for name, tone := range guests.heard {
		loud := 0
		for _, l := range r.loudness(tone) {
			if l > audible {
				loud++
			}
		}
		if loud < 50 {
			t.Errorf("%s was heard for %d hundredths of a second", name, loud)
		}
	}
}

// grown tells of what is held in the end and was not halfway. The memory of the first rounds is that of threads, each with a heap of its own.
func grown(t *testing.T, halfway, last held) {
	t.Helper()
	if last.goroutines > halfway.goroutines+4 || last.files > halfway.files+4 || last.threads > halfway.threads+4 {
		t.Errorf("there were %+v, and are %+v", halfway, last)
	}
	if kb := last.server + last.workers - halfway.server - halfway.workers; kb > 12<<10 {
		t.Errorf("memory has grown by %.0f KB", kb)
	}
}
