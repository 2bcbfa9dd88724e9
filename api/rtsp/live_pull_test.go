package rtsp_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"sync"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/rtsp"
	"sluice/api/rtsp/client"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest/program"
	"sluice/engine/event"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// joined begins to listen for a reader of a stream, and gives what waits for one.
func (s *server) joined(stream string) func() {
	sub := s.engine.Bus().Subscribe(8, func(e event.Event) bool {
		body, ok := e.Body.(event.Reader)
		return e.Name == "reader.joined" && ok && body.Stream == stream
	})
	return func() {
		s.t.Helper()
		defer sub.Close()
		ctx, cancel := context.WithTimeout(s.t.Context(), patience)
		defer cancel()
		if _, _, err := sub.Next(ctx); err != nil {
			s.t.Fatalf("nobody reads %s: %v", stream, err)
		}
	}
}

// A camera that goes and comes back is called again, and who watches meanwhile stays.
func TestCameraComesBack(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	camera := s.publish("tcp", "cam")
	published()
	name := "rtsp://" + s.addr + "/cam"
	called := s.joined("cam")
	watching := s.joined(name)
	program.Start(t, "ffmpeg", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://"+s.addr+"/"+name, "-f", "null", "-")
	called()
	watching()
	before, ok := s.engine.Streams().Stream(name)
	if !ok {
		t.Fatal("the camera's stream is not there")
	}

	gone := s.await("stream.ended", "cam")
	camera.End()
	gone()
	published, called = s.await("stream.published", "cam"), s.joined("cam")
	s.publish("tcp", "cam")
	published()
	called()
	after, ok := s.engine.Streams().Stream(name)
	if !ok || after.Publication != before.Publication || after.Readers != 1 {
		t.Errorf("%v: %+v, where it was %+v", ok, after, before)
	}
}

// Cameras are called over each transport, with TLS and without, and shown a login by Digest.
func TestPullOver(t *testing.T) {
	sum := md5.Sum([]byte("viewer:sluice:pa:ss"))
	rules, err := auth.New(auth.Config{
		Anonymous: &auth.AnonymousConfig{Publish: []string{"cam"}},
		Users: []auth.UserConfig{
			{Name: "viewer", Password: auth.Hash("pa:ss"), Digest: hex.EncodeToString(sum[:]), Play: []string{"cam"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, secured(t), func(o *rtsp.Options) { o.Auth = rules })
	published := s.await("stream.published", "cam")
	s.publish("tcp", "cam")
	published()
	for _, row := range []struct{ address, transport string }{
		{"rtsp://" + s.addr, "tcp"}, {"rtsp://" + s.addr, "udp"}, {"rtsps://" + s.secure, "tcp"}, {"rtsps://" + s.secure, "udp"},
	} {
		in := made[node.Source](t, client.Pull{}, elementtest.Env(t), map[string]any{
			"url": row.address + "/cam", "transport": row.transport, "login": "viewer:pa:ss",
		})
		d, err := in.Describe(t.Context())
		if err != nil || d.String() != "h264, aac 48000/2" {
			t.Errorf("%v: %s %v", row, d, err)
		}
		h := hub.New(hub.Options{})
		pub, err := h.Publish(t.Context(), "cam", d, hub.PublishOptions{Source: in})
		if err != nil {
			t.Fatal(err)
		}
		v := &counter{enough: make(chan struct{})}
		r, err := h.Read(t.Context(), "cam", media.Everything(), v, hub.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		in.Feed(pub)
		select {
		case <-v.enough:
		case <-time.After(patience):
			t.Errorf("%v: nothing comes", row)
		}
		r.Close()
		if err := in.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		h.Close()
	}
}

// counter waits for some packets of each of two tracks.
type counter struct {
	counts [2]int
	once   sync.Once
	enough chan struct{}
}

// Begin implements hub.Sink.
func (c *counter) Begin([]media.Track) {}

// Push implements hub.Sink.
func (c *counter) Push(track int, items []*media.Packet) int {
	const some = 10
	if c.counts[track] += len(items); min(c.counts[0], c.counts[1]) >= some {
		c.once.Do(func() { close(c.enough) })
	}
	return len(items)
}

// End implements hub.Sink.
func (c *counter) End(error) {}
