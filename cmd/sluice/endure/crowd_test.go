//go:build cgo && !nogst

package endure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// most is how many guests there are at a time, besides the host.
const most = 5

// crowd is a room's guests but the host, of whom one at a time does something. The same seed makes the same changes.
type crowd struct {
	t      *testing.T
	s      *server
	random *rand.Rand
	films  []film
	here   map[string]*camera
	heard  map[string]int // the tones of those who must have been
	done   map[string]int // changes, by kind
}

func gather(t *testing.T, s *server, shown []film) *crowd {
	t.Helper()
	return &crowd{
		t: t, s: s, random: rand.New(rand.NewPCG(8, 200)), films: shown, here: map[string]*camera{}, heard: map[string]int{}, done: map[string]int{},
	}
}

// change has somebody do something.
func (c *crowd) change() {
	c.t.Helper()
	do := []string{"join", "leave", "stall", "resize", "reconnect"}[c.random.IntN(5)]
	if len(c.here) == 0 || do == "join" && len(c.here) == most {
		do = map[bool]string{true: "join", false: "leave"}[len(c.here) == 0]
	}
	c.done[do]++
	if do == "join" {
		c.join()
		return
	}
	name := c.somebody()
	switch g := c.here[name]; do {
	case "leave":
		c.leave(name, c.random.IntN(2) == 0)
	case "stall":
		g.stalled.Store(!g.stalled.Load()) // or go on
	case "resize":
		g.shown.Store(1 - g.shown.Load())
	case "reconnect":
		g.reconnect()
	}
}

func (c *crowd) somebody() string {
	names := []string{}
	for name := range c.here {
		names = append(names, name)
	}
	slices.Sort(names)
	return names[c.random.IntN(len(names))]
}

// join has one who is not there come, over RTSP or RTMP.
func (c *crowd) join() {
	c.t.Helper()
	for i := c.random.IntN(2 * most); ; i = (i + 1) % (2 * most) {
		name := fmt.Sprintf("guest%d", i)
		if c.here[name] != nil {
			continue
		}
		g := &camera{t: c.t, tone: 2000 + 200*i, beep: beepOfGuests, films: c.films, dial: func() (wire, error) {
			if i%2 == 0 {
				return dialRTSP("rtsp://"+c.s.RTSP+"/live/"+name, c.films[0].plain)
			}
			return dialRTMP("rtmp://"+c.s.RTMP+"/live/"+name, c.films[0].plain)
		}}
		g.begin()
		c.here[name] = g
		c.s.Do("PUT /v1/pipelines/hall/nodes/seat/"+name, body{"params": body{"stream": name}})
		return
	}
}

// leave has one go: from the room and then from the server, or the other way round.
func (c *crowd) leave(name string, room bool) {
	c.t.Helper()
	if room {
		c.s.Do("DELETE /v1/pipelines/hall/nodes/seat/"+name, nil)
	}
	c.here[name].end()
	if !room {
		c.s.Do("DELETE /v1/pipelines/hall/nodes/seat/"+name, nil)
	}
	delete(c.here, name)
}

// all has everybody who is there be seen and heard, and then leave.
func (c *crowd) all() {
	c.t.Helper()
	for name, g := range c.here {
		g.stalled.Store(false)
		c.heard[name] = g.tone
	}
	c.s.until("all seats", func() bool {
		seats := c.s.seats("hall")
		for name := range c.here {
			if !seats["seat["+name+"]"] {
				return false
			}
		}
		return len(seats) == len(c.here)+1
	})
	<-time.After(time.Second) // of all of them, in the recording
	for len(c.here) > 0 {
		c.leave(c.somebody(), true)
	}
	c.s.until("nobody but the host", func() bool { return len(c.s.seats("hall")) == 1 })
}
