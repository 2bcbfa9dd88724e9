package forms

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestBFramesGetDecodingTimes(t *testing.T) {
	units := assemble(new(bench).assembler(t, h264()), load(t, "bframes.rtp"))
	if len(units) != pictures {
		t.Fatalf("%d units", len(units))
	}
	shown := make([]time.Duration, len(units))
	for i := range units {
		shown[i] = units[i].PTS
	}
	slices.Sort(shown)
	rising(t, units)
	for i, u := range units {
		if u.DTS > u.PTS || i >= 3 && u.DTS != shown[i-2] {
			t.Errorf("unit %d is shown at %v and decoded at %v", i, u.PTS, u.DTS)
		}
	}
	if !units[0].Key || units[0].AU[0][0]&0x1f != 7 {
		t.Errorf("it does not begin with a parameter set: % x", units[0].AU[0][:4])
	}
}

func TestDecodingTimesWithoutParameterSetsAreLearnt(t *testing.T) {
	var o order
	o.reset(-1)
	for i, pts := range []time.Duration{0, 4, 2, 1, 3, 8, 6, 5, 7} {
		pts *= apart
		dts := o.dts(pts)
		if i > 6 && (dts > pts || dts%apart != 0) {
			t.Errorf("picture %d is shown at %v and decoded at %v", i, pts, dts)
		}
	}
	if o.depth != 2 {
		t.Errorf("it learnt %d", o.depth)
	}
	o.reset(0)
	if dts := o.dts(9 * apart); dts != 9*apart {
		t.Errorf("without reordering %v is decoded at %v", 9*apart, dts)
	}
}

func TestOrderIsRestored(t *testing.T) {
	for file, track := range map[string]media.Track{"bframes.rtp": h264(), "vp8.rtp": media.NewTrack(media.VP8)} {
		packets := load(t, file)
		want := assemble(new(bench).assembler(t, track), packets)
		if len(want) != pictures {
			t.Fatalf("%s: %d units", file, len(want))
		}
		rapid.Check(t, func(r *rapid.T) {
			late := rapid.SliceOfN(rapid.IntRange(0, 10), len(packets), len(packets)).Draw(r, "late")
			order := make([]int, len(packets))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order[1:], func(a, b int) int { return a + late[a] - b - late[b] })
			b := &bench{}
			m := b.assembler(t, track)
			var got []media.Unit
			for i, n := range order {
				p := *packets[n]
				p.Arrival = packets[i].Arrival
				got = append(got, m.Make([]*media.Packet{&p, &p})...) // and each comes twice
			}
			got = append(got, m.Flush()...)
			if !slices.EqualFunc(got, want, func(a, b media.Unit) bool { return same(&a, &b) && a.DTS == b.DTS }) {
				r.Errorf("%s: %d units that are not those that were sent, of %d", file, len(got), len(want))
			}
			if b.asked != 0 || b.stats.Drops.Total() != uint64(len(packets)) {
				r.Errorf("%s: %d key frames wanted, %d dropped", file, b.asked, b.stats.Drops.Total())
			}
		})
	}
}

func TestLossesCostWholeUnitsUpToAKeyFrame(t *testing.T) {
	for file, track := range map[string]media.Track{"bframes.rtp": h264(), "vp8.rtp": media.NewTrack(media.VP8)} {
		packets := load(t, file)
		all := assemble(new(bench).assembler(t, track), packets)
		rapid.Check(t, func(r *rapid.T) {
			lost := rapid.SliceOfNDistinct(rapid.IntRange(0, len(packets)-1), 0, 5, rapid.ID).Draw(r, "lost")
			rest := slices.DeleteFunc(slices.Clone(packets), func(p *media.Packet) bool {
				return slices.ContainsFunc(lost, func(n int) bool { return packets[n] == p })
			})
			b := &bench{}
			units := assemble(b.assembler(t, track), rest)
			rising(r, units)
			before := -1
			for i := range units {
				n := slices.IndexFunc(all, func(u media.Unit) bool { return same(&u, &units[i]) })
				switch {
				case n <= before:
					r.Errorf("%s: unit %d is none of those that were sent", file, i)
				case n > before+1 && !units[i].Key:
					r.Errorf("%s: unit %d comes behind %d and is no key frame", file, n, before)
				}
				before = n
			}
			if len(lost) == 0 && len(units) != pictures || len(units) < pictures && before == pictures-1 && b.asked == 0 {
				r.Errorf("%s: %d units, %d key frames wanted", file, len(units), b.asked)
			}
		})
	}
}

