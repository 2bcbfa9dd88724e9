package serve

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"sluice/engine/fault"
)

// ErrCut says that the server was told to end at once, while something was still under way.
var ErrCut = errors.New("stopped at once")

// Run serves until a signal says otherwise, and returns when nothing of the server is left. SIGHUP takes over what changed;
// any other signal ends the server properly, a second one at once, and a third one even if it hangs. ctx being done is like the
// first. The error is that of a door that failed, or ErrCut.
func (s *Server) Run(ctx context.Context, signals <-chan os.Signal) error {
	s.start(context.WithoutCancel(ctx))
	s.announce()
	guard := s.guard()
	for {
		select {
		case sig := <-signals:
			if sig == syscall.SIGHUP {
				s.reload(ctx)
				continue
			}
			s.log.Info("stopping", "signal", sig.String())
		case <-ctx.Done():
			s.log.Info("stopping", "err", context.Cause(ctx))
		case <-guard:
			if s.health.alive() {
				s.opt.Tell("WATCHDOG=1")
			}
			guard = s.guard()
			continue
		case err := <-s.served:
			s.served <- nil
			if err == nil {
				err = fault.New(fault.Closed, "", "the doors closed by themselves")
			}
			s.log.Error("a door failed", "err", err)
			s.end(context.WithoutCancel(ctx))
			return err
		}
		return s.stop(context.WithoutCancel(ctx), signals)
	}
}

// start opens the doors and begins what runs by itself.
func (s *Server) start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.work.Go(func() { s.served <- s.doors.Serve(ctx) })
	s.work.Go(func() { s.health.watch(ctx.Done()) })
	s.begun = make(chan struct{})
	s.work.Go(func() { // graphs that start with the server may take their time, each until it is given up
		defer close(s.begun)
		if err := s.engine.Start(ctx); err != nil {
			s.log.Error("graphs cannot be followed", "err", err)
		}
	})
	s.health.serve()
}

// alive returns if what everything goes through is not stuck.
func (s *Server) alive() { s.engine.Streams().Has("") }

// guard rings when the service manager is to hear that the server lives: twice in the time in which it wants to, as
// sd_watchdog_enabled(3) recommends.
func (s *Server) guard() <-chan time.Time {
	if s.opt.Guard <= 0 {
		return nil
	}
	const often = 2
	return s.clock.After(s.opt.Guard / often)
}
