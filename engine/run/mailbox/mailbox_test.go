package mailbox

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMessagesComeInOrder(t *testing.T) {
	b := New()
	var got []int
	for i := range 3 {
		if !b.Put(func() { got = append(got, i) }) {
			t.Fatal("refused")
		}
	}
	<-b.Wake()
	for _, message := range b.Take() {
		message()
	}
	if !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("%v", got)
	}
	select {
	case <-b.Wake():
		t.Error("one token is enough for all")
	default:
	}
	b.Put(func() {})
	<-b.Wake()
	b.Close()
	if len(b.Take()) > 0 || b.Put(func() {}) {
		t.Error("a closed box has or takes something")
	}
}

// take calls what is in a box, once all that can happen has.
func take(b *Box) {
	synctest.Wait()
	for _, message := range b.Take() {
		message()
	}
}

func TestAlarms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		c := NewClock(b)
		var one, two Alarm
		rang := ""
		ring := func(what string) func() { return func() { rang += what } }
		c.Hush(&one) // was not set
		c.Set(&one, time.Second, ring("a"))
		c.Set(&two, 2*time.Second, ring("b"))
		if !one.IsSet() {
			t.Error("not set")
		}
		<-time.After(time.Second)
		if take(b); rang != "a" || one.IsSet() || !two.IsSet() {
			t.Errorf("after a second %q rang", rang)
		}
		c.Set(&two, 2*time.Second, ring("c")) // in the place of the other
		<-time.After(time.Second)
		if take(b); rang != "a" {
			t.Errorf("then %q rang", rang)
		}
		<-time.After(time.Second)
		synctest.Wait() // its message is under way
		c.Set(&two, -time.Second, ring("d"))
		if take(b); rang != "ad" {
			t.Errorf("at last %q rang", rang)
		}
		c.Set(&one, time.Second, ring("e"))
		c.Set(&two, time.Second, ring("f"))
		c.HushAll()
		<-time.After(time.Minute)
		if take(b); rang != "ad" || one.IsSet() || two.IsSet() {
			t.Errorf("hushed alarms rang: %q", rang)
		}
	})
}
