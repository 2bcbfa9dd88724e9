package api

import (
	"strings"
	"sync"
	"testing"
)

func TestSessions(t *testing.T) {
	s, ended := NewSessions(), 0
	enter := func(id string) func() {
		return s.Enter(Session{ID: id, Protocol: "hls", Direction: Plays, Stream: "cam"}, func() { ended++ })
	}
	ids := func() string {
		var out []string
		for _, one := range s.All() {
			out = append(out, one.ID)
		}
		return strings.Join(out, " ")
	}
	leave := enter("b")
	enter("a")
	if got := ids(); got != "a b" || s.Len() != 2 {
		t.Error(got)
	}
	if one, ok := s.Find("b"); !ok || one.Stream != "cam" {
		t.Errorf("%+v", one)
	}
	if !s.End("b") || s.End("c") || ended != 1 {
		t.Error(ended)
	}
	again := enter("b") // one may come under a name before the one that had it is gone
	if got := strings.Fields(ids()); len(got) != 3 || !strings.HasPrefix(got[2], "b-") {
		t.Error(got)
	}
	leave()
	again()
	defer enter("b")()
	leave() // which does not take away who came later
	if _, ok := s.Find("b"); !ok {
		t.Error("it was taken away")
	}
	enter("")
	if got := strings.Fields(ids()); len(got) != 3 || got[1] != "b" || !strings.HasPrefix(got[2], "hls-") {
		t.Error(got)
	}
}

func TestNoSessions(t *testing.T) {
	var s *Sessions
	s.Enter(Session{ID: "a"}, func() {})()
	if _, ok := s.Find("a"); ok || s.End("a") || s.Len() != 0 || s.All() != nil {
		t.Error("nil holds something")
	}
}

func TestSessionsTogether(t *testing.T) {
	s := NewSessions()
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for range 100 {
				leave := s.Enter(Session{ID: "same"}, func() {})
				s.All()
				s.End("same")
				leave()
			}
		})
	}
	work.Wait()
	if n := s.Len(); n != 0 {
		t.Error(n)
	}
}
