package playlist

import (
	"strconv"
	"sync"
)

// Body is bytes that many readers share, with the value of their Content-Length. Nobody may write to either.
type Body struct {
	Bytes  []byte
	Length []string
}

func newBody(b []byte) Body { return Body{Bytes: b, Length: []string{strconv.Itoa(len(b))}} }

// Form is a finished playlist with what some readers' addresses end with, and where they begin. Any number of goroutines may read it.
type Form struct {
	plain func() Body
	pack  func() Body
}

// Plain is the playlist.
func (f *Form) Plain() Body { return f.plain() }

// Gzip is the playlist as gzip (6.2.1 wants playlists sent so), packed when first asked for. Its Bytes are nil where that is not worth
// it, since nobody shares the form.
func (f *Form) Gzip() Body { return f.pack() }

func alone(b []byte) *Form {
	return &Form{plain: func() Body { return newBody(b) }, pack: func() Body { return Body{} }}
}

func shared(render func() []byte, p *Packer) *Form {
	f := &Form{plain: sync.OnceValue(func() Body { return newBody(render()) })}
	f.pack = sync.OnceValue(func() Body {
		b := p.pack(f.plain().Bytes)
		if b == nil {
			return Body{}
		}
		return newBody(b)
	})
	return f
}

// forms are those of one playlist. They go with it.
type forms struct {
	mu   sync.Mutex
	all  map[of]*Form
	size int // in bytes, about
}

// of is what makes a form another than others.
type of struct {
	suffix string
	start  Start
}

// The forms of a playlist that are shared. Where everybody has a token of his own there are as many forms as viewers, and to keep all of
// them would save nothing.
const (
	mostForms = 32
	formRoom  = 1 << 20 // bytes of all of them, unless one has more
)

// get gives the form that there is, makes room for it, or gives nil.
func (s *forms) get(key of, size int, create func() *Form) *Form {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.all[key]
	if f != nil || len(s.all) > 0 && (len(s.all) == mostForms || s.size+size > formRoom) {
		return f
	}
	if s.all == nil {
		s.all = map[of]*Form{}
	}
	f = create()
	s.all[key], s.size = f, s.size+size
	return f
}
