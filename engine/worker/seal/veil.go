package seal

import (
	"strings"
	"sync"
)

// leastSecret is the length in bytes from which a secret is looked for in text: hiding shorter ones would shred it.
const leastSecret = 4

// Veil hides the secrets of a worker's plans in what the worker writes: GStreamer puts whole addresses into its warnings
// and errors. The zero Veil hides nothing.
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
