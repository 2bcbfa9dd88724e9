package mux

import "io"

// Output is the file that a recording is written to; *os.File is one.
type Output interface {
	io.WriterAt
	Truncate(size int64) error
}

// Spool is a file that grows by whole pieces: of one that does not fit nothing stays. Not for several goroutines at once.
type Spool struct {
	out  Output
	size int64
}

// NewSpool begins at the end of what is in a file already.
func NewSpool(out Output, size int64) *Spool { return &Spool{out: out, size: size} }

// Size is how much was written, in bytes.
func (s *Spool) Size() int64 { return s.size }

// Append writes a piece. After an error the file is as it was before, and more may be tried.
func (s *Spool) Append(piece []byte) error {
	if _, err := s.out.WriteAt(piece, s.size); err != nil {
		_ = s.out.Truncate(s.size) // it gets shorter, which needs no room; where it fails, what follows cannot be read, and what was before can
		return err
	}
	s.size += int64(len(piece))
	return nil
}

// Patch writes over what is there already. It must not reach beyond the end.
func (s *Spool) Patch(piece []byte, at int64) error {
	_, err := s.out.WriteAt(piece, at)
	return err
}

// Cut shortens the file to where it was right.
func (s *Spool) Cut(size int64) error {
	err := s.out.Truncate(size)
	if err == nil {
		s.size = size
	}
	return err
}
