package auth

import (
	"context"
	"log/slog"
	"maps"
	"strings"
	"sync"
)

// Tally is a sort of decision. There are a few dozen, whatever clients do.
type Tally struct {
	Allowed bool
	Rule    Rule
	Reason  Reason
}

// ledger is where decisions are written down.
type ledger struct {
	log    *slog.Logger
	mu     sync.Mutex
	counts map[Tally]uint64
}

// note tells the log of a decision, and counts it: who wanted what, from where, and why he may or may not. What clients show to prove
// who they are is not said, nor what stands behind the question mark of their addresses.
func (l *ledger) note(ctx context.Context, q Request, v Verdict) {
	l.mu.Lock()
	l.counts[Tally{v.Outcome == Allow, v.Rule, v.Reason}]++
	l.mu.Unlock()
	level := slog.LevelInfo
	switch {
	case v.Outcome == Allow:
		level = slog.LevelDebug
	case q.Listing:
		level = slog.LevelDebug
	case v.Outcome == Wrong || v.Outcome == Fail && v.Reason != GaveUp:
		level = slog.LevelWarn
	}
	if !l.log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("action", string(q.Action)), slog.String("stream", clip(q.Stream)), slog.String("user", clip(v.User)),
		slog.String("remote", q.Remote.String()), slog.String("protocol", q.Protocol),
		slog.String("rule", string(v.Rule)), slog.String("reason", string(v.Reason)),
	}
	if v.User == "" && q.User != "" {
		attrs = append(attrs, slog.String("claimed", clip(q.User))) // whoever he is
	}
	if v.Detail != "" {
		attrs = append(attrs, slog.String("detail", v.Detail))
	}
	if v.Outcome == Allow {
		l.log.LogAttrs(ctx, level, "access allowed", attrs...)
		return
	}
	l.log.LogAttrs(ctx, level, "access refused", attrs...)
}

func (l *ledger) copy() map[Tally]uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.counts)
}

// clip keeps what strangers call themselves from filling the log.
func clip(text string) string {
	const longest = 128
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…" // without half a rune
}
