package send

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"sluice/engine/media"
)

// plainResend negotiates no retransmission format.
func plainResend(o *Options) { o.Tracks[0].RTX = 0 }

func nack(ssrc uint32, numbers ...uint16) *rtcp.TransportLayerNack {
	return &rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}
}

func TestRTX(t *testing.T) {
	r := playing(all)
	r.feed(0, frames(10, 18)...)
	padded := frames(28, 2)
	padded[0].Header.Marker = false
	padded[1].Payload = append(padded[1].Payload, 1, 2)
	r.Push(0, padded)
	sent := r.take()
	if !sent[18].Padding {
		t.Fatal("nothing is padded")
	}
	r.now = r.now.Add(time.Second)
	r.feedback(t, nack(videoSSRC, sent[3].SequenceNumber, sent[4].SequenceNumber, sent[18].SequenceNumber))
	again := r.take()
	if len(again) != 3 {
		t.Fatalf("%d packets were sent again", len(again))
	}
	for i, k := range []int{3, 4, 18} {
		p, original := again[i], sent[k]
		if p.SSRC != videoRTX || p.PayloadType != rtxType || p.Timestamp != original.Timestamp || p.Marker != original.Marker || p.Padding {
			t.Errorf("sent %v for %v", p.Header, original.Header)
		}
		if osn := binary.BigEndian.Uint16(p.Payload); osn != original.SequenceNumber || !bytes.Equal(p.Payload[2:], original.Payload) {
			t.Errorf("payload %x for packet %d", p.Payload, original.SequenceNumber)
		}
		if n := binary.BigEndian.Uint16(p.GetExtension(5)); int(n) != len(sent)+i+1 {
			t.Errorf("transport-wide number %d", n)
		}
		if bytes.Equal(p.GetExtension(6), original.GetExtension(6)) {
			t.Error("the send time is that of the first time")
		}
	}
	if s := steps(again); s[0] != 1 || s[1] != 1 {
		t.Errorf("steps %v", s)
	}
	if c := r.Counts(); c.Resent != 3 || c.NACKs != 3 || c.Packets != 20 {
		t.Errorf("counted %+v", c)
	}
}

// TestResendAsItWas: under AES-GCM two different packets with one number would give the key away.
func TestResendAsItWas(t *testing.T) {
	r := playing(all, plainResend)
	frame := frames(10, 3)
	frame[0].Header.Marker, frame[1].Header.Marker = false, false
	frame[1].Payload = append(frame[1].Payload, 1, 2, 3)
	r.Push(0, []*media.Packet{with(frame[0], OrientationID, []byte{3}), frame[1], frame[2]})
	sent := r.take()
	if !sent[0].Padding {
		t.Fatal("nothing is padded")
	}
	r.now = r.now.Add(time.Second)
	r.feedback(t, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: videoSSRC}}}) // no introduction from now on
	r.Begin([]media.Track{media.NewTrack(media.Opus), media.NewTrack(media.VP8)})
	r.feed(1, frames(500, 2)...)
	r.take()
	r.feedback(t, nack(videoSSRC, numbersOf(sent)...))
	if again := r.take(); !reflect.DeepEqual(again, sent) {
		t.Errorf("sent\n%v, not\n%v", again, sent)
	}
}

func TestNotResent(t *testing.T) {
	r := playing()
	r.feed(0, frames(0, 3)...)
	r.feed(0, frames(5, 1)...) // 3 and 4 are lost
	sent := r.take()
	first := sent[0].SequenceNumber
	for name, n := range map[string]*rtcp.TransportLayerNack{
		"nobody's":      nack(99, first),
		"never sent":    nack(videoSSRC, first+3, first-1, first+6),
		"another track": nack(audioSSRC, first),
	} {
		r.feedback(t, n)
		if again := r.take(); len(again) != 0 {
			t.Errorf("%s: sent %v", name, numbersOf(again))
		}
	}
	r.feed(0, frames(6, videoRing-2)...)
	r.take()
	r.feedback(t, nack(videoSSRC, first, first+1, first+5))
	if again := r.take(); len(again) != 1 {
		t.Errorf("%d packets are still there", len(again))
	}
}

func TestResentOnceARoundTrip(t *testing.T) {
	for _, rtt := range []time.Duration{0, 100 * time.Millisecond} {
		r := playing()
		r.feed(0, frames(0, 1)...)
		n := nack(videoSSRC, r.take()[0].SequenceNumber)
		r.quality.rtt = rtt
		wait := unknownRTT
		if rtt > 0 {
			wait = rtt + patience
		}
		for _, step := range []struct {
			passed time.Duration
			sent   int
		}{{0, 1}, {0, 0}, {wait - time.Millisecond, 0}, {time.Millisecond, 1}, {wait / 2, 0}, {wait, 1}} {
			r.now = r.now.Add(step.passed)
			r.feedback(t, n)
			if got := len(r.take()); got != step.sent {
				t.Errorf("round trip %s: %d sent, not %d, %s later", rtt, got, step.sent, step.passed)
			}
		}
	}
}

// TestCredit: a receiver that asks for everything over and over gets no more than twice what it would have.
func TestCredit(t *testing.T) {
	r := playing()
	video := frames(0, 500)
	for _, p := range video {
		p.Payload = append(p.Payload, make([]byte, 994)...)
	}
	r.feed(0, video...)
	sent := numbersOf(r.take())
	bytes := 0
	for range 50 {
		r.now = r.now.Add(time.Second)
		r.feedback(t, nack(videoSSRC, sent...))
		for _, p := range r.take() {
			bytes += len(p.Payload) - 2
		}
	}
	if bytes < maxCredit-1000 || bytes > maxCredit {
		t.Errorf("%d bytes were sent again", bytes)
	}
	r.feed(0, packet(500, 500*3000, make([]byte, 5000)))
	r.take()
	r.now = r.now.Add(time.Second)
	r.feedback(t, nack(videoSSRC, sent...))
	if n := len(r.take()); n < 4 || n > 6 {
		t.Errorf("%d packets for 5000 bytes more", n)
	}
}

func TestFailedWrites(t *testing.T) {
	r := playing()
	r.err = errors.New("no keys yet")
	r.feed(0, frames(0, 2)...)
	if r.started != 0 || r.Counts().Failed != 2 || len(r.control) != 0 {
		t.Errorf("started %d, counted %+v, reported %v", r.started, r.Counts(), r.control)
	}
	n := uint16(r.tracks[0].numbers.highest)
	r.feedback(t, nack(videoSSRC, n))
	if c := r.Counts(); c.Failed != 3 || c.Resent != 0 {
		t.Errorf("counted %+v", c)
	}
	r.err = nil
	r.feed(0, frames(2, 1)...)
	if r.started != 1 {
		t.Error("not started")
	}
}

// TestPacketsAreShared: neither first nor second sends change what other readers have as well.
func TestPacketsAreShared(t *testing.T) {
	r := playing(all)
	p := with(packet(1, 0, delta(5)), OrientationID, []byte{1})
	want := media.Packet{Header: p.Header.Clone(), Payload: bytes.Clone(p.Payload), PTS: p.PTS}
	r.feed(0, p)
	r.feedback(t, nack(videoSSRC, r.take()[0].SequenceNumber))
	if !reflect.DeepEqual(*p, want) {
		t.Errorf("%+v, not %+v", *p, want)
	}
}
