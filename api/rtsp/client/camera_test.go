package client

import (
	"bufio"
	"context"
	"encoding/binary"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"

	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// habits are those of a scripted camera. The zero habits are good ones.
type habits struct {
	control string // of the session; "" has none
	lines   string // media lines; "": H.264 with G.711
	base    string // Content-Base, where ADDR stands for host and port; "": none
	session string // what the Session header says
	public  string // of OPTIONS
	ranges  bool   // PLAY without a Range is refused
	info    string // RTP-Info
	first   int    // channel that it gives to the first track, whatever is asked for; 0: it gives what is asked for
	status  map[base.Method]base.StatusCode
	moved   string // where DESCRIBE sends to
	silent  bool   // nothing comes
	unnamed bool   // DESCRIBE is answered without a Content-Type
}

const twoLines = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:trackID=1\r\n" +
	"m=audio 0 RTP/AVP 0\r\na=control:trackID=2\r\n"

// camera is a scripted one: real ones stand in the tests of package rtsp, and this one has the oddities that those lack.
type camera struct {
	t      testing.TB
	l      net.Listener
	habits habits
	asked  chan base.Request // all that was asked; those that find no room are left out
	work   sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// record begins one, at an address or any.
func record(t testing.TB, at string, h habits) *camera {
	t.Helper()
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	c := &camera{t: t, l: l, habits: h, asked: make(chan base.Request, 100)}
	c.work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.mu.Lock()
			c.conns = append(c.conns, conn)
			c.mu.Unlock()
			c.work.Go(func() { c.serve(conn) })
		}
	})
	t.Cleanup(c.close)
	return c
}

func (c *camera) addr() string { return c.l.Addr().String() }

// hangUp ends all calls.
func (c *camera) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

func (c *camera) close() {
	_ = c.l.Close()
	c.hangUp()
	c.work.Wait()
}

func (c *camera) serve(conn net.Conn) {
	defer conn.Close()
	over := make(chan struct{})
	defer close(over)
	var write sync.Mutex
	var channels []int
	r := bufio.NewReader(conn)
	for {
		if first, err := r.Peek(4); err != nil {
			return
		} else if first[0] == '$' { // a report
			if _, err := r.Discard(4 + int(binary.BigEndian.Uint16(first[2:]))); err != nil {
				return
			}
			continue
		}
		var q base.Request
		if q.Unmarshal(r) != nil {
			return
		}
		select {
		case c.asked <- q:
		default:
		}
		a := c.answer(&q, &channels)
		a.Header["CSeq"] = q.Header["CSeq"]
		text, err := a.Marshal()
		if err != nil {
			c.t.Error(err)
			return
		}
		write.Lock()
		_, err = conn.Write(text)
		write.Unlock()
		if err != nil {
			return
		}
		if q.Method == base.Play && a.StatusCode == base.StatusOK && !c.habits.silent {
			sent := channels
			c.work.Go(func() { film(conn, &write, sent, over) })
		}
	}
}

// answer says what the camera thinks of a request.
func (c *camera) answer(q *base.Request, channels *[]int) *base.Response {
	a := &base.Response{StatusCode: base.StatusOK, Header: base.Header{}}
	if s, ok := c.habits.status[q.Method]; ok {
		a.StatusCode = s
		return a
	}
	switch q.Method {
	case base.Options:
		if c.habits.public != "" {
			a.Header["Public"] = base.HeaderValue{c.habits.public}
		}
	case base.Describe:
		c.describe(q, a)
	case base.Setup:
		var t headers.Transport
		if t.Unmarshal(q.Header["Transport"]) != nil || t.InterleavedIDs == nil {
			a.StatusCode = base.StatusUnsupportedTransport
			return a
		}
		if n := c.habits.first; n > 0 {
			n += 2 * len(*channels)
			t.InterleavedIDs = &[2]int{n, n + 1}
		}
		a.Header["Transport"] = t.Marshal()
		*channels = append(*channels, t.InterleavedIDs[0])
	case base.Play:
		if _, ok := q.Header["Range"]; !ok && c.habits.ranges {
			a.StatusCode = base.StatusHeaderFieldNotValidForResource
		}
		if c.habits.info != "" {
			a.Header["RTP-Info"] = base.HeaderValue{c.habits.info}
		}
	}
	if q.Method == base.Setup || q.Method == base.Play {
		a.Header["Session"] = base.HeaderValue{c.habits.session}
		if c.habits.session == "" {
			a.Header["Session"] = base.HeaderValue{"12345"}
		}
	}
	return a
}

