package hub

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// forms makes a unit of each packet and back; its number is the PTS in milliseconds or the sequence number.
type forms struct {
	made int
	err  error
}

func (f *forms) Assembler(media.Track) (func([]*media.Packet) []media.Unit, error) {
	f.made++
	return func(packets []*media.Packet) (units []media.Unit) {
		for _, p := range packets {
			n := time.Duration(p.Header.SequenceNumber) * time.Millisecond
			units = append(units, media.Unit{PTS: n, DTS: n, Key: p.Payload[1] == 0x50, AU: [][]byte{p.Payload}})
		}
		return units
	}, f.err
}

func (f *forms) Packetiser(media.Track) (func([]*media.Unit) []media.Packet, error) {
	f.made++
	return func(units []*media.Unit) (packets []media.Packet) {
		for _, u := range units {
			n := uint16(u.PTS / time.Millisecond)
			header := rtp.Header{SequenceNumber: n, Timestamp: uint32(n) * 90}
			packets = append(packets, media.Packet{Header: header, Payload: u.AU[0], PTS: u.PTS})
		}
		return packets
	}, f.err
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
