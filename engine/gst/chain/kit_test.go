//go:build cgo && !nogst

package chain

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/media"
	"sluice/engine/plan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// row makes a pipeline that is a chain of "factory name=value …" or "[caps]" words. Element i belongs to the node n<i>.
func row1(in media.Codec, words ...string) *plan.Pipeline {
	p := &plan.Pipeline{Name: "p", Chain: true}
	info, _ := in.Info()
	base := info.MediaType
	if in == media.AAC {
		base += ",stream-format=raw"
	}
	add := func(name, factory string, props ...string) {
		e := plan.Element{Name: name, Factory: factory, Node: "n" + strconv.Itoa(len(p.Elements))}
		for _, w := range props {
			k, v, _ := strings.Cut(w, "=")
			e.Props = append(e.Props, plan.Setting{Name: k, Text: v})
		}
		p.Elements = append(p.Elements, e)
	}
	link := func(caps string) {
		n := len(p.Elements)
		p.Links = append(p.Links, plan.Link{From: plan.Pad{Of: p.Elements[n-2].Name}, To: plan.Pad{Of: p.Elements[n-1].Name}, Caps: caps})
	}
	add("in", "appsrc", "caps="+base)
	caps := ""
	for _, w := range words {
		if strings.HasPrefix(w, "[") {
			caps = strings.Trim(w, "[]")
			continue
		}
		f := strings.Fields(w)
		add("e"+strconv.Itoa(len(p.Elements)), f[0], f[1:]...)
		link(caps)
		caps = ""
	}
	add("out", "appsink")
	link(caps)
	return p
}

const narrow = "[audio/x-raw,rate=8000,channels=1]"

// The two conversions of a call, as the compiler makes them.
func toOpus() *plan.Pipeline {
	return row1(media.PCMU, "mulawdec", narrow, "opusenc bitrate=64000 complexity=5 frame-size=20")
}

func toPhone() *plan.Pipeline { return row1(media.Opus, "opusdec plc=true", narrow, "mulawenc") }

func open(t testing.TB, p *plan.Pipeline) *Chain {
	t.Helper()
	c, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// frame is a unit that a test keeps.
type frame struct {
	data          []byte
	pts, duration time.Duration
}

// through pushes frames through a chain to the end, and gives what comes out and its track.
func through(t testing.TB, p *plan.Pipeline, track media.Track, out media.Codec, in []frame) ([]frame, media.Track) {
	t.Helper()
	c := open(t, p)
	var got []frame
	keep := func(list []Frame, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if f.Kind == Unit {
				got = append(got, frame{append([]byte(nil), f.Data...), f.PTS, f.Duration})
			}
		}
	}
	keep(c.Describe(track))
	for _, f := range in {
		keep(c.Push(f.data, f.pts, f.duration))
	}
	track = c.Track(out)
	keep(c.End())
	return got, track
}

const packet = 20 * time.Millisecond

// speech is a tone in µ-law, cut into packets.
func speech(hertz float64, packets int) []frame {
	out := make([]frame, packets)
	for i := range out {
		data := make([]byte, 160)
		for k := range data {
			data[k] = mulaw(0.5 * math.Sin(2*math.Pi*hertz*float64(i*160+k)/8000))
		}
		out[i] = frame{data, time.Duration(i) * packet, packet}
	}
	return out
}

// mulaw codes a sample (G.711, table 2a), and linear decodes it.
func mulaw(x float64) byte {
	n, sign := int(x*32767), byte(0)
	if n < 0 {
		n, sign = -n, 0x80
	}
	n = min(n, 32635) + 132
	exponent := 7
	for e := 0x4000; n&e == 0 && exponent > 0; e >>= 1 {
		exponent--
	}
	return ^(sign | byte(exponent<<4) | byte(n>>(exponent+3)&0x0f))
}

func linear(b byte) float64 {
	b = ^b
	n := (int(b&0x0f)<<3+132)<<(b>>4&7) - 132
	if b&0x80 != 0 {
		n = -n
	}
	return float64(n) / 32768
}

// loudness is how much of a tone is in µ-law sound, by Goertzel's filter.
func loudness(frames []frame, hertz float64) float64 {
	w := 2 * math.Cos(2*math.Pi*hertz/8000)
	var a, b float64
	n := 0
	for _, f := range frames {
		for _, s := range f.data {
			a, b = linear(s)+w*a-b, a
			n++
		}
	}
	return 2 * math.Sqrt(a*a+b*b-w*a*b) / float64(max(n, 1))
}

// lasts is how long frames last together.
func lasts(frames []frame) (sum time.Duration) {
	for _, f := range frames {
		sum += f.duration
	}
	return sum
}

// resident is the memory of this process in bytes.
func resident(t testing.TB) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func entries(t testing.TB, dir string) int {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Skip(err)
	}
	return len(list)
}
