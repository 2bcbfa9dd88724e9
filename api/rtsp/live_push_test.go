package rtsp_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/rtsp"
	"sluice/api/rtsp/client"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
	"sluice/engine/hub"
	"sluice/engine/node"
)

// made is an element with settings, started.
func made[T element.Element](t testing.TB, f element.Factory, env element.Env, settings map[string]any) T {
	t.Helper()
	conf := elementtest.Defaults(f.Spec())
	conf["timeout"] = 5 * time.Second
	for name, v := range settings {
		conf[name] = v
	}
	e, err := f.New(t.Context(), env, conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e.(T) //nolint:forcetypeassert // a test may fail like this
}

// push plays a stream with rtsp.pull and publishes it at an address with rtsp.push.
func (s *server) push(stream, address string, env element.Env, settings map[string]any) {
	s.t.Helper()
	in := made[node.Source](s.t, client.Pull{}, elementtest.Env(s.t), map[string]any{"url": "rtsp://" + s.addr + "/" + stream, "transport": "tcp"})
	d, err := in.Describe(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	h := hub.New(hub.Options{})
	s.t.Cleanup(h.Close)
	pub, err := h.Publish(s.t.Context(), stream, d, hub.PublishOptions{Source: in})
	if err != nil {
		s.t.Fatal(err)
	}
	in.Feed(pub)
	settings["url"] = address
	out := made[node.Sink](s.t, client.Push{}, env, settings)
	taker, ok := out.(node.Taker)
	if !ok {
		s.t.Fatal("it takes nothing")
	}
	r, err := h.Read(s.t.Context(), stream, taker.Want(), out, hub.ReadOptions{Paused: true})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(r.Close)
	taker.Begin(r.Tracks())
	taker.Attach(r)
}

// A stream is published on another server, here ffmpeg, which comes later than is called first.
func TestPush(t *testing.T) {
	for _, transport := range []string{"tcp", "udp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			published := s.await("stream.published", "cam")
			s.publish("tcp", "cam")
			published()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			at := "rtsp://" + l.Addr().String() + "/pushed"
			s.push("cam", at, elementtest.Env(t), map[string]any{"transport": transport})
			conn, err := l.Accept() // the first call, which somebody takes who does not speak RTSP
			if err != nil {
				t.Fatal(err)
			}
			_ = l.Close()
			other := program.Start(t, "ffmpeg", "-hide_banner", "-rtsp_flags", "listen", "-i", at, "-t", "1", "-af", "volumedetect", "-f", "null", "-")
			_ = conn.Close()
			got := other.Wait()
			for _, want := range []string{"Video: h264", "320x180", "Audio: aac (LC), 48000 Hz, stereo", "mean_volume: -2"} {
				if !strings.Contains(got, want) {
					t.Errorf("got\n%s\nwithout %s", got, want)
				}
			}
		})
	}
}

// A server that has lost the stream gets it again. Here it is our own, which asks for a login.
func TestPushComesBack(t *testing.T) {
	rules, err := auth.New(auth.Config{
		Anonymous: &auth.AnonymousConfig{Play: []string{"**"}, Publish: []string{"cam"}},
		Users:     []auth.UserConfig{{Name: "pusher", Password: auth.Hash("secret"), Publish: []string{"copy"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, there := serve(t), serve(t, func(o *rtsp.Options) { o.Auth = rules })
	published := s.await("stream.published", "cam")
	s.publish("tcp", "cam")
	published()
	published = there.await("stream.published", "copy")
	clock := enginetest.NewClock()
	env := elementtest.Env(t)
	env.Clock = clock
	s.push("cam", "rtsp://"+there.addr+"/copy", env, map[string]any{"login": "pusher:secret"})
	published()
	if got := there.probe("tcp", "copy"); !strings.Contains(got, "codec_name=h264|width=320|height=180") {
		t.Errorf("got %s", got)
	}
	published, ended := there.await("stream.published", "copy"), there.await("stream.ended", "copy")
	for _, i := range there.engine.Instances().Instances() {
		if err := i.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	ended()
	clock.AwaitAlarms(1)
	clock.Advance(time.Minute)
	published()
}
