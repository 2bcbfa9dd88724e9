package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
)

// warnings is a log of what people should know: a branch that was dropped, say. Times would only be in the way.
func warnings(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		Level: slog.LevelWarn,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// plain is a log for people: lines of workers come as they were written, and what a job's result says anyway, with the place
// and a remedy, does not come.
type plain struct {
	slog.Handler
	out io.Writer
}

// Handle implements slog.Handler.
func (p plain) Handle(ctx context.Context, r slog.Record) error {
	if slices.Contains(resultSays(), r.Message) {
		return nil
	}
	if r.Message != workerWrote {
		return p.Handler.Handle(ctx, r)
	}
	var err error
	r.Attrs(func(a slog.Attr) bool {
		_, err = io.WriteString(p.out, a.Value.String()+"\n")
		return err == nil
	})
	return err
}

// WithAttrs implements slog.Handler.
func (p plain) WithAttrs(attrs []slog.Attr) slog.Handler {
	return plain{p.Handler.WithAttrs(attrs), p.out}
}

// WithGroup implements slog.Handler.
func (p plain) WithGroup(name string) slog.Handler { return plain{p.Handler.WithGroup(name), p.out} }

// resultSays lists what engine/run/instance and engine/gst log of an end that is also the job's.
func resultSays() []string { return []string{"instance lost", "GStreamer hangs and is given up"} }

// workerWrote marks a line of a worker in the log.
const workerWrote = "a worker wrote"

// passOn logs a line that a worker wrote if it is for people: all are once they asked GStreamer for its own words, and else the
// warnings of the worker's log, which is the one above.
func passOn(log *slog.Logger, line string) {
	if os.Getenv("GST_DEBUG") != "" || strings.HasPrefix(line, "level=WARN ") {
		log.Warn(workerWrote, "line", line)
	}
}
