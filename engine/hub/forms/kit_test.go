package forms

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/stat"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// pictures is how many each file holds, with a key frame every gop.
const (
	pictures = 24
	gop      = 12
	apart    = 40 * time.Millisecond
)

var epoch = time.Unix(1_900_000_000, 0)

func h264() media.Track {
	t := media.NewTrack(media.H264)
	t.FMTP = map[string]string{"packetization-mode": "1"}
	return t
}

// load reads packets of a file of testdata, which arrive 8 ms apart, with times as the hub gives them.
func load(t testing.TB, file string) (packets []*media.Packet) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var first uint32
	for len(data) > 2 {
		n := int(binary.BigEndian.Uint16(data))
		var p rtp.Packet
		if err := p.Unmarshal(data[2 : 2+n]); err != nil {
			t.Fatal(err)
		}
		data = data[2+n:]
		if len(packets) == 0 {
			first = p.Timestamp
		}
		packets = append(packets, &media.Packet{
			Header: p.Header, Payload: p.Payload, Arrival: epoch.Add(time.Duration(len(packets)) * 8 * time.Millisecond),
			PTS: time.Second + time.Duration(int32(p.Timestamp-first))*time.Second/90000,
		})
	}
	return packets
}

// bench is a maker with what it has of the hub.
type bench struct {
	stats stat.Set
	asked int
	wait  time.Duration
}

func (b *bench) aid() hub.Aid {
	return hub.Aid{Stats: &b.stats, Wait: b.wait, AskKey: func() { b.asked++ }}
}

func (b *bench) assembler(t testing.TB, track media.Track) hub.Maker[media.Packet, media.Unit] {
	t.Helper()
	m, err := New(Options{}).Assembler(track, b.aid())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (b *bench) packetiser(t testing.TB, track media.Track) hub.Maker[media.Unit, media.Packet] {
	t.Helper()
	m, err := New(Options{}).Packetiser(track, b.aid())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// assemble gives packets one by one, and the end.
func assemble(m hub.Maker[media.Packet, media.Unit], packets []*media.Packet) (units []media.Unit) {
	for _, p := range packets {
		units = append(units, m.Make([]*media.Packet{p})...)
	}
	return append(units, m.Flush()...)
}

func pointers[T any](items []T) (all []*T) {
	for i := range items {
		all = append(all, &items[i])
	}
	return all
}

// same tells whether two units hold the same.
func same(a, b *media.Unit) bool {
	return a.PTS == b.PTS && a.Key == b.Key && slices.EqualFunc(a.AU, b.AU, func(x, y []byte) bool { return string(x) == string(y) })
}

// rising checks decoding times.
func rising(t interface{ Errorf(string, ...any) }, units []media.Unit) {
	for i := range units {
		if i > 0 && units[i].DTS <= units[i-1].DTS {
			t.Errorf("unit %d is decoded at %v, the one before at %v", i, units[i].DTS, units[i-1].DTS)
		}
	}
}
