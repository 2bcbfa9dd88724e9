package payload_test

import (
	"bytes"
	"errors"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

func TestRoomIsNobodyElses(t *testing.T) {
	var b payload.Batch
	var rooms [][]byte
	for i := range 100 {
		room := b.Room(1+i%7, 10)
		for j := range room {
			room[j] = byte(i)
		}
		b.Add(payload.Payload{Data: room})
		rooms = append(rooms, room)
	}
	for i, room := range rooms {
		if len(room) != 1+i%7 || cap(room) != len(room) || !bytes.Equal(room, bytes.Repeat([]byte{byte(i)}, len(room))) {
			t.Fatalf("room %d is %v, of %d", i, room, cap(room))
		}
	}
	b.Truncate(3)
	if len(b.Payloads) != 3 {
		t.Errorf("%d payloads left", len(b.Payloads))
	}
	b.Reset()
	if got := b.Payloads[:3]; len(b.Payloads) != 0 || got[0].Data != nil {
		t.Errorf("a batch that was reset keeps %v", got)
	}
}

func TestBatchIsUsedAgain(t *testing.T) {
	var b payload.Batch
	fill := func() {
		b.Reset()
		for range 20 {
			b.Add(payload.Payload{Data: b.Room(1000, 0)})
		}
	}
	for range 10 {
		fill()
	}
	if n := testing.AllocsPerRun(10, fill); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(10, func() {
		var fresh payload.Batch
		for i := range 20 {
			fresh.Room(1000, (19-i)*1000)
		}
	}); n > 1 {
		t.Errorf("%v allocations for a unit", n)
	}
}

func TestSizesHaveBounds(t *testing.T) {
	for size, want := range map[int]int{0: payload.DefaultSize, payload.MinSize: payload.MinSize, 1400: 1400, payload.MaxSize: payload.MaxSize} {
		if got, err := payload.CheckSize(size); err != nil || got != want {
			t.Errorf("%d gives %d, %v", size, got, err)
		}
	}
	for _, size := range []int{-1, payload.MinSize - 1, payload.MaxSize + 1} {
		if _, err := payload.CheckSize(size); !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%d gives %v", size, err)
		}
	}
}

func TestWhole(t *testing.T) {
	one := &media.Unit{AU: [][]byte{{1, 2}}}
	if got := payload.Whole(one); &got[0] != &one.AU[0][0] {
		t.Error("one part is copied")
	}
	if got := payload.Whole(&media.Unit{AU: [][]byte{{1}, {2, 3}}}); !bytes.Equal(got, []byte{1, 2, 3}) {
		t.Errorf("got %v", got)
	}
}
