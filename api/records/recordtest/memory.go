package recordtest

import "io"

// Memory is a file in memory. It is a mux.Output that can be read.
type Memory struct{ B []byte }

// WriteAt implements io.WriterAt.
func (m *Memory) WriteAt(b []byte, at int64) (int, error) {
	if end := int(at) + len(b); end > len(m.B) {
		m.B = append(m.B, make([]byte, end-len(m.B))...)
	}
	return copy(m.B[at:], b), nil
}

// ReadAt implements io.ReaderAt.
func (m *Memory) ReadAt(b []byte, at int64) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if at < 0 || at >= int64(len(m.B)) {
		return 0, io.EOF
	}
	n := copy(b, m.B[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Truncate shortens it.
func (m *Memory) Truncate(size int64) error {
	if size < int64(len(m.B)) {
		m.B = m.B[:size]
	}
	return nil
}
