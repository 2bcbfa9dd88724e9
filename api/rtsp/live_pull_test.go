package rtsp_test

import (
	"context"
	"testing"

	"sluice/engine/event"
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
	start(t, "ffmpeg", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://"+s.addr+"/"+name, "-f", "null", "-")
	called()
	watching()
	before, ok := s.engine.Streams().Stream(name)
	if !ok {
		t.Fatal("the camera's stream is not there")
	}

	gone := s.await("stream.ended", "cam")
	camera.end()
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
