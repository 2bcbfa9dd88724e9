package srt_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"sluice/api/doortest"
	"sluice/engine"
	"sluice/engine/enginetest/program"
)

// pulling plays from a listener of ffmpeg's and publishes that, and pushing publishes on another server what is published here.
const (
	pulling = `graph: v1
name: pull
params:
  from: uri
  passphrase: {type: secret, default: ""}
route:
  - rest.start
nodes:
  in: srt.pull url=$from passphrase=$passphrase timeout=5s
  out: stream.out name=cam
links:
  - in -> out
---
`
	pushing = `graph: v1
name: push
params:
  to: uri
route:
  - rest.start
nodes:
  in: stream.in name=cam
  out: srt.push url=$to timeout=5s
links:
  - in -> out
---
`
)

// start starts a graph by its name.
func (s *server) start(graph string, params map[string]any) error {
	_, err := s.engine.Run(s.t.Context(), engine.Start{Graph: graph, Params: params})
	return err
}

// free is an address of UDP that nobody has.
func free(t testing.TB) string {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// listener has ffmpeg wait for a caller, to whom it sends.
func listener(t testing.TB, at string) *program.Program {
	t.Helper()
	args := quiet + "-re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=sample_rate=48000 " + simple + " -f mpegts"
	return program.Start(t, "ffmpeg", append(strings.Fields(args), "srt://"+at+"?mode=listener&passphrase=a_long_enough_one&pbkeylen=24")...)
}

// TestPullComesBack plays from an encoder that listens, which is killed and comes again: what is published goes on.
func TestPullComesBack(t *testing.T) {
	t.Parallel()
	s := serveGraphs(t, pulling+doortest.Graphs("srt"))
	at := free(t)
	first := listener(t, at)
	there := s.await("stream.published", "cam")
	for s.start("pull", map[string]any{"from": "srt://" + at, "passphrase": "a_long_enough_one"}) != nil {
		select {
		case <-first.Done(): // it never began to listen
			t.Fatal(first.Said())
		default:
		}
	}
	there()
	c, err := call(t, s.host, "read:cam", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	bytes := func(n int) {
		for got := 0; got < n; {
			b, err := c.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got += len(b)
		}
	}
	bytes(50_000)
	first.Kill()
	listener(t, at)
	bytes(200_000)
	info, ok := s.engine.Streams().Stream("cam")
	if !ok || len(info.Tracks) != 2 {
		t.Errorf("published %v", info.Tracks)
	}
}

func TestPullOfNobody(t *testing.T) {
	t.Parallel()
	s := serveGraphs(t, pulling+doortest.Graphs("srt"))
	other := serve(t)
	if err := s.start("pull", map[string]any{"from": "srt://" + other.host + "?streamid=read:nobody"}); err == nil || !strings.Contains(err.Error(), "1404") {
		t.Errorf("pulled: %v", err)
	}
}

// TestPushComesBack publishes on another server, which is stopped and comes again.
func TestPushComesBack(t *testing.T) {
	t.Parallel()
	s := serveGraphs(t, pushing+doortest.Graphs("srt"))
	there := s.await("stream.published", "cam")
	publish(t, s.host, "publish:cam", "", simple)
	there()
	at := free(t)
	if err := s.start("push", map[string]any{"to": "srt://" + at + "?streamid=%23!::m=publish,r=copy"}); err != nil {
		t.Fatal(err)
	}
	receive := func(name string) {
		file := filepath.Join(t.TempDir(), name)
		last(program.Start(t, "ffmpeg", append(strings.Fields(quiet+"-y -i"), "srt://"+at+"?mode=listener", "-t", "2", "-map", "0", "-c", "copy", file)...))
		whole(t, file, "h264", "aac")
	}
	receive("first.ts")
	receive("second.ts")
}
