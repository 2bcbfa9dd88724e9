package callback

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"sluice/api/auth"
)

// maxAllows is how many are remembered; then the oldest is forgotten.
const maxAllows = 8192

// allows remembers who was let in, for a short time. What was refused is not remembered: who corrects himself is let in at once. Safe
// for concurrent use; nil remembers nothing.
type allows struct {
	life time.Duration
	mu   sync.Mutex
	of   map[mark]*list.Element // of allow
	old  *list.List             // the oldest in front
}

// mark is all that is kept of a request: a SHA-256 of everything that a back end is told of it.
type mark [sha256.Size]byte

type allow struct {
	mark  mark
	until time.Time
}

func newAllows(life time.Duration) *allows {
	return &allows{life: life, of: map[mark]*list.Element{}, old: list.New()}
}

// marked sums up a request. Lengths keep what ends one field from beginning the next.
func marked(q auth.Request) mark {
	var text []byte
	for _, part := range []string{
		string(q.Action), q.Stream, q.User, q.Password, q.Token, q.Key, plain(q.Remote), q.Protocol, q.Query,
	} {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	return sha256.Sum256(text)
}

func (a *allows) has(q auth.Request) bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.of[marked(q)]
	return e != nil && time.Now().Before(e.Value.(allow).until)
}

func (a *allows) add(q auth.Request) {
	if a == nil {
		return
	}
	m, now := marked(q), time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if e := a.of[m]; e != nil {
		a.old.Remove(e)
	}
	a.of[m] = a.old.PushBack(allow{m, now.Add(a.life)})
	for e := a.old.Front(); e != nil && (a.old.Len() > maxAllows || !now.Before(e.Value.(allow).until)); e = a.old.Front() {
		delete(a.of, e.Value.(allow).mark)
		a.old.Remove(e)
	}
}
