package hub

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// socket is a sink that does what every sink does at least: it keeps the packets until they are sent.
type socket struct {
	ring [64]*media.Packet
	next int
	done chan<- struct{} // of the last reader of a loop only
}

func (*socket) Begin([]media.Track) {}
func (*socket) End(error)           {}

func (s *socket) Push(_ int, items []*media.Packet) int {
	for _, p := range items {
		s.ring[s.next&63] = p
		s.next++
	}
	if s.done != nil {
		s.done <- struct{}{}
	}
	return len(items)
}

// footage makes frames of so many packets, enough for none to be used again while the hub keeps it.
func footage(perFrame int) [][]media.Packet {
	frames := make([][]media.Packet, 4096/perFrame)
	for i := range frames {
		frames[i] = make([]media.Packet, perFrame)
		for j := range frames[i] {
			payload := make([]byte, 1200)
			if j == 0 {
				payload[0] = 0x10
			}
			if payload[1] = 0x51; i%(512/perFrame) == 0 {
				payload[1] = 0x50
			}
			frames[i][j] = media.Packet{Header: rtp.Header{Timestamp: uint32(i) * 3000}, Payload: payload, Arrival: time.Now()}
		}
	}
	return frames
}

// BenchmarkFanout measures the hub alone: a frame is written, and the next when all readers have it, as in real time,
// where the loops are idle in between. The floor, measured in the same run, copies the pointers into as many rings and
// does nothing else.
func BenchmarkFanout(b *testing.B) {
	for _, perFrame := range []int{1, 8} { // an audio frame; a video frame of 720p at 2 Mbit/s
		for _, readers := range []int{1, 50, 200, 1000} {
			b.Run(fmt.Sprintf("packets=%d/readers=%d", perFrame, readers), func(b *testing.B) {
				benchmarkFanout(b, readers, footage(perFrame))
			})
		}
	}
}

func benchmarkFanout(b *testing.B, readers int, frames [][]media.Packet) {
	h := New(Options{Shards: 1}) // one loop, so that the time is one processor's
	defer h.Close()
	p := publish(b, h, "cam", describing(media.VP8), PublishOptions{})
	done := make(chan struct{}, 1)
	all := make([]*Reader, readers)
	for i := range all {
		s := &socket{}
		if i == readers-1 {
			s.done = done
		}
		all[i] = join(b, h, "cam", browser, s, ReadOptions{})
	}
	pass := func(i int) {
		if err := p.Write(0, frames[i%len(frames)]); err != nil {
			b.Fatal(err)
		}
		<-done
	}
	for i := range len(frames) { // until everything has its size
		pass(i)
	}
	b.ReportAllocs()
	n, cpu := 0, processorTime()
	for b.Loop() {
		pass(n)
		n++
	}
	cpu = processorTime() - cpu
	for _, r := range all {
		if d := r.Stats().Drops; d != nil {
			b.Fatalf("dropped %v", d)
		}
	}
	each := float64(len(frames[0]) * readers)
	ours, floor := float64(cpu.Nanoseconds())/float64(n)/each, measureFloor(readers, frames)/each
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/each, "ns/packet·reader")
	b.ReportMetric(ours, "cpu-ns/packet·reader")
	b.ReportMetric(floor, "floor-cpu-ns")
	b.ReportMetric(ours/floor, "ratio")
}

// processorTime is what the process has used: on a busy machine the clock on the wall measures the others too.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// measureFloor gives nanoseconds of processor time a frame.
func measureFloor(readers int, frames [][]media.Packet) float64 {
	sockets := make([]*socket, readers)
	for i := range sockets {
		sockets[i] = &socket{}
	}
	rounds := 20_000_000/(readers*len(frames[0])) + 1
	begin := processorTime()
	for i := range rounds {
		for _, s := range sockets {
			frame := frames[i%len(frames)]
			for j := range frame {
				s.ring[s.next&63] = &frame[j]
				s.next++
			}
		}
	}
	return float64((processorTime() - begin).Nanoseconds()) / float64(rounds)
}

// BenchmarkJoin measures coming and going beside a publisher with a full cache.
func BenchmarkJoin(b *testing.B) {
	h := New(Options{})
	defer h.Close()
	p := publish(b, h, "cam", describing(media.VP8), PublishOptions{})
	for _, frame := range footage(8)[:64] {
		write(b, p, 0, frame)
	}
	b.ReportAllocs()
	for b.Loop() {
		join(b, h, "cam", browser, &socket{}, ReadOptions{}).Close()
	}
}
