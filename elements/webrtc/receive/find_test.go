package receive

import (
	"encoding/binary"
	"testing"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// labels makes a header with extensions.
func labels(t *testing.T, payload uint8, ssrc uint32, ext map[uint8]string) *rtp.Header {
	t.Helper()
	h := &rtp.Header{Version: 2, PayloadType: payload, SSRC: ssrc, SequenceNumber: 1}
	for id, text := range ext {
		if err := h.SetExtension(id, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func TestBySource(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	// The payload type could be that of another track: what was announced counts.
	r.RTP(labels(t, videoPT, videoSSRC, nil), []byte{1}, r.now)
	r.Read()
	if len(r.out.written[videoTrack]) != 1 {
		t.Errorf("%v", r.out.written)
	}
}

func TestByMid(t *testing.T) {
	list := tracks()
	other := list[videoTrack]
	other.Mid, other.Sources, other.Repairs = "2", nil, nil
	r := newRig(t, append(list, other), Options{})
	r.RTP(labels(t, videoPT, 3000, map[uint8]string{extMid: "2"}), []byte{1}, r.now)
	r.RTP(labels(t, videoPT, 3001, nil), []byte{1}, r.now) // could be either
	r.RTP(labels(t, videoPT, 3000, nil), []byte{1}, r.now) // known by now, and the same packet
	r.Read()
	if len(r.out.written[2]) != 1 || len(r.out.written[videoTrack]) != 0 {
		t.Errorf("%v", r.out.written)
	}
}

func TestByPayloadType(t *testing.T) {
	list := tracks()
	list[videoTrack].Sources, list[videoTrack].Repairs = nil, nil
	r := newRig(t, list, Options{})
	r.RTP(labels(t, videoPT, 3000, nil), []byte{1}, r.now)
	r.RTP(labels(t, audioPT, 3001, nil), []byte{1}, r.now)
	// Retransmissions of which only the payload type is known repair what came.
	h := labels(t, videoPT, 3000, nil)
	h.SequenceNumber = 3
	r.RTP(h, []byte{3}, r.now)
	r.RTP(labels(t, rtxPT, 3002, nil), append(binary.BigEndian.AppendUint16(nil, 2), 2), r.now)
	r.Read()
	if len(r.out.written[videoTrack]) != 3 || len(r.out.written[audioTrack]) != 1 {
		t.Errorf("%v", r.out.written)
	}
}

func TestLayers(t *testing.T) {
	r := newRig(t, layered(), Options{})
	label := func(rid string) map[uint8]string { return map[uint8]string{extMid: "2", 10: rid} }
	r.RTP(labels(t, 100, 1, label("q")), []byte{1}, r.now)
	r.RTP(labels(t, 100, 2, label("h")), []byte{1, 2}, r.now)
	r.RTP(labels(t, 100, 3, label("x")), []byte{1}, r.now)
	r.RTP(labels(t, 100, 4, map[uint8]string{extMid: "2"}), []byte{1}, r.now)
	h := labels(t, 100, 2, nil)
	h.SequenceNumber = 3
	r.RTP(h, []byte{3, 3}, r.now)
	repair := labels(t, 101, 5, map[uint8]string{extMid: "2", 11: "h"})
	r.RTP(repair, append(binary.BigEndian.AppendUint16(nil, 2), 9, 9), r.now)
	r.Read()
	if len(r.out.written[0]) != 1 || len(r.out.written[1]) != 3 {
		t.Errorf("%v", r.out.written)
	}
	if p := r.out.written[1][2]; p.Header.SequenceNumber != 2 || p.Header.SSRC != 2 {
		t.Errorf("%+v", p)
	}
}

// TestNewSource has a sender change its SSRC in the middle: key frames are asked of the new one.
func TestNewSource(t *testing.T) {
	list := tracks()
	list[videoTrack].Sources = nil
	r := newRig(t, list, Options{})
	r.put(1, 2)
	r.RTP(labels(t, videoPT, 3000, nil), []byte{1}, r.now.Add(1))
	if s := r.source(videoTrack); s == nil || s.ssrc != 3000 {
		t.Errorf("%+v", s)
	}
	if r.source(audioTrack) != nil {
		t.Error("no sound came")
	}
	if media.Video != r.tracks[videoTrack].Kind {
		t.Error("the second track is no video")
	}
}
