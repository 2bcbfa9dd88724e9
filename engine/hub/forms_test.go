package hub

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// forms makes a unit of each packet and back; its number is the PTS in milliseconds or the sequence number. It holds the
// last one back until the end.
type forms struct {
	made int
	wait time.Duration
	err  error
}

func (f *forms) Assembler(_ media.Track, aid Aid) (Maker[media.Packet, media.Unit], error) {
	f.made++
	f.wait = aid.Wait
	return &maker[media.Packet, media.Unit]{make: func(p *media.Packet) media.Unit {
		n := time.Duration(p.Header.SequenceNumber) * time.Millisecond
		return media.Unit{PTS: n, DTS: n, Key: p.Payload[1] == 0x50, AU: [][]byte{p.Payload}}
	}}, f.err
}

func (f *forms) Packetiser(media.Track, Aid) (Maker[media.Unit, media.Packet], error) {
	f.made++
	return &maker[media.Unit, media.Packet]{make: func(u *media.Unit) media.Packet {
		n := uint16(u.PTS / time.Millisecond)
		header := rtp.Header{SequenceNumber: n, Timestamp: uint32(n) * 90}
		return media.Packet{Header: header, Payload: u.AU[0], PTS: u.PTS}
	}}, f.err
}

type maker[From, To any] struct {
	make func(*From) To
	held []To
}

func (m *maker[From, To]) Make(items []*From) (made []To) {
	for _, i := range items {
		made = append(made, m.held...)
		m.held = []To{m.make(i)}
	}
	return made
}

func (m *maker[From, To]) Flush() []To {
	last := m.held
	m.held = nil
	return last
}

func unit(key bool, n int) media.Unit {
	at := time.Duration(n) * time.Millisecond
	payload := []byte{0x10, 0x51}
	if key {
		payload[1] = 0x50
	}
	return media.Unit{PTS: at, DTS: at, Key: key, AU: [][]byte{payload}}
}

func newUnitSink() *sinkOf[media.Unit] {
	return newSinkOf(func(u *media.Unit) int { return int(u.PTS / time.Millisecond) })
}

// TestWaitIsThePublishers: who makes units of packets is told how long the publisher's may be missing.
func TestWaitIsThePublishers(t *testing.T) {
	made := &forms{}
	h := newHub(t, Options{Forms: made})
	const wait = 60 * time.Millisecond
	publish(t, h, "phone", describing(media.PCMU), PublishOptions{Wait: wait})
	if _, err := h.ReadUnits(t.Context(), "phone", media.Everything(), newUnitSink(), ReadOptions{}); err != nil || made.wait != wait {
		t.Errorf("it waits for %v: %v", made.wait, err)
	}
}

func TestUnitsAreReadAsUnits(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.VP8, media.AAC), PublishOptions{Form: Units})
	for n := range 5 {
		if err := p.WriteUnits(0, []media.Unit{unit(n == 2, n)}); err != nil {
			t.Fatal(err)
		}
	}
	s := newUnitSink()
	r, err := h.ReadUnits(t.Context(), "cam", media.Everything(), s, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.awaitLast(t, 0, 4)
	s.span(t, 0, 2, 4)
	if err := r.RequestKey(0); err != nil {
		t.Error(err)
	}
	expectCode(t, p.Write(0, nil), fault.InvalidRequest)
	expectCode(t, p.Report(0, 0, time.Time{}, time.Time{}), fault.InvalidRequest)
}

func TestOtherFormNeedsForms(t *testing.T) {
	h := newHub(t, Options{})
	publish(t, h, "cam", describing(media.VP8), PublishOptions{Form: Units})
	_, err := h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{Wait: time.Hour})
	if expectCode(t, err, fault.CodecNotAvailable); err.Error() != "video: vp8 published in units, packets wanted" {
		t.Errorf("got %v", err)
	}
	h = newHub(t, Options{Forms: &forms{err: fault.New(fault.CodecNotAvailable, "", "no packetiser")}})
	publish(t, h, "cam", describing(media.VP8), PublishOptions{Form: Units})
	_, err = h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{})
	expectCode(t, err, fault.CodecNotAvailable)
	if h.Streams()[0].Readers != 0 {
		t.Error("the reader is counted")
	}
}

func TestOtherFormIsMadeOnceForAll(t *testing.T) {
	for _, form := range []Form{Packets, Units} {
		t.Run(string(form), func(t *testing.T) {
			f := &forms{}
			h := newHub(t, Options{Forms: f})
			p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Form: form})
			packets, units := newSink(), newUnitSink()
			put := func(key bool, n uint16) {
				if form == Packets {
					write(t, p, 0, vp8Packets(key, n, n))
				} else if err := p.WriteUnits(0, []media.Unit{unit(key, int(n))}); err != nil {
					t.Fatal(err)
				}
			}
			put(true, 1)
			for n := uint16(2); n < 10; n++ {
				put(n == 5, n)
			}
			for range 3 {
				join(t, h, "cam", browser, newSink(), ReadOptions{})
				if _, err := h.ReadUnits(t.Context(), "cam", browser, newUnitSink(), ReadOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			join(t, h, "cam", browser, packets, ReadOptions{})
			if _, err := h.ReadUnits(t.Context(), "cam", browser, units, ReadOptions{}); err != nil {
				t.Fatal(err)
			}
			for n := uint16(10); n < 60; n++ {
				put(false, n)
			}
			if d := h.Streams()[0].Tracks[0].Derived; d == nil {
				t.Error("nothing is said of the other form")
			}
			p.Close(nil) // what was written is made into the other form before its readers end
			if err := packets.awaitEnd(t); err != nil {
				t.Error(err)
			}
			if err := units.awaitEnd(t); err != nil {
				t.Error(err)
			}
			packets.span(t, 0, 5, 59)
			units.span(t, 0, 5, 59)
			if f.made != 1 {
				t.Errorf("%d made the other form", f.made)
			}
		})
	}
}

func TestTheFirstReaderOfTheOtherFormIsPacedToo(t *testing.T) {
	clock := enginetest.NewClock()
	h := newHub(t, Options{Forms: &forms{}, Clock: clock})
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Form: Units})
	for _, n := range []int{1000, 1100, 1200, 1300} { // the last is held back
		if err := p.WriteUnits(0, []media.Unit{unit(n == 1000, n)}); err != nil {
			t.Fatal(err)
		}
	}
	s := newSink()
	join(t, h, "cam", browser, s, ReadOptions{Pace: 2})
	for _, n := range []int{1000, 1100, 1200} {
		s.awaitLast(t, 0, n)
		if n < 1200 {
			clock.AwaitAlarms(1)
			clock.Advance(50*time.Millisecond + 1)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.got[0], []int{1000, 1100, 1200}) {
		t.Errorf("it got %v", s.got[0])
	}
}
