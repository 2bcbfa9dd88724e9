package rtsp_test

import (
	"context"
	"syscall"
	"testing"

	"sluice/engine/enginetest/program"
	"sluice/engine/event"
)

// A publisher whose network was lost, which nobody has noticed yet, gets his name when he comes back, and who watches stays.
func TestPublisherComesBack(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	lost := s.publish("tcp", "cam")
	published()
	watching := s.joined("cam")
	viewer := program.Start(t, "ffmpeg", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://"+s.addr+"/cam", "-f", "null", "-")
	watching()
	lost.Signal(syscall.SIGSTOP) // its connection stays, and nothing comes
	back := s.engine.Bus().Subscribe(8, func(e event.Event) bool {
		body, ok := e.Body.(event.Stream)
		return e.Name == "stream.published" && ok && body.Name == "cam"
	})
	defer back.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	came := make(chan struct{})
	go func() {
		defer close(came)
		_, _, _ = back.Next(ctx)
	}()
	for { // as encoders do
		again := s.publish("tcp", "cam")
		select {
		case <-again.Done():
			continue
		case <-came:
		}
		if ctx.Err() != nil {
			t.Error("he does not get his name")
		}
		break
	}
	info, ok := s.engine.Streams().Stream("cam")
	select {
	case <-viewer.Done():
		t.Error("the viewer was thrown off")
	default:
	}
	if !ok || info.Readers != 1 {
		t.Errorf("%v %+v", ok, info)
	}
}
