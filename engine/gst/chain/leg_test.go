//go:build cgo && !nogst

package chain

import (
	"context"
	"sync"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// leg makes a leg of a pipeline, which ends with the test, and a channel for what breaks it.
func leg(t testing.TB, p *plan.Pipeline, in, out media.Codec, host run.Host) (*Leg, chan error) {
	t.Helper()
	failed := make(chan error, 1)
	l := bare(p, in, out, host, func(err error) { failed <- err })
	t.Cleanup(l.Stop)
	return l, failed
}

func bare(p *plan.Pipeline, in, out media.Codec, host run.Host, failed func(error)) *Leg {
	end := func(node, name string, d plan.Direction, c media.Codec) plan.Bridge {
		return plan.Bridge{Name: name, Direction: d, Node: plan.Pad{Of: node}, Pipeline: p.Name, Format: element.Format{Kind: media.Audio, Codec: c}}
	}
	return NewLeg(p, end("phone", "in", plan.IntoGst, in), end("ear", "out", plan.OutOfGst, out), host, failed)
}

func toUnits(frames []frame) []*media.Unit {
	out := make([]*media.Unit, len(frames))
	for i, f := range frames {
		out[i] = &media.Unit{PTS: f.pts, DTS: f.pts, Key: true, AU: [][]byte{f.data}}
	}
	return out
}

func TestLeg(t *testing.T) {
	host := fake.NewHost()
	out := host.Port("out")
	l, failed := leg(t, toOpus(), media.PCMU, media.Opus, host)
	in := toUnits(speech(440, 50))
	l.Codec(media.NewTrack(media.PCMU))
	if l.Unit(in[0]) || len(out.Units()) != 0 {
		t.Error("something passed before the start")
	}
	if err := l.Prepare(); err != nil {
		t.Fatal(err)
	}
	if l.Unit(in[0]) {
		t.Error("something passed before the start")
	}
	for range 2 { // once more does nothing
		if err := l.Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, u := range in {
		if i%7 == 3 { // in two parts
			u = &media.Unit{PTS: u.PTS, AU: [][]byte{u.AU[0][:50], u.AU[0][50:]}}
		}
		if !l.Unit(u) {
			t.Fatalf("unit %d was dropped", i)
		}
	}
	got := out.Units()
	if len(got) < 49 {
		t.Fatalf("%d units of 50 within the calls", len(got))
	}
	for i, u := range got {
		off := u.PTS - in[i].PTS
		if !u.Key || u.DTS != u.PTS || len(u.AU) != 1 || len(u.AU[0]) == 0 || off < -packet || off > packet {
			t.Errorf("unit %d: %+v", i, u)
		}
	}
	if tracks := out.Tracks(); len(tracks) != 1 || tracks[0].Codec != media.Opus || tracks[0].Channels != 1 || tracks[0].ClockRate != 48000 {
		t.Errorf("tracks %+v", tracks)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if n, err := host.Next(ctx); err != nil || n.Kind != run.FirstMedia || n.Node != "n2" {
		t.Errorf("notice %+v, %v", n, err)
	}
	l.Mark(run.End)
	l.Mark(run.End)
	if marks := out.Marks(); len(marks) != 1 || marks[0] != run.End {
		t.Errorf("marks %v", marks)
	}
	if l.Unit(in[0]) || l.Gap(0, packet) {
		t.Error("something passed after the end")
	}
	samples(t, l, len(out.Units()))
	select {
	case err := <-failed:
		t.Error(err)
	default:
	}
}

// samples checks what TestLeg's leg counted.
func samples(t *testing.T, l *Leg, units int) {
	t.Helper()
	s := l.Samples()
	if len(s) != 3 || s[0].Name != "in" || s[1].Name != "out" || s[2].Name != "n2" || s[2].Kind != run.OfNode {
		t.Fatalf("samples %+v", s)
	}
	if s[0].Counts.Units != 50 || s[0].Counts.Bytes != 8000 || s[0].Counts.Drops["unlinked"] != 3 || s[0].Silent < 0 {
		t.Errorf("in: %+v", s[0])
	}
	if s[1].Counts.Units != uint64(units) || s[1].Counts.Bytes == 0 || s[1].Silent < 0 || s[2].Counts.Units != uint64(units) {
		t.Errorf("out: %+v, node: %+v", s[1], s[2])
	}
}

// A leg that was stopped can be started again, and begins anew.
func TestLegAgain(t *testing.T) {
	host := fake.NewHost()
	l, _ := leg(t, toOpus(), media.PCMU, media.Opus, host)
	in := toUnits(speech(440, 10))
	l.Codec(media.NewTrack(media.PCMU))
	for round := range 3 {
		if err := l.Start(); err != nil {
			t.Fatal(err)
		}
		before := len(host.Port("out").Units())
		for _, u := range in {
			if !l.Unit(u) {
				t.Fatalf("round %d: dropped", round)
			}
		}
		if got := len(host.Port("out").Units()) - before; got < 9 {
			t.Errorf("round %d: %d units", round, got)
		}
		l.Stop()
		l.Stop()
		if l.Unit(in[0]) {
			t.Error("something passed after the stop")
		}
	}
	if got := fault.CodeOf(l.Set("e2", plan.Setting{Name: "bitrate", Text: "1"})); got != fault.Closed {
		t.Errorf("set after the stop: %s", got)
	}
}

// gaps is a port that remembers them.
type gaps struct {
	*fake.Port
	mu   sync.Mutex
	list [][2]time.Duration
}

func (g *gaps) Gap(from, length time.Duration) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.list = append(g.list, [2]time.Duration{from, length})
	return true
}

// gapHost is a host with that one outlet.
type gapHost struct {
	*fake.Host
	port *gaps
}

func (h gapHost) Outlet(string) run.Port { return h.port }

// drop is a host whose outlets take everything and keep nothing.
type drop struct{ *fake.Host }

func (drop) Outlet(string) run.Port { return sink{} }

type sink struct{}

func (sink) Unit(*media.Unit) bool       { return true }
func (sink) Gap(_, _ time.Duration) bool { return true }
func (sink) Codec(media.Track)           {}
func (sink) Mark(run.Mark)               {}

func TestLegGap(t *testing.T) {
	host := gapHost{fake.NewHost(), &gaps{Port: fake.NewPort()}}
	coded, _ := through(t, toOpus(), media.NewTrack(media.PCMU), media.Opus, speech(440, 10))
	l, _ := leg(t, toPhone(), media.Opus, media.PCMU, host)
	if err := l.Start(); err != nil {
		t.Fatal(err)
	}
	for _, u := range toUnits(coded) { // the track is the plan's unless somebody says otherwise
		l.Unit(u)
	}
	before := len(host.port.Units())
	if !l.Gap(10*packet, packet) || len(host.port.list) != 0 || len(host.port.Units()) <= before {
		t.Errorf("a short gap: %v, %d units", host.port.list, len(host.port.Units())-before)
	}
	if !l.Gap(11*packet, time.Second) || len(host.port.list) != 1 || host.port.list[0] != [2]time.Duration{11*packet + 200*time.Millisecond, 800 * time.Millisecond} {
		t.Errorf("a long gap: %v", host.port.list)
	}
	host.port.list = nil
	plain, _ := leg(t, row1(media.PCMU, "mulawdec", "alawenc"), media.PCMU, media.PCMA, host)
	if err := plain.Start(); err != nil {
		t.Fatal(err)
	}
	plain.Unit(toUnits(speech(440, 1))[0])
	if !plain.Gap(packet, packet) || len(host.port.list) != 1 || host.port.list[0] != [2]time.Duration{packet, packet} {
		t.Errorf("without concealment: %v", host.port.list)
	}
	plain.Unit(&media.Unit{PTS: 2 * packet, AU: [][]byte{make([]byte, 160)}})
	if len(host.port.list) != 1 {
		t.Errorf("the gap was told twice: %v", host.port.list)
	}
}

func TestLegFlush(t *testing.T) {
	host := fake.NewHost()
	l, _ := leg(t, toOpus(), media.PCMU, media.Opus, host)
	l.Mark(run.Flush) // before the start it means nothing
	if err := l.Start(); err != nil {
		t.Fatal(err)
	}
	in := toUnits(speech(440, 10))
	for _, u := range in {
		l.Unit(u)
	}
	l.Mark(run.Flush)
	for _, u := range in {
		if !l.Unit(u) {
			t.Fatal("dropped after a flush")
		}
	}
	got, marks := host.Port("out").Units(), host.Port("out").Marks()
	if len(marks) != 1 || marks[0] != run.Flush || len(got) < 18 || got[len(got)-1].PTS > 10*packet {
		t.Errorf("marks %v, %d units, the last at %v", marks, len(got), got[len(got)-1].PTS)
	}
}

// A slow reader loses media, and the leg counts it.
func TestLegSlowReader(t *testing.T) {
	host := fake.NewHost()
	l, _ := leg(t, toOpus(), media.PCMU, media.Opus, host)
	if err := l.Start(); err != nil {
		t.Fatal(err)
	}
	host.Port("out").Block(true)
	for _, u := range toUnits(speech(440, 10)) {
		if !l.Unit(u) {
			t.Error("it is not the one who gives that is slow")
		}
	}
	if c := l.Samples()[1].Counts; c.Units != 0 || c.Drops["slow"] < 9 {
		t.Errorf("%+v", c)
	}
}

func TestLegBreaks(t *testing.T) {
	stereo := media.NewTrack(media.PCMU)
	stereo.Channels = 2
	for name, c := range map[string]struct {
		track media.Track
		place string
	}{
		"another codec":  {media.NewTrack(media.PCMA), "phone"},
		"another format": {stereo, "n2"},
	} {
		t.Run(name, func(t *testing.T) {
			host := fake.NewHost()
			l, failed := leg(t, toOpus(), media.PCMU, media.Opus, host)
			if err := l.Start(); err != nil {
				t.Fatal(err)
			}
			in := toUnits(speech(440, 3))
			if !l.Unit(in[0]) {
				t.Fatal("dropped")
			}
			l.Codec(c.track)
			if l.Unit(in[1]) || l.Unit(in[2]) || l.Gap(0, packet) {
				t.Error("something passed a broken leg")
			}
			l.Mark(run.End)
			wantFault(t, <-failed, fault.GstNegotiation, c.place, "")
			select {
			case err := <-failed:
				t.Errorf("told twice: %v", err)
			default:
			}
			l.Stop() // and then it can begin again
			l.Codec(media.NewTrack(media.PCMU))
			if err := l.Start(); err != nil || !l.Unit(in[0]) {
				t.Errorf("not again: %v", err)
			}
		})
	}
	l, _ := leg(t, row1(media.PCMU, "mulawdec", "no-such-element"), media.PCMU, media.Opus, fake.NewHost())
	wantFault(t, l.Prepare(), fault.ElementUnavailable, "n2", "")
	wantFault(t, l.Start(), fault.ElementUnavailable, "n2", "")
}

func TestBatch(t *testing.T) {
	var b *batch
	var units []*media.Unit
	sizes := []int{0, 1, 160, 4096, 5000, 4000, 90, 7}
	for i := range 100 {
		data := make([]byte, sizes[i%len(sizes)])
		for k := range data {
			data[k] = byte(i)
		}
		var u *media.Unit
		b, u = b.add(data, time.Duration(i))
		units = append(units, u)
		clear(data)
	}
	for i, u := range units {
		if len(u.AU) != 1 || len(u.AU[0]) != sizes[i%len(sizes)] || u.PTS != time.Duration(i) || cap(u.AU) != 1 || cap(u.AU[0]) > max(len(u.AU[0]), 5376) {
			t.Fatalf("unit %d: %+v", i, u)
		}
		for _, x := range u.AU[0] {
			if x != byte(i) {
				t.Fatalf("unit %d holds what is not its own", i)
			}
		}
	}
}
