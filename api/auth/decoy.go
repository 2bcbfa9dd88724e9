package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// stranger stands for a name that there is not: a check of its password takes as long as one of a user's does. Which user's, if their
// hashes take different times, follows from the name, so that it is always the same. nil if there are no users.
func (r *rules) stranger(name string) *user {
	if len(r.decoys) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, r.secret)
	mac.Write([]byte(name))
	return &user{hash: r.decoys[binary.BigEndian.Uint64(mac.Sum(nil))%uint64(len(r.decoys))]}
}

// attempt is a keyed sum of a name and a password.
type attempt [sha256.Size]byte

func (r *rules) attempt(name, password string) attempt {
	mac := hmac.New(sha256.New, r.secret)
	sum := sha256.Sum256([]byte(name)) // so that no name runs into the password
	mac.Write(sum[:])
	mac.Write([]byte(password))
	return attempt(mac.Sum(nil))
}

// vain are the guesses that were checked and fitted no user: who repeats one need not be waited for again, whether there is such a user or
// not. That way a user of another judge costs one slow hash, and not one for each request. The zero value has none. Safe for concurrent
// use.
type vain struct {
	mu  sync.Mutex
	all map[attempt]struct{}
}

// mostVain is how many are remembered; then all are forgotten.
const mostVain = 4096

func (v *vain) has(g attempt) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, ok := v.all[g]
	return ok
}

func (v *vain) add(g attempt) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.all == nil || len(v.all) >= mostVain {
		v.all = map[attempt]struct{}{}
	}
	v.all[g] = struct{}{}
}
