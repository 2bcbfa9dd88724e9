package webrtc_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/enginetest"
)

// crowd says to a test process that it is a crowd of clients, and of how many.
const crowd = "SLUICE_WEBRTC_CROWD"

// TestCrowd is the other side of BenchmarkPlayers, in a process of its own: what clients need must not be counted. It takes
// answers and gives offers, one a line.
func TestCrowd(t *testing.T) {
	if os.Getenv(crowd) == "" {
		t.Skip("only when BenchmarkPlayers asks for it")
	}
	in := json.NewDecoder(os.Stdin)
	for {
		c := newClient(t, clientOptions{})
		c.receive(pion.RTPCodecTypeAudio)
		c.receive(pion.RTPCodecTypeVideo)
		if err := json.NewEncoder(os.Stdout).Encode(c.offer(false)); err != nil {
			return
		}
		var answer string
		if in.Decode(&answer) != nil {
			return
		}
		c.accept(answer)
	}
}

// BenchmarkPlayers measures what a player costs: its memory, and the time from its offer to its first packet.
func BenchmarkPlayers(b *testing.B) {
	const players = 50
	s := newStage(b)
	video, audio := &enginetest.Video{}, &enginetest.Audio{}
	pub := s.stream("cam", video.Track(), audio.Track())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestCrowd$", "-test.v")
	cmd.Env = append(os.Environ(), crowd+"=1")
	to, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	offers := bufio.NewScanner(from)
	offers.Buffer(nil, 1<<20)
	next := func() (offer string) {
		for offers.Scan() {
			if json.Unmarshal(offers.Bytes(), &offer) == nil {
				return offer
			}
		}
		b.Fatal("the crowd has gone")
		return ""
	}
	var before, after runtime.MemStats
	connected, goroutines := time.Duration(0), 0
	for b.Loop() {
		measure(&before)
		goroutines = runtime.NumGoroutine()
		var peers []*webrtc.Peer
		for range players {
			offer := next()
			start := time.Now()
			p, answer, err := s.play("cam", webrtc.Offer{SDP: offer}, nil)
			if err != nil {
				b.Fatal(err)
			}
			if err := json.NewEncoder(to).Encode(answer); err != nil {
				b.Fatal(err)
			}
			for live := false; !live; {
				if err := pub.Write(0, video.Frame()); err != nil {
					b.Fatal(err)
				}
				select {
				case <-p.Live():
					live = true
				case <-time.After(time.Millisecond):
				}
			}
			connected += time.Since(start)
			peers = append(peers, p)
		}
		measure(&after)
		goroutines = runtime.NumGoroutine() - goroutines
		for _, p := range peers {
			p.Stop(nil)
			<-p.Done()
		}
	}
	to.Close() // the crowd leaves
	if err := cmd.Wait(); err != nil {
		b.Errorf("the crowd: %v", err)
	}
	b.ReportMetric(0, "ns/op")
	heap := float64(after.HeapInuse) - float64(before.HeapInuse)
	stack := float64(after.StackInuse) - float64(before.StackInuse)
	b.ReportMetric((heap+stack)/players/1024, "kB/player")
	b.ReportMetric(stack/players/1024, "kB-stack/player")
	b.ReportMetric(float64(goroutines)/players, "goroutines/player")
	b.ReportMetric(connected.Seconds()*1e3/players/float64(b.N), "ms/connect")
}

func measure(m *runtime.MemStats) {
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(m)
}
