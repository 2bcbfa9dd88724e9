package send

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/media"
)

// TestGather pushes packets and looks at how many are sent by each push. Each word is a push, each letter a packet of the frame
// with that letter; a capital is the last one of its frame, with the marker, "!" before a letter is a late packet, "-" a
// lost one, and "+" lets 15 ms pass.
func TestGather(t *testing.T) {
	cases := []struct {
		name, pushes string
		sent         []int
		corks        int
	}{
		{"a frame at once", "aaaA bbB", []int{4, 3}, 2},
		{"packet by packet", "a a a A b B", []int{0, 0, 0, 4, 0, 2}, 2},
		{"one packet a frame", "A B C", []int{1, 1, 1}, 0},
		{"frames in pieces", "aaAbb bBc cC", []int{3, 4, 3}, 3},
		{"several frames at once", "aaAbbB", []int{6}, 1},
		{"the marker is lost", "aa -b b B", []int{0, 0, 0, 5}, 1},
		{"a lost one comes late", "aa-A bb !a bB", []int{3, 0, 3, 2}, 3},
		{"a late marker", "aa- bb !A bB", []int{0, 0, 5, 2}, 2},
		{"a large frame", "aaaaaaaa aaaaaaaa aaaa A", []int{0, 16, 0, 5}, 2},
		{"a slow one", "a +a +a A", []int{0, 0, 3, 1}, 1},
		{"without markers", "aa ab bb bc cc", []int{0, 4, 2, 2, 2}, 4},
		{"markers after all", "aa ab bB cc C", []int{0, 4, 2, 0, 3}, 3},
		{"with a gap where the frame ends", "aa -bb B", []int{0, 0, 5}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := playing()
			var got []int
			s := script{at: r.now}
			for _, word := range strings.Fields(c.pushes) {
				if n := r.Push(0, s.packets(word)); n != len(s.made) {
					t.Fatalf("%d of %d packets were taken", n, len(s.made))
				}
				got = append(got, len(r.take()))
			}
			if !slices.Equal(got, c.sent) {
				t.Errorf("sent %v, not %v", got, c.sent)
			}
			if r.corks != c.corks || r.corked {
				t.Errorf("corked %d times, not %d", r.corks, c.corks)
			}
		})
	}
}

// script makes packets of words.
type script struct {
	seq  uint16
	lost uint16
	at   time.Time
	made []*media.Packet
}

func (s *script) packets(word string) []*media.Packet {
	s.made = nil
	late := false
	for _, c := range word {
		switch c {
		case '+':
			s.at = s.at.Add(15 * time.Millisecond)
			continue
		case '-':
			s.lost = s.seq
			s.seq++
			continue
		case '!':
			late = true
			continue
		}
		frame := uint32(c | 0x20)
		p := packet(s.seq, frame*3000, delta(0))
		p.Arrival, p.Header.Marker = s.at, c < 'a'
		if late {
			p.Header.SequenceNumber = s.lost
		} else {
			s.seq++
		}
		late = false
		s.made = append(s.made, p)
	}
	return s.made
}

func TestAudioIsNotHeld(t *testing.T) {
	r := playing()
	for i := range 3 {
		p := packet(uint16(i), uint32(i)*960, delta(0))
		p.Header.Marker = false
		r.feed(1, p)
		if len(r.take()) != 1 {
			t.Error("a packet is held")
		}
	}
	if r.corks != 0 {
		t.Errorf("corked %d times", r.corks)
	}
}

func TestWhatIsHeldGoesInTheEnd(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"end":   func(r *rig) { r.End(nil) },
		"begin": func(r *rig) { r.Begin([]media.Track{media.NewTrack(media.VP8)}) },
	} {
		r := playing()
		p := packet(1, 0, delta(7))
		p.Header.Marker = false
		r.feed(0, p)
		if len(r.take()) != 0 {
			t.Fatal("nothing is held")
		}
		end(r)
		if sent := r.take(); len(sent) != 1 || id(sent[0].Payload) != 7 {
			t.Errorf("%s: sent %v", name, sent)
		}
	}
}

// TestBurstOfMany: a cached key frame may come at once with all that followed it.
func TestBurstOfMany(t *testing.T) {
	r := playing()
	r.Push(0, frames(0, 3*maxBurst-1))
	if sent := r.take(); len(sent) != 3*maxBurst-1 || r.corks != 3 {
		t.Errorf("%d packets in %d bursts", len(sent), r.corks)
	}
}

func TestPadding(t *testing.T) {
	r := playing()
	frame := frames(0, 3)
	frame[0].Header.Marker, frame[1].Header.Marker = false, false
	frame[0].Payload = append(delta(0), make([]byte, 100)...)
	frame[1].Payload = append(delta(1), make([]byte, 93)...)
	r.Push(0, frame)
	sent := r.take()
	if sent[0].Padding || sent[2].Padding || !sent[1].Padding || sent[1].Header.PaddingSize != 7 {
		t.Errorf("padded with %d, %d, %d", sent[0].Header.PaddingSize, sent[1].Header.PaddingSize, sent[2].Header.PaddingSize)
	}
	if c := r.Counts(); c.Padding != 7 || c.Bytes != 106+99+6 || c.VideoBytes != c.Bytes {
		t.Errorf("counted %+v", c)
	}
}
