package send

import (
	"testing"
	"time"

	"sluice/engine/media"
)

// own sends a packet of our own that stands for now.
func (r *rig) own(kind media.Kind, rate uint32, data string) {
	r.Insert(kind, Own{Payload: 101, Marker: true, Timestamp: r.Clock(kind, rate), Data: []byte(data)})
}

func TestInserted(t *testing.T) {
	r := playing()
	sound := func(seq uint16, ticks uint32) *media.Packet {
		p := packet(seq, ticks, delta(uint32(seq)))
		p.PTS = time.Duration(ticks) * time.Second / 48000
		return p
	}
	r.feed(1, sound(10, 0), sound(12, 1920))
	r.now = r.now.Add(80 * time.Millisecond) // from the first one on
	r.own(media.Audio, 48000, "key")
	r.feed(1, sound(11, 960), sound(15, 4800), sound(16, 5760))
	sent := r.take()
	for i, want := range []struct {
		step  uint16
		ticks uint32
		kind  uint8
	}{{0, 0, 0}, {2, 1920, 0}, {3, 3840, 101}, {1, 960, 0}, {4, 4800, 0}, {5, 5760, 0}} {
		p := sent[i]
		if p.SequenceNumber-sent[0].SequenceNumber != want.step || p.Timestamp-sent[0].Timestamp != want.ticks {
			t.Errorf("packet %d: number %d, %d ticks", i, p.SequenceNumber-sent[0].SequenceNumber, p.Timestamp-sent[0].Timestamp)
		}
		if (p.PayloadType == 101) != (want.kind == 101) {
			t.Errorf("packet %d has the payload type %d", i, p.PayloadType)
		}
	}
}

// TestInsertedFirst: what is sent before there is a source goes on when there is one.
func TestInsertedFirst(t *testing.T) {
	r := newRig()
	r.own(media.Audio, 48000, "silence")
	r.now = r.now.Add(20 * time.Millisecond)
	r.own(media.Audio, 48000, "silence")
	if len(r.reports(t)) != 1 {
		t.Error("no report of it")
	}
	r.Begin([]media.Track{media.NewTrack(media.Opus), media.NewTrack(media.VP8)})
	r.now = r.now.Add(20 * time.Millisecond)
	p := packet(500, 7, delta(0))
	p.Arrival = r.now
	r.feed(0, p)
	sent := r.take()
	for i, p := range sent {
		if p.SequenceNumber-sent[0].SequenceNumber != uint16(i) || p.Timestamp-sent[0].Timestamp != uint32(i)*960 {
			t.Errorf("packet %d: number %d, timestamp %d", i, p.SequenceNumber, p.Timestamp)
		}
	}
	if len(sent) != 3 {
		t.Errorf("%d packets", len(sent))
	}
	r.Insert(media.Data, Own{})
	if r.Clock(media.Data, 1) != 0 || len(r.take()) != 0 {
		t.Error("something was sent for a kind that there is not")
	}
}
