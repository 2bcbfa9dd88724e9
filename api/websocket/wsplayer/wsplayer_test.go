package wsplayer

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"sluice/engine/media"
)

const ms = time.Millisecond

// epoch is a moment of which NTP's form is known (RFC 868): 1 Jan 1980.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func packer() *Packer {
	p := &Packer{Epoch: epoch}
	p.Begin([]media.Track{media.NewTrack(media.MPEG1), media.NewTrack(media.PCMU)})
	return p
}

func unit(at time.Duration, key bool, parts ...[]byte) *media.Unit {
	return &media.Unit{PTS: at, DTS: at, Key: key, AU: parts}
}

// said packs a unit and gives the messages in hexadecimal, of sound only their heads and sizes.
func said(p *Packer, track int, u *media.Unit) []string {
	var out []string
	for _, m := range p.Pack(track, u) {
		b := bytes.Join(m, nil)
		if b[0]>>2&3 == 2 {
			out = append(out, fmt.Sprintf("%x+%d", b[:9], len(b)-9))
			continue
		}
		out = append(out, hex.EncodeToString(b))
	}
	return out
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestFrames holds every byte of what the player gets.
func TestFrames(t *testing.T) {
	p := packer()
	expect(t, said(p, 0, unit(5*time.Second, false, []byte{9}))) // nobody could decode it
	// A key frame with source and time, 1 s behind the beginning; the report behind it says when that was: 5 s past the epoch.
	expect(t, said(p, 0, unit(5*time.Second, true, []byte{0, 0, 1, 0xb3}, []byte{7})),
		"17"+"00000001"+"00015f90"+"000001b307",
		"0c"+"00000001"+"00015f90"+"96792485"+"00000000")
	expect(t, said(p, 1, unit(5*time.Second+500*time.Microsecond, false, make([]byte, 320))),
		"0b0000000200001f44+160", "0b0000000200001fe4+160",
		"0c"+"00000002"+"00001f44"+"96792485"+"0020c49b")
	expect(t, said(p, 0, unit(5*time.Second+40*ms, false, []byte{8})), "07"+"00000001"+"00016da0"+"08")
	expect(t, said(p, 2, unit(5*time.Second, true, []byte{8})))
	expect(t, said(p, 1, unit(3*time.Second, false, make([]byte, 160)))) // from before the beginning
}

// TestReports holds that they come often at first and then every few seconds, of both kinds, and anew for one who was away.
func TestReports(t *testing.T) {
	p := packer()
	reports := func(from, to time.Duration) (video, audio int) {
		for at := from; at < to; at += 20 * ms {
			for track := range 2 {
				for _, m := range p.Pack(track, unit(at, true, make([]byte, packetSize))) {
					switch {
					case m[0][0] != report:
					case m[0][4] == videoSSRC:
						video++
					default:
						audio++
					}
				}
			}
		}
		return video, audio
	}
	for _, c := range []struct {
		from, to time.Duration
		want     int
	}{{0, 5 * time.Second, 20}, {5 * time.Second, 25 * time.Second, 10}} {
		if v, a := reports(c.from, c.to); v < c.want-1 || v > c.want || a != v {
			t.Errorf("%v to %v: %d and %d reports, want %d", c.from, c.to, v, a, c.want)
		}
	}
	p.Begin(p.tracks)
	if v, a := reports(25*time.Second, 25*time.Second+20*ms); v != 1 || a != 1 {
		t.Errorf("begun anew: %d and %d reports", v, a)
	}
}

// TestReportsAgree holds that by the reports, sound and pictures of one moment are shown together, hours later as well.
func TestReportsAgree(t *testing.T) {
	p := packer()
	for _, at := range []time.Duration{0, 3 * time.Hour, 26 * time.Hour} {
		p.Begin(p.tracks) // so that there is a report
		moment := map[byte]float64{}
		for track := range 2 {
			messages := p.Pack(track, unit(at, true, make([]byte, packetSize)))
			media, said := bytes.Join(messages[0], nil), bytes.Join(messages[len(messages)-1], nil)
			rate := []float64{videoRate, audioRate}[track]
			since := float64(int32(binary.BigEndian.Uint32(media[5:])-binary.BigEndian.Uint32(said[5:]))) / rate
			moment[said[4]] = float64(binary.BigEndian.Uint32(said[9:])) + float64(binary.BigEndian.Uint32(said[13:]))/(1<<32) + since
		}
		if d := moment[videoSSRC] - moment[audioSSRC]; d > 0.001 || d < -0.001 {
			t.Errorf("at %v they are %v s apart", at, d)
		}
	}
}

// TestSteadySound holds that there is a packet for every 20 ms, whatever the units are like and whichever of them are lost.
func TestSteadySound(t *testing.T) {
	for name, c := range map[string]struct {
		step  time.Duration // from one unit to the next
		size  int
		lost  int // unit that does not come
		most  int // silence, in samples
		least int
	}{
		"units of 20 ms":       {20 * ms, 160, -1, 0, 0},
		"of 64 ms":             {64 * ms, 512, -1, 0, 0},
		"of 2.5 ms":            {2500 * time.Microsecond, 20, -1, 0, 0},
		"of 21.33 ms, rounded": {21333 * time.Microsecond, 171, -1, 100, 0},
		"one is lost":          {20 * ms, 160, 7, 160, 160},
	} {
		p := packer()
		next, silent := uint32(0), 0
		for i := range 100 {
			if i == c.lost {
				continue
			}
			for _, m := range p.Pack(1, unit(time.Duration(i)*c.step, false, bytes.Repeat([]byte{1}, c.size))) {
				b := bytes.Join(m, nil)
				if b[0] == report {
					continue
				}
				at := binary.BigEndian.Uint32(b[5:])
				if next != 0 && at != next || len(b) != 9+packetSize {
					t.Errorf("%s: %d bytes at %d, want %d", name, len(b), at, next)
				}
				next = at + packetSize
				silent += bytes.Count(b[9:], []byte{silence})
			}
		}
		if silent > c.most || silent < c.least {
			t.Errorf("%s: %d samples of silence", name, silent)
		}
	}
}

// TestSoundAfterALongPauseJumps holds that much silence is not made up, and that sound which came already does not come again.
func TestSoundAfterALongPauseJumps(t *testing.T) {
	p := packer()
	expect(t, said(p, 1, unit(0, false, make([]byte, 160)))[:1], "0b0000000200001f40+160")
	expect(t, said(p, 1, unit(10*time.Second, false, make([]byte, 160)))[:1], "0b00000002000157c0+160")
	expect(t, said(p, 1, unit(10*time.Second-20*ms, false, make([]byte, 480))), "0b0000000200015860+160")
	expect(t, said(p, 1, unit(10*time.Second, false, make([]byte, 160))))
	expect(t, said(p, 1, unit(2*time.Second, false, make([]byte, 160)))[:1], "0b0000000200005dc0+160")
}

// FuzzPack holds that all messages are whole, and sound in packets of one size, whatever units hold.
func FuzzPack(f *testing.F) {
	f.Add([]byte("some samples"), int64(0), int64(time.Second), true)
	f.Add(make([]byte, 1000), int64(-time.Hour), int64(1<<62), false)
	f.Fuzz(func(t *testing.T, data []byte, first, second int64, isKey bool) {
		p := packer()
		for _, at := range []int64{first, second, first} {
			for track := range 3 {
				for _, m := range p.Pack(track, unit(time.Duration(at), isKey, data, nil)) {
					b := bytes.Join(m, nil)
					switch {
					case b[0] == report && len(b) == 17:
					case b[0]&^key == video|withSSRC|withTime && track == 0 && len(b) == 9+len(data):
					case b[0] == audio|withSSRC|withTime && track == 1 && len(b) == 9+packetSize:
					default:
						t.Fatalf("track %d: a message of %d bytes that begins with %x", track, len(b), b[0])
					}
				}
			}
		}
	})
}
