// Package paramset keeps the parameter sets of an H.264 or H.265 stream and puts them before key pictures that come
// without: FLV and MP4 carry them apart, SDP may, and a reader who joins has missed those that were sent once. It reads
// nothing of what is in them.
package paramset

import (
	"bytes"
	"slices"
)

// maxKept bounds the parameter sets of one kind that are kept; streams have one or two.
const maxKept = 16

// Set holds the newest parameter sets of each kind. A unit that brings some of a kind replaces all of that kind: IDs are
// not told apart, as encoders repeat all they use together. Not for several goroutines at once.
type Set struct {
	kind func(nal []byte) int
	kept [][][]byte // by kind
}

// New makes a set for a number of kinds, in the order in which a decoder needs them. Kind tells a NAL unit's, -1 if it is
// no parameter set.
func New(kinds int, kind func(nal []byte) int, first [][]byte) *Set {
	s := &Set{kind: kind, kept: make([][][]byte, kinds)}
	s.observe(first)
	return s
}

// Complete takes the NAL units of an access unit in order, remembers the parameter sets among them and, if it is a key
// unit that lacks any kind, gives it with all those that are known in front. It does not change au.
func (s *Set) Complete(au [][]byte, key bool) [][]byte {
	seen := s.observe(au)
	if key && s.lacks(seen) {
		return slices.Concat(slices.Concat(s.kept...), au)
	}
	return au
}

// Known tells whether there are parameter sets of every kind.
func (s *Set) Known() bool {
	return !slices.ContainsFunc(s.kept, func(kept [][]byte) bool { return len(kept) == 0 })
}

// lacks tells whether a kind is known that is not among the seen ones.
func (s *Set) lacks(seen int) bool {
	for k, kept := range s.kept {
		if len(kept) > 0 && seen&(1<<k) == 0 {
			return true
		}
	}
	return false
}

// observe remembers the parameter sets of one access unit and gives the kinds it has as bits.
func (s *Set) observe(au [][]byte) (seen int) {
	for _, nal := range au {
		if k := s.kind(nal); k >= 0 {
			seen |= 1 << k
		}
	}
	for k := 0; seen>>k != 0; k++ {
		if seen&(1<<k) != 0 && !s.same(au, k) {
			s.replace(au, k)
		}
	}
	return seen
}

// same saves the copy of sets that are repeated all the time.
func (s *Set) same(au [][]byte, k int) bool {
	n := 0
	for _, nal := range au {
		if s.kind(nal) != k {
			continue
		}
		if n >= len(s.kept[k]) || !bytes.Equal(nal, s.kept[k][n]) {
			return false
		}
		n++
	}
	return n == len(s.kept[k])
}

func (s *Set) replace(au [][]byte, k int) {
	s.kept[k] = nil
	for _, nal := range au {
		if s.kind(nal) == k && len(s.kept[k]) < maxKept {
			s.kept[k] = append(s.kept[k], bytes.Clone(nal)) // the unit's memory may be a whole packet's
		}
	}
}
