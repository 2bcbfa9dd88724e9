package serve

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"sluice/cmd/sluice/config"
	"sluice/engine/store"
)

// reload takes over what changed: graphs, certificates, and the keys of the configuration that can change while the server runs.
// What has an error changes nothing. It says what it did.
func (s *Server) reload(ctx context.Context) {
	s.opt.Tell(reloading())
	defer s.opt.Tell("READY=1")
	s.reloadConfig(ctx)
	if s.certs != nil {
		if changed, err := s.certs.Reload(); err != nil {
			s.log.Error("the certificate in use stays", "err", err)
		} else if changed {
			s.log.Info("certificate read anew", "fingerprint", s.certs.Fingerprint(), "expires", s.certs.Expires())
		}
	}
	before := s.graphs.Current()
	tellGraphs(s.log, before, s.graphs.Reload())
}

// reloadConfig reads the configuration again.
func (s *Server) reloadConfig(ctx context.Context) {
	if s.opt.Reload == nil {
		return
	}
	next, found, err := s.opt.Reload()
	if err != nil {
		s.log.Error("the configuration in use stays", "err", err)
		s.reread.failed.Inc()
		return
	}
	for _, d := range found {
		level := slog.LevelWarn
		if next == nil {
			level = slog.LevelError
		}
		s.log.Log(ctx, level, "configuration", "finding", config.Line(d))
	}
	if next == nil {
		s.log.Error("the configuration in use stays")
		s.reread.failed.Inc()
		return
	}
	s.take(next)
}

// take takes over those keys that can be, and tells of the others.
func (s *Server) take(next *config.Loaded) {
	adopted, taken, waiting := s.config.Adopt(next)
	var keys []string
	for _, c := range taken {
		keys = append(keys, c.Key.Name)
	}
	if err := s.apply(adopted, taken); err != nil {
		s.log.Error("the configuration in use stays", "err", err)
		s.reread.failed.Inc()
		return
	}
	s.config = adopted
	s.reread.succeeded(s.clock.Now())
	if len(keys) > 0 {
		s.log.Info("configuration changed", "keys", strings.Join(keys, " "))
	}
	for _, c := range waiting {
		s.log.Warn("a change needs a restart", "key", c.Key.Name, "from", c.After.Origin)
	}
	if len(keys)+len(waiting) == 0 {
		s.log.Info("configuration unchanged")
	}
}

// apply hands changed keys to whoever uses them. The first one that cannot be used is the error; what can fail comes first.
func (s *Server) apply(c *config.Loaded, changes []config.Change) error {
	has := func(prefix string) bool {
		for _, ch := range changes {
			if strings.HasPrefix(ch.Key.Name, prefix) {
				return true
			}
		}
		return false
	}
	if has("web.cert") || has("web.key") {
		if s.certs == nil || c.Web.Cert == "" {
			return fmt.Errorf("web.cert: TLS cannot be turned on or off without a restart")
		}
		if err := s.certs.Use(c.Web.Cert, c.Web.Key); err != nil {
			return err
		}
	}
	if has("auth.") {
		if err := s.auth.Set(c.Auth); err != nil {
			return err
		}
	}
	if s.opt.Level != nil {
		s.opt.Level.Set(Level(c.Log.Level))
	}
	return nil
}

// tellGraphs tells how two sets of graphs differ.
func tellGraphs(log *slog.Logger, before, after *store.Set) {
	d := before.Diff(after)
	if d.Empty() {
		log.Info("graphs unchanged", "held", len(after.Held()))
		return
	}
	log.Info("graphs changed", "added", strings.Join(d.Added, " "), "changed", strings.Join(d.Changed, " "),
		"removed", strings.Join(d.Removed, " "), "routes", len(d.Routes), "held", len(after.Held()))
}
