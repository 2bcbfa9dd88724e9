package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
)

func TestEverythingPasses(t *testing.T) {
	heard := newEar()
	p := join(t, nil, func(_, instance uint16, bridge string) Sink {
		if instance != 7 || bridge != "cam" {
			t.Errorf("opened for %d, %q", instance, bridge)
		}
		return Sink{Port: heard}
	})
	l := p.near.Lead(7, "cam")
	track := media.Track{ID: "v", Kind: media.Video, Codec: media.H264, Width: 640, FMTP: map[string]string{"a": "b"}, Extra: [][]byte{{1}}}
	u := &media.Unit{
		PTS: 5, DTS: -4, NTP: time.Unix(1, 2).UTC(), Key: true, Recovery: true, AU: [][]byte{{1, 2}, {3}},
	}
	l.Codec(track)
	if !l.Unit(u) || !l.Gap(9, 3) {
		t.Fatal("refused")
	}
	l.Mark(run.Flush)
	l.Mark(run.End)
	if l.Unit(u) || l.Gap(1, 1) {
		t.Error("taken after the end")
	}
	for _, want := range []any{track, u, [2]time.Duration{9, 3}, run.Flush, run.End} {
		if got := heard.next(t); !reflect.DeepEqual(got, want) {
			t.Errorf("heard %+v, want %+v", got, want)
		}
	}
	if p.near.taken() != 0 {
		t.Error("the track is not free")
	}
}

func TestATrackThatEndsBeforeItBegan(t *testing.T) {
	heard := newEar()
	p := to(t, heard)
	p.near.Lead(0, "a").Close() // says nothing
	p.near.Lead(0, "b").Mark(run.End)
	if got := heard.next(t); got != run.End {
		t.Errorf("heard %v", got)
	}
	if len(heard.heard) > 0 {
		t.Errorf("and then %v", <-heard.heard)
	}
}

// Numbers are used again, and what is on the way for one bridge never comes to another.
func TestNumbersAreUsedAgain(t *testing.T) {
	ears := map[string]*ear{}
	for i := range 3 * frame.MaxTracks {
		ears[fmt.Sprint(i)] = newEar()
	}
	p := join(t, nil, func(_, _ uint16, bridge string) Sink { return Sink{Port: ears[bridge]} })
	for i := range 3 * frame.MaxTracks {
		l := p.near.Lead(0, fmt.Sprint(i))
		if !l.Unit(&media.Unit{PTS: time.Duration(i), AU: [][]byte{{1}}}) {
			t.Fatalf("track %d is refused", i)
		}
		l.Close()
	}
	for i := range 3 * frame.MaxTracks {
		e := ears[fmt.Sprint(i)]
		if u, ok := e.next(t).(*media.Unit); !ok || u.PTS != time.Duration(i) {
			t.Fatalf("bridge %d heard %+v", i, u)
		}
		if got := e.next(t); got != run.End || len(e.heard) > 0 {
			t.Fatalf("bridge %d heard %+v", i, got)
		}
	}
}

func TestNoMoreTracksThanThereAre(t *testing.T) {
	p := to(t, newEar())
	var leads []*Lead
	for range frame.MaxTracks {
		l := p.near.Lead(0, "a")
		l.Codec(media.NewTrack(media.Opus))
		leads = append(leads, l)
	}
	u := &media.Unit{AU: [][]byte{{1}}}
	late := p.near.Lead(0, "late")
	if late.Unit(u) || p.near.taken() != frame.MaxTracks {
		t.Error("a track too many")
	}
	leads[5].Close()
	if _, bridge, ok := p.near.Bridge(5); ok {
		t.Errorf("track 5 is still %q", bridge)
	}
	if !late.Unit(u) {
		t.Error("there is one free now")
	}
	if _, bridge, ok := p.near.Bridge(5); !ok || bridge != "late" {
		t.Errorf("track 5 is %q, %t", bridge, ok)
	}
	if _, _, ok := p.near.Bridge(frame.MaxTracks); ok {
		t.Error("a track that cannot be")
	}
}

// A side that does not read stops the other by credit, holds no more than a window, and goes on where it was.
func TestCredit(t *testing.T) {
	block := make(chan struct{})
	heard := newEar()
	first := true
	p := join(t, nil, func(_, _ uint16, _ string) Sink {
		if first {
			first = false
			<-block // reading stands still
		}
		return Sink{Port: heard}
	})
	l := p.near.Lead(0, "a")
	u := &media.Unit{AU: [][]byte{make([]byte, 10000)}}
	sent := 0
	for l.Unit(u) {
		sent++
	}
	if total := sent * 10000; total < window-20000 || total > window+20000 {
		t.Errorf("%d bytes were taken, with a window of %d", total, window)
	}
	close(block)
	for range sent {
		heard.next(t)
	}
	for i := 0; !l.Unit(u); i++ { // credit comes back once enough was read
		if i > 1e8 {
			t.Fatal("no credit comes")
		}
	}
	heard.next(t)
	for range 5 * sent {
		for !l.Unit(u) {
		}
		heard.next(t)
	}
}