func (c *camera) describe(q *base.Request, a *base.Response) {
	if c.habits.moved != "" && !strings.HasSuffix(q.URL.Path, "/moved") {
		a.StatusCode = base.StatusFound
		a.Header["Location"] = base.HeaderValue{strings.ReplaceAll(c.habits.moved, "ADDR", c.addr())}
		return
	}
	if !c.habits.unnamed {
		a.Header["Content-Type"] = base.HeaderValue{"application/sdp"}
	}
	if c.habits.base != "" {
		a.Header["Content-Base"] = base.HeaderValue{strings.ReplaceAll(c.habits.base, "ADDR", c.addr())}
	}
	lines := c.habits.lines
	if lines == "" {
		lines = twoLines
	}
	if c.habits.control != "" {
		lines = "a=control:" + c.habits.control + "\r\n" + lines
	}
	a.Body = []byte("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" + strings.ReplaceAll(lines, "ADDR", c.addr()))
}

// film sends a packet on each channel now and then: a key picture or sound, whatever was described.
func film(conn net.Conn, write *sync.Mutex, channels []int, over <-chan struct{}) {
	const every = 10 * time.Millisecond
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; n++ {
		for i, channel := range channels {
			p := []byte{0x80, 0x80 | 96, byte(n >> 8), byte(n), 0, 0, byte(n * 4), 0, 0, 0, 0, byte(i), 0x65, 1, 2, 3}
			if i > 0 {
				p[1] = 0
			}
			write.Lock()
			_, err := conn.Write(append([]byte{'$', byte(channel), 0, byte(len(p))}, p...))
			write.Unlock()
			if err != nil {
				return
			}
		}
		select {
		case <-tick.C:
		case <-over:
			return
		}
	}
}

// await waits until the camera is asked something.
func (c *camera) await(method base.Method) *base.Request {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case q := <-c.asked:
			if q.Method == method {
				return &q
			}
		case <-deadline:
			c.t.Fatalf("no %s", method)
		}
	}
}

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// viewer counts what comes of each track.
type viewer struct {
	mu     sync.Mutex
	counts []int
	came   chan struct{} // has a token after each change
	ended  chan error
}

// Begin implements hub.Sink.
func (v *viewer) Begin(tracks []media.Track) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.counts = make([]int, len(tracks))
}

// Push implements hub.Sink.
func (v *viewer) Push(track int, items []*media.Packet) int {
	v.mu.Lock()
	v.counts[track] += len(items)
	v.mu.Unlock()
	select {
	case v.came <- struct{}{}:
	default:
	}
	return len(items)
}

// End implements hub.Sink.
func (v *viewer) End(reason error) { v.ended <- reason }

// more waits until more has come of each track.
func (v *viewer) more(t testing.TB) {
	t.Helper()
	v.mu.Lock()
	before := append([]int(nil), v.counts...)
	v.mu.Unlock()
	deadline := time.After(patience)
	for {
		v.mu.Lock()
		all := len(v.counts) > 0
		for i, n := range v.counts {
			all = all && (i >= len(before) && n > 0 || i < len(before) && n > before[i])
		}
		v.mu.Unlock()
		if all {
			return
		}
		select {
		case <-v.came:
		case <-deadline:
			t.Fatalf("%v have come, where there were %v", v.counts, before)
		}
	}
}

// pulls makes an rtsp.pull for an address, with settings as "name=value".
func pulls(t testing.TB, env element.Env, address string, settings ...string) *pull {
	t.Helper()
	conf := elementtest.Defaults(Pull{}.Spec())
	conf["url"], conf["timeout"], conf["transport"] = address, 2*time.Second, "tcp"
	for _, s := range settings {
		name, text, _ := strings.Cut(s, "=")
		conf[name] = text
		if d, err := time.ParseDuration(text); err == nil {
			conf[name] = d
		}
	}
	e, err := Pull{}.New(t.Context(), env, conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(context.WithoutCancel(t.Context())) })
	p, _ := e.(*pull)
	return p
}

// play has a started one publish, and gives a viewer of all of it and the tracks.
func play(t testing.TB, p node.Source) (*viewer, []media.Track) {
	t.Helper()
	d, err := p.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Options{})
	t.Cleanup(h.Close)
	pub, err := h.Publish(t.Context(), "cam", d, hub.PublishOptions{Form: p.Form(), Source: p})
	if err != nil {
		t.Fatal(err)
	}
	v := &viewer{came: make(chan struct{}, 1), ended: make(chan error, 1)}
	r, err := h.Read(t.Context(), "cam", media.Everything(), v, hub.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	p.Feed(pub)
	t.Cleanup(func() { _ = p.Stop(context.WithoutCancel(t.Context())); pub.Close(nil) }) // before the hub goes
	return v, d.Tracks
}
