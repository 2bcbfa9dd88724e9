package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

// callersFile is where the folder says which of its files callers of an API wrote: the SHA-256 of their contents, one a line. Who changes
// such a file by hand makes it the operator's.
const callersFile = ".callers"

// Mark notes that a content is a caller's. It comes before the file is written, so that nobody ever takes it for the operator's. Without
// a folder it is fault.ResourceNotFound. Marks of what is no longer there are left out.
func (s *Store) Mark(content []byte) error {
	s.work.Lock()
	defer s.work.Unlock()
	root, err := os.OpenRoot(s.opt.Root)
	if err != nil {
		return fault.New(fault.ResourceNotFound, s.opt.Root, "the graphs folder cannot be opened").Because(err)
	}
	defer root.Close()
	sum := sha256.Sum256(content)
	marked := map[string]bool{hex.EncodeToString(sum[:]): true}
	before := marks(root)
	for _, t := range []tree{s.good, s.next} {
		for _, f := range t {
			if before[f.hash] {
				marked[f.hash] = true
			}
		}
	}
	text := strings.Join(slices.Sorted(maps.Keys(marked)), "\n") + "\n"
	const draft = callersFile + ".new"
	f, err := root.OpenFile(draft, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = io.WriteString(f, text)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil {
		err = root.Rename(draft, callersFile)
	}
	if err != nil {
		return fault.New(fault.Internal, s.opt.Root, "the folder of graphs cannot be written to").Because(err)
	}
	return nil
}

// written are the contents that are callers'.
func (s *Store) written() map[string]bool {
	root, err := os.OpenRoot(s.opt.Root)
	if err != nil {
		return nil // there is no folder, or it cannot be seen: then there are no files of callers either
	}
	defer root.Close()
	return marks(root)
}

// marks reads the file with the marks.
func marks(root *os.Root) map[string]bool {
	const most = 4 << 20 // some 60,000 files
	out := map[string]bool{}
	f, err := root.Open(callersFile)
	if err != nil {
		return out
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return out
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		out[strings.TrimSpace(lines.Text())] = true
	}
	return out
}

// OfCallers tells whether callers wrote a graph, or a fragment that it uses.
func (s *Set) OfCallers(name string) bool {
	seen := map[string]bool{name: true}
	for todo := []string{name}; len(todo) > 0; todo = todo[1:] {
		if f := s.files[todo[0]]; f != nil && !f.shipped && s.callers[f.hash] {
			return true
		}
		g, ok := s.Graph(todo[0])
		if !ok {
			continue
		}
		for _, used := range fragments([]*spec.Graph{g}) {
			if !seen[used] {
				seen[used] = true
				todo = append(todo, used)
			}
		}
	}
	return false
}