// Units are the port's own, but those of a Copier are not, which costs nothing.
func TestWhoOwnsUnits(t *testing.T) {
	heard := newEar()
	p := to(t, heard)
	l := p.near.Lead(0, "a")
	var kept []*media.Unit
	for i := range 500 {
		size := 1 + i*37%9000
		if !l.Unit(&media.Unit{PTS: time.Duration(i), AU: [][]byte{slices.Repeat([]byte{byte(i)}, size), {byte(i)}}}) {
			t.Fatal("no credit")
		}
		kept = append(kept, heard.next(t).(*media.Unit))
	}
	for i, u := range kept {
		if u.PTS != time.Duration(i) || len(u.AU) != 2 || u.Bytes() != 2+i*37%9000 {
			t.Fatalf("unit %d is now %v, %d bytes", i, u.PTS, u.Bytes())
		}
		for _, part := range u.AU {
			if len(part) != cap(part) || slices.ContainsFunc(part, func(b byte) bool { return b != byte(i) }) {
				t.Fatalf("unit %d was written over", i)
			}
		}
	}
}

func TestACopiersUnitsCostNothing(t *testing.T) {
	heard := copier{newEar()}
	p := to(t, heard)
	l := p.near.Lead(0, "a")
	u := &media.Unit{AU: [][]byte{make([]byte, 100), make([]byte, 50)}}
	per := testing.AllocsPerRun(2000, func() {
		if !l.Unit(u) {
			t.Fatal("no credit")
		}
		if n := <-heard.heard; n != 150 { // an int that small is not allocated for the channel's interface
			t.Fatal(n)
		}
	})
	if per >= 1 {
		t.Errorf("%v allocations a unit", per)
	}
}

func TestRefusedVideoWaitsForAKeyFrame(t *testing.T) {
	heard, refused := newEar(), make(chan struct{}, 10)
	p := join(t, nil, func(_, _ uint16, _ string) Sink {
		return Sink{Port: heard, Refused: func() { refused <- struct{}{} }}
	})
	unit := func(l *Lead, pts int, key bool) {
		if !l.Unit(&media.Unit{PTS: time.Duration(pts), Key: key, AU: [][]byte{{1}}}) {
			t.Fatal("no credit")
		}
	}
	video := p.near.Lead(0, "video")
	video.Codec(media.NewTrack(media.VP8))
	heard.next(t)
	heard.deaf(true)
	unit(video, 1, true)
	enginetest.Await(t, "the refusal", refused)
	heard.deaf(false)
	unit(video, 2, false)
	enginetest.Await(t, "the refusal", refused) // the request before may have been lost
	unit(video, 3, true)
	unit(video, 4, false)
	for _, want := range []int{3, 4} {
		if u := heard.next(t).(*media.Unit); u.PTS != time.Duration(want) {
			t.Errorf("unit %d comes, want %d", u.PTS, want)
		}
	}
	audio := p.near.Lead(0, "audio")
	audio.Codec(media.NewTrack(media.Opus))
	heard.next(t)
	heard.deaf(true)
	unit(audio, 5, true)
	if err := p.near.AskKey(0); err != nil { // what tells that all before has been read
		t.Fatal(err)
	}
	p.next(t)
	audio.Mark(run.Flush)
	heard.next(t)
	heard.deaf(false)
	unit(audio, 6, false)
	if u := heard.next(t).(*media.Unit); u.PTS != 6 {
		t.Errorf("unit %d comes", u.PTS)
	}
	if len(refused) > 0 {
		t.Error("audio needs no key frame")
	}
}

// When Close returns, the port is never called again.
func TestGate(t *testing.T) {
	heard, gate := newEar(), &Gate{}
	p := join(t, nil, func(_, _ uint16, _ string) Sink { return Sink{Port: heard, Gate: gate} })
	l := p.near.Lead(0, "a")
	u := &media.Unit{AU: [][]byte{{1}}}
	l.Unit(u)
	heard.next(t)
	if !gate.Through(func() {}) {
		t.Error("the gate is open")
	}
	gate.Close()
	l.Unit(u)
	l.Close()
	if err := p.near.Beat(time.Second); err != nil {
		t.Fatal(err)
	}
	if err := p.near.Behind(frame.Message{Kind: frame.Change}); err != nil {
		t.Fatal(err)
	}
	for p.next(t).Kind != frame.Change { // all media before it has been read
	}
	if len(heard.heard) > 0 || gate.Through(func() { t.Error("called") }) {
		t.Error("something came through")
	}
}

// Nobody being there costs no credit for good.
func TestMediaForNobody(t *testing.T) {
	p := join(t, nil, func(_, _ uint16, _ string) Sink { return Sink{} })
	l := p.near.Lead(0, "a")
	u := &media.Unit{AU: [][]byte{make([]byte, 100000)}}
	for range 50 {
		for !l.Unit(u) {
		}
	}
}

func TestACodecThatCannotBeSent(t *testing.T) {
	heard := newEar()
	p := to(t, heard)
	l := p.near.Lead(0, "a")
	u := &media.Unit{AU: [][]byte{{1}}}
	l.Codec(media.Track{ID: strings.Repeat("x", 1<<17)})
	if l.Unit(u) {
		t.Error("a unit nobody could decode is taken")
	}
	l.Codec(media.NewTrack(media.Opus))
	if !l.Unit(u) {
		t.Error("refused for ever")
	}
	if l.Unit(&media.Unit{}) || l.Unit(&media.Unit{AU: [][]byte{{}}}) {
		t.Error("a unit of nothing is taken")
	}
	if p.near.Lead(0, "").Unit(u) || p.near.Lead(0, strings.Repeat("x", 1<<11)).Unit(u) || p.near.Lead(frame.MaxTracks, "x").Unit(u) {
		t.Error("a bridge that cannot be named")
	}
	if p.near.taken() != 1 {
		t.Errorf("%d tracks are taken", p.near.taken())
	}
}
