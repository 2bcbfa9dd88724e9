package jwt

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// How often keys are read.
const (
	usualRefresh = time.Hour
	usualTimeout = 10 * time.Second
	again        = 10 * time.Second // after it failed, and at most that often because a token names a key that is not known
)

// Keys are those of a key set, which is read again now and then, and when a token names one that is not in it: issuers change them.
// Those that were read last are used as long as no others can be had. Safe for concurrent use.
type Keys struct {
	source  reader
	refresh time.Duration
	log     *slog.Logger

	wanted chan struct{} // of one: somebody waits for the next reading
	cancel context.CancelFunc
	ended  chan struct{}

	mu    sync.Mutex
	set   keySet
	tried time.Time     // when the last reading ended
	next  chan struct{} // closed when the next one ends
}

// NewKeys begins to read a key set, at an address or in a file. refresh is how often (0: every hour), timeout how long it may take
// (0: 10 s). Nobody waits for it but who shows a token. Close ends it.
func NewKeys(from string, refresh, timeout time.Duration, log *slog.Logger) *Keys {
	return newKeys(newSource(from, cmp.Or(timeout, usualTimeout)), cmp.Or(refresh, usualRefresh), log)
}

// reader reads a key set. read is called by one goroutine.
type reader interface {
	read(ctx context.Context) ([]byte, error)
	name() string
	close()
}

func newKeys(from reader, refresh time.Duration, log *slog.Logger) *Keys {
	ctx, cancel := context.WithCancel(context.Background())
	k := &Keys{
		source: from, refresh: refresh, log: log,
		wanted: make(chan struct{}, 1), cancel: cancel, ended: make(chan struct{}), next: make(chan struct{}),
	}
	go k.run(ctx)
	return k
}

// Close ends the reading. What was read can still be used.
func (k *Keys) Close() {
	k.cancel()
	<-k.ended
}

// run reads, when it is time to and when somebody wants it.
func (k *Keys) run(ctx context.Context) {
	defer close(k.ended)
	defer k.source.close()
	for {
		wait := k.refresh
		if err := k.read(ctx); err != nil {
			wait = min(wait, again)
		}
		if !k.rest(ctx, wait) {
			return
		}
	}
}

// rest waits until it is time to read again; false if that is never.
func (k *Keys) rest(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			return true
		case <-ctx.Done():
			return false
		case <-k.wanted:
			if _, next := k.look(); next != nil {
				return true
			} // else it was read while he asked
		}
	}
}

// read reads once.
func (k *Keys) read(ctx context.Context) error {
	text, err := k.source.read(ctx)
	var set keySet
	if err == nil {
		set, err = readKeys(ctx, text)
	}
	k.mu.Lock()
	before := len(k.set)
	if err == nil {
		k.set = set
	}
	k.tried = time.Now()
	close(k.next)
	k.next = make(chan struct{})
	k.mu.Unlock()
	switch {
	case ctx.Err() != nil:
	case err != nil:
		k.log.Warn("the keys of tokens cannot be read", "from", k.source.name(), "err", err, "kept", before)
	default:
		k.log.Debug("keys of tokens read", "from", k.source.name(), "keys", len(set))
	}
	return err
}

// of implements signers. A key that is not known may be new: the set is read again, if that was not done just now.
func (k *Keys) of(ctx context.Context, id, algorithm string) ([]jwt.VerificationKey, error) {
	set, next := k.look()
	if found := set.find(id, algorithm); len(found) > 0 {
		return found, nil
	}
	if next != nil {
		select {
		case k.wanted <- struct{}{}:
		default:
		}
		select {
		case <-next:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-k.ended:
		}
		set, _ = k.look()
	}
	if set == nil {
		return nil, errNoKeys
	}
	if found := set.find(id, algorithm); len(found) > 0 {
		return found, nil
	}
	return nil, errNoSuchKey
}

// look tells what keys there are, and when there may be others: nil, if they were just read.
func (k *Keys) look() (keySet, <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.tried.IsZero() && time.Since(k.tried) < again {
		return k.set, nil
	}
	return k.set, k.next
}
