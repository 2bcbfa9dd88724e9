package send

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"sluice/engine/enginetest"
	"sluice/engine/media"
)

// out is a writer that keeps what it is given.
type out struct {
	full    bool
	packets [2][]rtp.Header
	reports [2][]rtcp.SenderReport
	flushed int
	t       testing.TB
}

func (o *out) Room() bool { return !o.full }

func (o *out) RTP(track int, h *rtp.Header, _ []byte) {
	o.packets[track] = append(o.packets[track], *h)
}

func (o *out) RTCP(track int, packet []byte) {
	list, err := rtcp.Unmarshal(packet)
	if err != nil {
		o.t.Fatal(err)
	}
	sr, ok := list[0].(*rtcp.SenderReport)
	if !ok || len(list) != 2 {
		o.t.Fatalf("%v", list)
	}
	o.reports[track] = append(o.reports[track], *sr)
}

func (o *out) Flush() { o.flushed++ }

func same(a, b media.Track) bool { return a.Codec == b.Codec }

// packet is one of a source, so many ticks and as much time later than nothing.
func packet(ssrc uint32, number uint16, rate uint32, at time.Duration, marker bool) *media.Packet {
	return &media.Packet{
		Header:  rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: number, Timestamp: 1000*ssrc + ticks(at, rate), Marker: marker},
		Payload: []byte{1, 2, 3}, PTS: at,
	}
}

// begun is a sender of H.264 and Opus that has been started.
func begun(t testing.TB) (*Sender, *out) {
	t.Helper()
	video, audio := media.NewTrack(media.H264), media.NewTrack(media.Opus)
	s := New(same)
	s.Begin([]media.Track{audio, video})
	s.Expect([]Track{{Track: video, SSRC: 7, Payload: 96}, {Track: audio, SSRC: 8, Payload: 97}})
	o := &out{t: t}
	return s, o
}

// Nothing is taken before the start, and what is told of the first packets is true.
func TestStart(t *testing.T) {
	s, o := begun(t)
	const at = 5 * time.Second
	first := []*media.Packet{packet(1, 65534, 90000, at, false), packet(1, 65535, 90000, at, true), packet(1, 0, 90000, at+40*time.Millisecond, true)}
	if n := s.Push(1, first); n != 0 {
		t.Fatalf("%d packets are taken", n)
	}
	enginetest.Await(t, "the first packet", s.First())
	number, zero := s.Info(0)
	soundNumber, soundZero := s.Info(1)
	s.Start(o, true)
	if n := s.Push(1, first); n != 3 || o.flushed != 1 {
		t.Fatalf("%d packets are taken, %d times flushed", n, o.flushed)
	}
	if n := s.Push(0, []*media.Packet{packet(2, 9, 48000, at+20*time.Millisecond, true)}); n != 1 {
		t.Fatal("no sound is taken")
	}
	got := o.packets[0]
	if len(got) != 3 || got[0].SequenceNumber != number || got[0].Timestamp != zero || got[0].SSRC != 7 || got[0].PayloadType != 96 || got[0].Marker {
		t.Errorf("%+v, not %d at %d", got, number, zero)
	}
	if got[2].SequenceNumber != number+2 || got[2].Timestamp != zero+3600 || !got[2].Marker {
		t.Errorf("%+v", got[2])
	}
	if sound := o.packets[1]; len(sound) != 1 || sound[0].SequenceNumber != soundNumber || sound[0].Timestamp != soundZero+960 {
		t.Errorf("%+v, not %d at %d", sound, soundNumber, soundZero+960)
	}
	// Both reports say of the same moment what time it is, so sound and pictures come together.
	v, a := o.reports[0][0], o.reports[1][0]
	gap := time.Duration(int64(a.NTPTime-v.NTPTime) * int64(time.Second) >> 32)
	if d := gap - (time.Duration(a.RTPTime-soundZero)*time.Second/48000 - time.Duration(v.RTPTime-zero)*time.Second/90000); d.Abs() > time.Millisecond {
		t.Errorf("sound and pictures are %s apart", d)
	}
	if v.PacketCount != 3 || v.OctetCount != 9 || s.Counts() != (Counts{4, 12}) {
		t.Errorf("%+v %+v", v, s.Counts())
	}
}

// A player that is too slow is not written to, and sees no gap when the hub goes on at a later key frame.
func TestSlow(t *testing.T) {
	s, o := begun(t)
	s.Start(o, false)
	s.Push(1, []*media.Packet{packet(1, 1, 90000, 0, true)})
	o.full = true
	if n := s.Push(1, []*media.Packet{packet(1, 2, 90000, time.Second, true)}); n != 0 {
		t.Errorf("%d are taken", n)
	}
	o.full = false
	s.Push(1, []*media.Packet{packet(1, 500, 90000, 20*time.Second, true), packet(1, 502, 90000, 20*time.Second+time.Millisecond, true)})
	got := o.packets[0]
	if got[1].SequenceNumber != got[0].SequenceNumber+1 || got[1].Timestamp != got[0].Timestamp+20*90000 {
		t.Errorf("%+v", got)
	}
	if got[2].SequenceNumber != got[1].SequenceNumber+2 { // what the network lost is seen to be lost
		t.Errorf("%+v", got)
	}
}

// After a takeover numbers and times go on, whatever the new source's are.
func TestTakeover(t *testing.T) {
	s, o := begun(t)
	s.Start(o, true)
	s.Push(1, []*media.Packet{packet(1, 100, 90000, time.Second, true)})
	s.Begin([]media.Track{media.NewTrack(media.VP8), media.NewTrack(media.H264)})
	if n := s.Push(0, []*media.Packet{packet(5, 1, 90000, time.Second, true)}); n != 1 || len(o.packets[0]) != 1 {
		t.Errorf("a track that the player was not told of is sent: %v", o.packets)
	}
	s.Push(1, []*media.Packet{packet(9, 40_000, 90000, 3*time.Second, true)})
	got := o.packets[0]
	if len(got) != 2 || got[1].SequenceNumber != got[0].SequenceNumber+1 || got[1].Timestamp != got[0].Timestamp+2*90000 {
		t.Errorf("%+v", got)
	}
	if n := s.Push(7, []*media.Packet{packet(9, 40_001, 90000, 3*time.Second, true)}); n != 1 {
		t.Error("a track that is none is not taken")
	}
}

// Of one source, whatever comes keeps its distance in numbers and in time, as long as no more is missing than networks lose.
func TestDistances(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tr := newTrack(0, Track{Track: media.NewTrack(media.Opus)})
		first := rapid.Uint16().Draw(r, "first")
		var z zero
		n := first
		before, ok := tr.place(packet(1, n, 48000, 0, true), z)
		if !ok {
			r.Fatal("no place")
		}
		base := *before
		for range 50 {
			n += uint16(rapid.IntRange(-30, gap).Draw(r, "step"))
			h, ok := tr.place(packet(1, n, 48000, time.Duration(n-first)*20*time.Millisecond, true), z)
			if int16(n-tr.seen) > 0 || !ok {
				r.Fatalf("%d has no place", n)
			}
			if h.SequenceNumber-base.SequenceNumber != n-first {
				r.Fatalf("%d is %d behind, not %d", n, h.SequenceNumber-base.SequenceNumber, n-first)
			}
		}
	})
}

func TestNTP(t *testing.T) {
	at := time.Date(1970, 1, 1, 0, 0, 1, 500_000_000, time.UTC)
	if got := ntp(at); got != 2208988801<<32|1<<31 {
		t.Errorf("%x", got)
	}
}
