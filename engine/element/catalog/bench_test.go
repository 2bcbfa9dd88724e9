package catalog_test

import (
	"testing"

	"sluice/testdata/registry"
)

func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := registry.Snapshot(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFactory(b *testing.B) {
	s, err := registry.Snapshot()
	if err != nil {
		b.Fatal(err)
	}
	// An ordinary one, the one with most properties, and the one with the longest caps.
	for _, name := range []string{"x264enc", "avenc_mpeg2video", "decklinkvideosrc"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := s.Factory(name); !ok {
					b.Fatal("it is missing")
				}
			}
		})
	}
}
