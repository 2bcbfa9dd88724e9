package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// stop waits until those have gone who are there, as long as the configuration says, and ends everything. Another signal cuts it
// short, and one more gives up what hangs.
func (s *Server) stop(ctx context.Context, signals <-chan os.Signal) error {
	s.health.stop()
	s.gate.close()
	ctx, cut := context.WithCancel(ctx)
	defer cut()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.drain(ctx)
		s.end(ctx)
	}()
	for {
		select {
		case <-ended:
			if ctx.Err() != nil {
				return ErrCut
			}
			s.log.Info("stopped")
			return nil
		case sig := <-signals:
			switch {
			case sig == syscall.SIGHUP:
			case ctx.Err() != nil:
				s.log.Error("something hangs and is given up")
				return ErrCut
			default:
				s.log.Warn("stopping at once", "signal", sig.String(), "sessions", s.gate.left())
				cut()
			}
		}
	}
}

// drain waits for those who are there.
func (s *Server) drain(ctx context.Context) {
	left := s.gate.left()
	s.opt.Tell(fmt.Sprintf("STOPPING=1\nSTATUS=waiting for %d sessions to end", left))
	if left == 0 || s.config.Drain == 0 {
		return
	}
	s.log.Info("waiting for sessions to end", "sessions", left, "limit", s.config.Drain)
	if left = s.gate.wait(ctx, s.clock.After(s.config.Drain)); left > 0 && ctx.Err() == nil {
		s.log.Warn("sessions are ended", "sessions", left)
	}
}

// end ends everything, from the outside in, as far as it was made: properly while there is time for it, and at once when ctx is
// done.
func (s *Server) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.opt.Grace)
	defer cancel()
	var wrong []error
	if s.doors != nil {
		// Nobody is waited for any more: the doors end what is left by themselves, before the web server has to be done that they
		// stand on. Its time is for saying goodbye: HTTP/2 takes a second for that even if nothing is under way (goAwayTimeout of
		// net/http).
		over, cut := context.WithCancel(ctx)
		cut()
		wrong = append(wrong, s.guests.Close(over))
		const farewell = 3 * time.Second
		goodbye, done := context.WithTimeout(ctx, farewell)
		wrong = append(wrong, s.doors.Close(goodbye))
		done()
	}
	if s.auth != nil {
		s.auth.Close()
	}
	if s.cancel != nil {
		s.cancel()
		<-s.begun // the engine cannot start and stop at the same time
	}
	gone := make(chan struct{})
	go func() { defer close(gone); s.work.Wait() }()
	select {
	case <-gone:
	case <-ctx.Done():
	}
	if s.engine != nil {
		wrong = append(wrong, s.engine.Stop(ctx))
	}
	if s.peers != nil {
		wrong = append(wrong, s.peers.Close(ctx))
	}
	if s.workers != nil {
		wrong = append(wrong, s.workers(ctx))
	}
	if s.graphs != nil {
		wrong = append(wrong, s.graphs.Stop(ctx))
	}
	if err := errors.Join(wrong...); err != nil {
		s.log.Warn("not all of it ended properly", "err", err)
	}
	<-gone
}
