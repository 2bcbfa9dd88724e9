// Package veil keeps the secrets of plans out of what runtimes say: GStreamer puts whole addresses and file names into its
// warnings and errors. It knows a secret as the whole value of a setting; a part of one that stands alone is not found. It
// does not hide what is in plans, whose JSON hides it already.
package veil

import (
	"maps"
	"strings"
	"sync"

	"sluice/engine/fault"
	"sluice/engine/run"
)

// leastSecret is the length in bytes from which a secret is looked for in text: hiding shorter ones would shred it.
const leastSecret = 4

// Veil hides secrets in text, errors and notices. The zero Veil hides nothing. It is safe for concurrent use.
type Veil struct {
	mu       sync.RWMutex
	known    map[string]bool
	replacer *strings.Replacer
}

// Add hides these from now on.
func (v *Veil) Add(secrets []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range secrets {
		if len(s) < leastSecret || v.known[s] {
			continue
		}
		if v.known == nil {
			v.known = map[string]bool{}
		}
		v.known[s], v.replacer = true, nil
	}
	if v.replacer != nil || len(v.known) == 0 {
		return
	}
	pairs := make([]string, 0, 2*len(v.known))
	for s := range v.known {
		pairs = append(pairs, s, "***")
	}
	v.replacer = strings.NewReplacer(pairs...)
}

// Hide puts stars in the place of secrets.
func (v *Veil) Hide(text string) string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.replacer == nil {
		return text
	}
	return v.replacer.Replace(text)
}

// Err gives an error whose text has stars in the place of secrets, with the same codes and places; nil for nil. One that
// tells no secret stays as it is. Of one that does, nothing in the chain gives the secret away, and what in the chain
// tells none is still there for errors.Is.
func (v *Veil) Err(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	hidden := v.Hide(text)
	if f, ok := err.(*fault.Fault); ok { //nolint:errorlint // each link of the chain is taken apart by itself
		return v.fault(f, hidden != text)
	}
	if hidden == text {
		return err
	}
	out := &veiled{text: hidden}
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() error }:
		if inner := v.Err(e.Unwrap()); inner != nil {
			out.of = []error{inner}
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			out.of = append(out.of, v.Err(inner))
		}
	}
	return out
}

func (v *Veil) fault(f *fault.Fault, tells bool) error {
	if !tells {
		return f
	}
	g := *f
	g.Msg, g.Hint, g.Cause = v.Hide(f.Msg), v.Hide(f.Hint), v.Err(f.Cause)
	return &g
}

// Notice gives a notice whose error and words have stars in the place of secrets.
func (v *Veil) Notice(n run.Notice) run.Notice {
	n.Err = v.Err(n.Err)
	n.Vars = maps.Clone(n.Vars)
	for name, text := range n.Vars {
		n.Vars[name] = v.Hide(text)
	}
	return n
}

// veiled is an error in other words.
type veiled struct {
	text string
	of   []error
}

func (e *veiled) Error() string   { return e.text }
func (e *veiled) Unwrap() []error { return e.of }
