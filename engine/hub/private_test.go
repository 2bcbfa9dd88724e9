package hub

import (
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestPrivate(t *testing.T) {
	var heard []Event
	h := newHub(t, Options{Notify: func(e Event) { heard = append(heard, e) }})
	src, s := newSource(), newSink()
	p, err := h.Private(describing(media.VP8, media.Opus), PublishOptions{Source: src})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Read(browser, s, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(0, vp8Packets(true, 1, 3)); err != nil {
		t.Fatal(err)
	}
	s.awaitLast(t, 0, 3)
	if len(h.Streams()) != 0 || r.Stats().Units != 3 {
		t.Errorf("streams %v, %d units", h.Streams(), r.Stats().Units)
	}
	_, err = p.Read(media.Want{Video: []media.Codec{media.H264}}, newSink(), ReadOptions{})
	expectCode(t, err, fault.CodecNotAvailable)
	p.Close(nil)
	if err := s.awaitEnd(t); err != nil {
		t.Errorf("it ended with %v", err)
	}
	_, err = p.Read(browser, newSink(), ReadOptions{})
	expectCode(t, err, fault.Closed)
	h.Close()
	if len(heard) != 0 {
		t.Errorf("others heard of it: %v", heard)
	}
	_, err = h.Private(describing(media.VP8), PublishOptions{})
	expectCode(t, err, fault.Closed)
}

// A private publication ends with the hub.
func TestHubEndsWhatIsPrivate(t *testing.T) {
	h := New(Options{})
	src := newSource()
	p, err := h.Private(describing(media.VP8), PublishOptions{Source: src})
	if err != nil {
		t.Fatal(err)
	}
	s := newSink()
	if _, err := p.Read(browser, s, ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	h.Close()
	expectCode(t, s.awaitEnd(t), fault.Closed)
}

// Who reads a publication, and not a name, does not go over to who takes the name.
func TestOwnReaderStays(t *testing.T) {
	h := newHub(t, Options{})
	first := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
	own, other := newSink(), newSink()
	if _, err := first.Read(browser, own, ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	join(t, h, "cam", browser, other, ReadOptions{})
	second := publish(t, h, "cam", describing(media.VP8), PublishOptions{Policy: Replace})
	expectCode(t, own.awaitEnd(t), fault.NameInUse)
	if err := second.Write(0, vp8Packets(true, 1, 1)); err != nil {
		t.Fatal(err)
	}
	other.awaitLast(t, 0, 1)
}
