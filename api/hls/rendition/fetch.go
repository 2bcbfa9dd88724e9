package rendition

import (
	"bytes"
	"context"
	"io"
	"os"
	"strconv"

	"sluice/engine/fault"
)

// Media is a segment, a part or a Media Initialization Section. It must be closed.
type Media struct {
	Type string // media type
	Size int64
	// Length is Size as the header Content-Length has it, the same for all readers: nobody may write to it.
	Length []string
	data   []byte
	file   *os.File
}

// length is a size as headers have it.
func length(size int64) []string { return []string{strconv.FormatInt(size, 10)} }

// WriteTo sends it all: shared bytes in one Write, or a file in a way that lets the kernel copy it where w can do that, as a
// http.ResponseWriter of an unencrypted connection does.
func (m *Media) WriteTo(w io.Writer) (int64, error) {
	if m.file != nil {
		return io.CopyN(w, m.file, m.Size)
	}
	n, err := w.Write(m.data)
	return int64(n), err
}

// Shared tells whether it is in memory, so that WriteTo is one Write.
func (m *Media) Shared() bool { return m.file == nil }

// Seeker is for http.ServeContent, where part of it is wanted. Only one of WriteTo and Seeker may be used.
func (m *Media) Seeker() io.ReadSeeker {
	if m.file != nil {
		return m.file
	}
	return bytes.NewReader(m.data)
}

// Close lets go of the file, if it is one.
func (m *Media) Close() error {
	if m.file != nil {
		return m.file.Close()
	}
	return nil
}

// Fetch gives what a name in the playlist stands for. It waits for the part that the playlist hints at (6.2.6), and for nothing else.
// Errors are as Playlist's; ResourceNotFound is for names of what was, will be, or never is.
func (r *Rendition) Fetch(ctx context.Context, name string) (*Media, error) {
	k, n, suffix, ok := parseName(r.prefix, name)
	if !ok {
		return nil, nothing(name)
	}
	switch k {
	case isPart:
		return hold(ctx, r, true, func([]Report) (*Media, bool, error) { return r.part(n, suffix, name) })
	case isInit:
		return r.section(n, name)
	default:
		return r.segment(n, suffix, name)
	}
}

// Present gives what Fetch does if it is there already, and says whether it is: it does not wait.
func (r *Rendition) Present(name string) (m *Media, ok bool, err error) {
	k, n, suffix, ok := parseName(r.prefix, name)
	switch {
	case !ok:
		return nil, false, nothing(name)
	case k == isPart:
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.part(n, suffix, name)
	case k == isInit:
		m, err = r.section(n, name)
	default:
		m, err = r.segment(n, suffix, name)
	}
	return m, err == nil, err
}

func nothing(name string) error {
	return fault.New(fault.ResourceNotFound, "hls", "there is no %.100q", name).Advise("it may have left the playlist: load that again")
}

func (r *Rendition) part(n uint64, suffix, name string) (*Media, bool, error) {
	switch {
	case r.removed:
		return nil, false, gone()
	case r.cfg.Part == 0 || r.init == nil || r.init.Form.Suffix() != suffix || n > r.parts || n == r.parts && r.ended:
		return nil, false, nothing(name)
	case n == r.parts:
		return nil, false, nil
	}
	s := r.open
	for i := len(r.segments) - 1; s == nil || n < s.first; i-- {
		if i < 0 {
			return nil, false, nothing(name)
		}
		s = r.segments[i]
	}
	if n-s.first >= uint64(len(s.parts)) {
		return nil, false, nothing(name) // its media was refused, or is on disk alone
	}
	p := &s.parts[n-s.first]
	return &Media{Type: s.init.Form.MIME(), Size: int64(len(p.Data)), Length: p.length, data: p.Data}, true, nil
}

func (r *Rendition) section(version uint64, name string) (*Media, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.init
	for _, s := range r.segments {
		if s.init.version == version {
			found = s.init
			break
		}
	}
	switch {
	case r.removed:
		return nil, gone()
	case found == nil || found.version != version || found.name != name:
		return nil, nothing(name)
	}
	return &Media{Type: found.Form.MIME(), Size: int64(len(found.Data)), Length: found.length, data: found.Data}, nil
}

func (r *Rendition) segment(msn uint64, suffix, name string) (*Media, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.removed {
		return nil, gone()
	}
	if len(r.segments) == 0 || int64(msn) < r.segments[0].msn {
		return nil, nothing(name)
	}
	i := int(int64(msn) - r.segments[0].msn)
	if i >= len(r.segments) || r.segments[i].init.Form.Suffix() != suffix {
		return nil, nothing(name)
	}
	s := r.segments[i]
	m := &Media{Type: s.init.Form.MIME(), Size: s.size, Length: s.length, data: s.data}
	if s.data != nil {
		return m, nil
	}
	if s.disk != stored {
		return nil, nothing(name)
	}
	// opened with the lock held: nobody deletes it before that, and what is open stays readable
	f, err := r.disk.open(s.name)
	if err != nil {
		return nil, fault.New(fault.ResourceNotFound, "hls", "the disk has no %q", name).Because(err)
	}
	m.data, m.file = nil, f
	return m, nil
}
