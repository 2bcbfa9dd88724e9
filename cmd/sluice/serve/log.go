package serve

import (
	"io"
	"log/slog"
)

// NewLog makes the log of a server: lines of text, or of JSON, without the logins of addresses. Its level can be changed at any time.
func NewLog(w io.Writer, level string, text bool) (*slog.Logger, *slog.LevelVar) {
	lv := new(slog.LevelVar)
	lv.Set(Level(level))
	o := &slog.HandlerOptions{Level: lv, ReplaceAttr: mask}
	if text {
		return slog.New(slog.NewTextHandler(w, o)), lv
	}
	return slog.New(slog.NewJSONHandler(w, o)), lv
}

// Level is the level that the configuration calls so.
func Level(name string) slog.Level {
	switch name {
	case "debug":
		return slog.LevelDebug
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	return slog.LevelInfo
}
