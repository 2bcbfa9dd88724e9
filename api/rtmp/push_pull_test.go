package rtmp_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"sluice/api/doortest"
	"sluice/api/rtmp"
	"sluice/api/rtmp/chunk"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
)

// more adds a graph to those that publish and play.
func more(text string, args ...any) string {
	return doortest.Graphs("rtmp") + "---\n" + fmt.Sprintf(text, args...)
}

const pushes = `graph: v1
route:
  - rtmp.publish /{stream...}
nodes:
  in: rtmp.in
  out: stream.out name=$stream
  there: rtmp.push url=rtmp://%s/live key=there timeout=5s
links:
  - in -> out
  - in -> there
`

const pulls = `graph: v1
name: pull
route:
  - stream.wanted /{stream...}
nodes:
  in: rtmp.pull url=rtmp://%s/live/cam timeout=2s
  out: stream.out name=$stream
links:
  - in -> out
`

func TestPush(t *testing.T) {
	there := serve(t)
	here := serveGraphs(t, fmt.Sprintf(pushes, there.host))
	arrived := there.await("stream.published", "there")
	from := dial(t, "rtmp://"+here.host+"/live/cam", true)
	from.send(aac(), 0, sound(0))
	from.send(h264(t), 0, picture(true, 0))
	from.send(h264(t), 1200, picture(true, 1)) // which is long enough to see what comes
	from.send(aac(), 1240, sound(1))
	arrived()
	to := dial(t, "rtmp://"+there.host+"/live/there", false)
	to.next(chunk.Video)
	if port := from.link.LocalPort(); port < 33001 || port > 34000 {
		t.Errorf("from port %d", port)
	}
	over := there.await("stream.ended", "there")
	from.close()
	over()
}

// TestPushComesBack ends the server that is pushed to, and opens another in its place.
func TestPushComesBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	here := serveGraphs(t, fmt.Sprintf(pushes, at))
	here.both("cam")
	conn, err := l.Accept() // it tries, and is turned away
	if err != nil {
		t.Fatal(err)
	}
	if from := conn.RemoteAddr().(*net.TCPAddr).Port; from < 33001 || from > 34000 {
		t.Errorf("it comes from port %d", from)
	}
	conn.Close()
	l.Close()
	there := serve(t, func(o *rtmp.Options) { o.Listen = []string{at} })
	there.await("stream.published", "there")()
}

func TestPull(t *testing.T) {
	there := serve(t)
	there.both("cam").send(aac(), 40, sound(1))
	here := serveGraphs(t, strings.ReplaceAll(more(pulls, there.host), "wait=100ms", "wait=20s"))
	to := dial(t, "rtmp://"+here.host+"/live/any", false)
	for _, kind := range []uint8{chunk.Video, chunk.Audio} {
		to.next(kind)
	}
}

func TestPullSaysWhyNot(t *testing.T) {
	there := serve(t)
	here := serveGraphs(t, strings.ReplaceAll(more(pulls, there.host), "wait=100ms", "wait=20s"))
	if _, err := tryDial(t, "rtmp://"+here.host+"/live/any", false); fault.CodeOf(err) != fault.StreamNotFound {
		t.Errorf("%v", err)
	}
}

// placed makes elements with an address in place of none.
type placed struct {
	element.Factory
	url string
}

// New implements element.Factory.
func (p placed) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	conf["url"] = p.url
	return p.Factory.New(ctx, env, conf)
}

func TestPushLives(t *testing.T) {
	for _, fault := range elementtest.Lives(t.Context(), elementtest.Env(t), placed{rtmp.Push{}, "rtmp://127.0.0.1:1/live/cam"}) {
		t.Error(fault)
	}
}

func TestPullLives(t *testing.T) {
	there := serve(t)
	there.both("cam")
	env := elementtest.Env(t)
	p := placed{rtmp.Pull{}, "rtmp://" + there.host + "/live/cam"}
	for range 3 {
		e, err := p.New(t.Context(), env, elementtest.Defaults(p.Spec()))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{e.Start(t.Context()), e.Stop(t.Context()), e.Stop(t.Context())} {
			if err != nil {
				t.Error(err)
			}
		}
	}
	e, err := p.New(t.Context(), env, elementtest.Defaults(p.Spec()))
	if err != nil || e.Stop(t.Context()) != nil {
		t.Errorf("one that never started: %v", err)
	}
}
