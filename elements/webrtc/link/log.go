package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
)

// Logs gives pion's packages their loggers. What they warn of is a peer's matter and ours to judge, so it is told at the
// debug level; what they call an error is a warning, unless it is only that they were asked while they ended: pion/ice v4.4
// logs an error when it is asked for statistics after its end, and whoever counts cannot know that the end is not near.
type Logs struct{ Log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (f Logs) NewLogger(scope string) logging.LeveledLogger { return scoped{f.Log, scope} }

type scoped struct {
	log   *slog.Logger
	scope string
}

func (s scoped) tell(level slog.Level, msg string) {
	s.log.Log(context.Background(), level, "pion", "scope", s.scope, "said", hidden(msg))
}

func (s scoped) tellf(level slog.Level, format string, args ...any) {
	if s.log.Enabled(context.Background(), level) {
		s.tell(level, fmt.Sprintf(format, args...))
	}
}

// hidden takes out what follows the word by which pion/ice v4.4 tells a peer's password when an agent starts.
func hidden(msg string) string {
	const word = "remotePwd:"
	if before, _, found := strings.Cut(msg, word); found {
		return before + word + " (hidden)"
	}
	return msg
}

// Trace and the following implement logging.LeveledLogger. Traces are of single packets, and left out.
func (s scoped) Trace(string)          {}
func (s scoped) Tracef(string, ...any) {}

// Debug tells at the debug level.
func (s scoped) Debug(msg string) { s.tell(slog.LevelDebug, msg) }

// Debugf tells at the debug level.
func (s scoped) Debugf(format string, args ...any) { s.tellf(slog.LevelDebug, format, args...) }

// Info tells at the debug level.
func (s scoped) Info(msg string) { s.tell(slog.LevelDebug, msg) }

// Infof tells at the debug level.
func (s scoped) Infof(format string, args ...any) { s.tellf(slog.LevelDebug, format, args...) }

// Warn tells at the debug level.
func (s scoped) Warn(msg string) { s.tell(slog.LevelDebug, msg) }

// Warnf tells at the debug level.
func (s scoped) Warnf(format string, args ...any) { s.tellf(slog.LevelDebug, format, args...) }

// Error tells a warning.
func (s scoped) Error(msg string) { s.tell(slog.LevelWarn, msg) }

// Errorf tells a warning, or of an end at the debug level.
func (s scoped) Errorf(format string, args ...any) {
	level := slog.LevelWarn
	for _, a := range args {
		if err, ok := a.(error); ok && errors.Is(err, ice.ErrClosed) {
			level = slog.LevelDebug
		}
	}
	s.tellf(level, format, args...)
}