func TestRetransmissions(t *testing.T) {
	packets := load(t, "vp8.rtp")
	const missing, before = 10, 5 // pictures
	for name, row := range map[string]struct {
		after int // it comes behind so many others
		wait  time.Duration
		units int
	}{
		"in time":                       {24, 0, pictures}, // 192 ms
		"too late":                      {27, 0, before + gop},
		"never":                         {1000, 0, before + gop},
		"in time for who cannot repeat": {6, 60 * time.Millisecond, pictures}, // 48 ms
		"too late for who cannot":       {9, 60 * time.Millisecond, before + gop},
	} {
		b := &bench{wait: row.wait}
		m := b.assembler(t, media.NewTrack(media.VP8))
		var units []media.Unit
		for i, p := range packets {
			if i != missing {
				units = append(units, m.Make([]*media.Packet{p})...)
			}
			if i == missing+row.after {
				again := *packets[missing]
				again.Arrival = p.Arrival
				units = append(units, m.Make([]*media.Packet{&again})...)
			}
		}
		units = append(units, m.Flush()...)
		drops := b.stats.Snapshot().Drops
		if len(units) != row.units || (drops["late"] == 1) != strings.HasPrefix(name, "too late") || (b.asked > 0) != (row.units < pictures) {
			t.Errorf("%s: %d units, dropped %v, %d key frames wanted", name, len(units), drops, b.asked)
		}
	}
}

func TestSendersThatDoNotSetTheMarker(t *testing.T) {
	packets := load(t, "vp8.rtp")
	for _, p := range packets {
		p.Header.Marker = false
	}
	units := assemble(new(bench).assembler(t, media.NewTrack(media.VP8)), packets)
	if len(units) != pictures {
		t.Errorf("%d units", len(units))
	}
	// One that cannot be read: the unit before it is the last until a key frame.
	bad := slices.IndexFunc(packets, func(p *media.Packet) bool { return p.PTS == time.Second+3*apart })
	packets[bad].Payload = []byte{0xff, 0xff}
	b := &bench{}
	units = assemble(b.assembler(t, media.NewTrack(media.VP8)), packets)
	if len(units) != 3+gop || b.asked == 0 || b.stats.Snapshot().Drops["corrupt"] != 1 {
		t.Errorf("%d units, %d key frames wanted, %v", len(units), b.asked, b.stats.Snapshot().Drops)
	}
}

func TestAudioGoesOnBehindALoss(t *testing.T) {
	audio := media.NewTrack(media.Opus)
	b := &bench{}
	m := b.assembler(t, audio)
	var units []media.Unit
	for i := range 50 {
		if i%10 == 5 {
			continue
		}
		p := &media.Packet{Payload: []byte{0x78, 1}, Arrival: epoch.Add(time.Duration(i) * 20 * time.Millisecond), PTS: time.Duration(i) * 20 * time.Millisecond}
		p.Header.SequenceNumber, p.Header.Timestamp = uint16(65530+i), uint32(i)*960
		units = append(units, m.Make([]*media.Packet{p})...)
	}
	units = append(units, m.Flush()...)
	rising(t, units)
	if len(units) != 45 || b.asked != 0 || units[44].DTS != 49*20*time.Millisecond {
		t.Errorf("%d units, %d key frames wanted", len(units), b.asked)
	}
}

func TestUnknownFormats(t *testing.T) {
	b := &bench{}
	unknown := media.NewTrack(media.MPEG1)
	if _, err := New(Options{}).Assembler(unknown, b.aid()); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Errorf("got %v", err)
	}
	if _, err := New(Options{}).Packetiser(unknown, b.aid()); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Errorf("got %v", err)
	}
	if _, err := New(Options{Size: 1}).Packetiser(h264(), b.aid()); fault.CodeOf(err) != fault.InvalidParams {
		t.Errorf("got %v", err)
	}
	noRate := media.NewTrack(media.VP8)
	noRate.ClockRate = 0
	if _, err := New(Options{}).Packetiser(noRate, b.aid()); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Errorf("got %v", err)
	}
}
