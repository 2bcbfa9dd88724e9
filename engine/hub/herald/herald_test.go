package herald

import (
	"slices"
	"testing"

	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func TestCallsComeInOrderAndAllBeforeTheEnd(t *testing.T) {
	h := New()
	var got []int
	for i := range 100 {
		h.Post(func() { got = append(got, i) })
	}
	h.Close()
	h.Close()
	h.Post(func() { t.Error("called after the end") })
	if len(got) != 100 || !slices.IsSorted(got) {
		t.Errorf("got %v", got)
	}
}

func TestCallsMayPost(_ *testing.T) {
	h := New()
	done := make(chan struct{})
	h.Post(func() { h.Post(func() { close(done) }) })
	<-done
	h.Close()
}
