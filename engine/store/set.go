package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"sluice/engine/route"
	"sluice/engine/spec"
)

// Set is all graphs at one time, without errors. It is immutable and safe for concurrent use; the graphs in it must
// not be changed.
type Set struct {
	version     uint64
	made        time.Time
	hash        string
	graphs      []*spec.Graph // by name
	files       map[string]*file
	table       *route.Table
	diagnostics []spec.Diagnostic
	held        []Held
	callers     map[string]bool // contents of files that are theirs, by SHA-256
}

// Source says where a graph comes from.
type Source struct {
	File    string // as diagnostics call it
	Shipped bool   // it came with sluice
	Hash    string // SHA-256 of the file's content, in hexadecimal
}

// newSet makes a set; its version is set by the store.
func newSet(s settled, diags []spec.Diagnostic) *Set {
	set := &Set{made: time.Now(), files: map[string]*file{}, table: s.table, diagnostics: diags, held: s.held}
	sum := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(s.tree)) {
		f := s.tree[path]
		fmt.Fprintf(sum, "%q %s %v\n", path, f.hash, f.shipped)
		for _, g := range f.graphs {
			set.graphs = append(set.graphs, g)
			set.files[g.Name] = f
		}
	}
	slices.SortFunc(set.graphs, func(a, b *spec.Graph) int { return cmp.Compare(a.Name, b.Name) })
	set.hash = hex.EncodeToString(sum.Sum(nil))[:16]
	return set
}

// same tells whether nothing that a reader of the set can see has changed.
func (s *Set) same(o *Set) bool {
	return s.hash == o.hash && slices.Equal(s.diagnostics, o.diagnostics) && slices.Equal(s.held, o.held)
}

// Version counts the sets of a store, from 1.
func (s *Set) Version() uint64 { return s.version }

// Made is when the store made the set.
func (s *Set) Made() time.Time { return s.made }

// Hash is the same for the same files, in hexadecimal: the first 16 digits of a SHA-256.
func (s *Set) Hash() string { return s.hash }

// Graph finds a graph by name. With it, a Set is a plan.Library.
func (s *Set) Graph(name string) (*spec.Graph, bool) {
	i, ok := slices.BinarySearchFunc(s.graphs, name, func(g *spec.Graph, n string) int { return cmp.Compare(g.Name, n) })
	if !ok {
		return nil, false
	}
	return s.graphs[i], true
}

// Graphs lists all graphs by name.
func (s *Set) Graphs() []*spec.Graph { return slices.Clone(s.graphs) }

// Source tells where a graph comes from.
func (s *Set) Source(name string) (Source, bool) {
	f, ok := s.files[name]
	if !ok {
		return Source{}, false
	}
	return Source{File: f.shown, Shipped: f.shipped, Hash: f.hash}, true
}

// Routes is the route table of the set; it has no conflicts.
func (s *Set) Routes() *route.Table { return s.table }

// Diagnostics lists what was found in the files as they are on disk, by place: also in those that are not in the set.
func (s *Set) Diagnostics() []spec.Diagnostic { return slices.Clone(s.diagnostics) }

// Held lists the files whose newest version is not in the set, by name. As long as there are any, the server is not
// quite what its operator wrote.
func (s *Set) Held() []Held { return slices.Clone(s.held) }
