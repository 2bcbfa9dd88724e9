package room

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"sluice/engine/fault"
)

// guest is a member that notes what it is told.
type guest struct {
	mu   sync.Mutex
	told []string
}

func (g *guest) Tell(payload any) {
	b, err := json.Marshal(payload)
	if err != nil {
		b = []byte(err.Error())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.told = append(g.told, string(b))
}

// hears checks what the guest was told since the last time.
func (g *guest) hears(t *testing.T, want ...string) {
	t.Helper()
	for i, w := range want {
		want[i] = strings.ReplaceAll(w, "'", `"`)
	}
	if !slices.Equal(g.told, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(g.told, "\n"), strings.Join(want, "\n"))
	}
	g.told = nil
}

func join(t *testing.T, r *Rooms, room, login string) *guest {
	t.Helper()
	g := &guest{}
	if err := r.Join(room, login, g, func() { g.Tell("ok") }); err != nil {
		t.Fatal(err)
	}
	return g
}

func accepted() {}

func TestComingAndGoing(t *testing.T) {
	r := New()
	ann := join(t, r, "red", "ann")
	ann.hears(t, `'ok'`, `{'roomName':'red','name':'STATE','info':[]}`)
	bob := join(t, r, "red", "bob")
	bob.hears(t, `'ok'`, `{'roomName':'red','name':'STATE','info':['ann']}`)
	ann.hears(t, `{'roomName':'red','name':'JOINED','info':'bob'}`)
	if err := r.Leave("red", bob, func() { bob.Tell("left") }); err != nil {
		t.Fatal(err)
	}
	bob.hears(t, `'left'`)
	ann.hears(t, `{'roomName':'red','name':'LEFT','info':'bob'}`)
	if err := r.Leave("red", bob, accepted); !errors.Is(err, fault.ResourceNotFound) {
		t.Errorf("left twice: %v", err)
	}
	r.Gone(ann)
	r.Gone(ann)
	if len(r.rooms)+len(r.of) != 0 {
		t.Errorf("%d rooms and %d members are left", len(r.rooms), len(r.of))
	}
}

func TestStreams(t *testing.T) {
	r := New()
	ann, bob := join(t, r, "red", "ann"), join(t, r, "red", "bob")
	ann.told, bob.told = nil, nil
	r.Published("red", ann, "red-ann-1")
	r.Published("red", ann, "red-ann-1")
	r.Published("red", ann, "red-ann-2")
	r.Published("blue", ann, "blue-ann")
	ann.hears(t)
	bob.hears(t, `{'roomName':'red','name':'PUBLISHED','info':{'login':'ann','name':'red-ann-1'}}`,
		`{'roomName':'red','name':'PUBLISHED','info':{'login':'ann','name':'red-ann-2'}}`)
	eve := join(t, r, "red", "eve")
	eve.hears(t, `'ok'`, `{'roomName':'red','name':'STATE','info':[{'login':'ann','name':'red-ann-1'},{'login':'ann','name':'red-ann-2'},'bob']}`)
	bob.told = nil
	r.Unpublished("red", ann, "red-ann-1", false)
	r.Unpublished("red", ann, "red-ann-1", false)
	r.Unpublished("red", ann, "red-ann-2", true)
	r.Unpublished("red", &guest{}, "red-ann-2", true)
	bob.hears(t, `{'roomName':'red','name':'UNPUBLISHED','info':{'login':'ann','name':'red-ann-1'}}`,
		`{'roomName':'red','name':'FAILED','info':{'login':'ann','name':'red-ann-2'}}`)
}

func TestWhoGoesTakesHisStreamsAlong(t *testing.T) {
	r := New()
	ann, bob := join(t, r, "red", "ann"), join(t, r, "red", "bob")
	if err := r.Join("blue", "bob", bob, accepted); err != nil {
		t.Fatal(err)
	}
	r.Published("red", bob, "cam")
	ann.told = nil
	r.Gone(bob)
	ann.hears(t, `{'roomName':'red','name':'UNPUBLISHED','info':{'login':'bob','name':'cam'}}`, `{'roomName':'red','name':'LEFT','info':'bob'}`)
	if len(r.rooms) != 1 || len(r.of) != 1 {
		t.Errorf("rooms %v, members %v", r.rooms, r.of)
	}
}

func TestMessages(t *testing.T) {
	r := New()
	ann, bob := join(t, r, "red", "ann"), join(t, r, "red", "bob")
	ann.told, bob.told = nil, nil
	if err := r.Say("red", ann, "bob", "hello", func() { ann.Tell("sent") }); err != nil {
		t.Fatal(err)
	}
	ann.hears(t, `'sent'`)
	bob.hears(t, `{'roomName':'red','name':'MESSAGE','info':{'from':'ann','text':'hello'}}`)
	if err := r.Say("red", ann, "eve", "hello", accepted); !errors.Is(err, fault.ResourceNotFound) {
		t.Errorf("to nobody: %v", err)
	}
	if err := r.Say("blue", ann, "bob", "hello", accepted); !errors.Is(err, fault.ResourceNotFound) {
		t.Errorf("from outside: %v", err)
	}
}

func TestWhoCannotJoin(t *testing.T) {
	r := New()
	ann := join(t, r, "red", "ann")
	if err := r.Join("red", "ann", &guest{}, accepted); !errors.Is(err, fault.NameInUse) {
		t.Errorf("a second ann: %v", err)
	}
	if err := r.Join("red", "anna", ann, accepted); !errors.Is(err, fault.NameInUse) {
		t.Errorf("ann under another name: %v", err)
	}
	for i := range MaxRooms - 1 {
		if err := r.Join(fmt.Sprint(i), "ann", ann, accepted); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Join("one more", "ann", ann, accepted); !errors.Is(err, fault.Overloaded) {
		t.Errorf("a room too many: %v", err)
	}
	for i := range MaxSeats - 1 {
		if err := r.Join("red", fmt.Sprint(i), &chair{}, accepted); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Join("red", "last", &guest{}, accepted); !errors.Is(err, fault.Overloaded) {
		t.Errorf("a guest too many: %v", err)
	}
	for i := range MaxStream + 1 {
		r.Published("red", ann, fmt.Sprint(i))
	}
	if n := len(r.seat("red", ann).streams); n != MaxStream {
		t.Errorf("%d streams", n)
	}
}

// chair is a member that does not listen.
type chair struct{ _ byte } // not empty, or all would have one address

func (*chair) Tell(any) {}

// TestEverybodyAtOnce has the race detector look, and in the end nobody may be left.
func TestEverybodyAtOnce(t *testing.T) {
	r := New()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			g, login := &guest{}, fmt.Sprint(i)
			if err := r.Join("red", login, g, accepted); err != nil {
				t.Error(err)
			}
			r.Published("red", g, login)
			_ = r.Say("red", g, "0", "hello", accepted) // 0 may have left
			r.Gone(g)
		})
	}
	all.Wait()
	if len(r.rooms)+len(r.of) != 0 {
		t.Errorf("rooms %v, members %v", r.rooms, r.of)
	}
}
