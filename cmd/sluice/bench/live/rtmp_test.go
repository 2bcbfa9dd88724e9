package live

import (
	"fmt"
	"testing"
	"time"

	"sluice/api/rtmp/chunk"
	"sluice/cmd/sluice/bench/benchtest"
)

// publishRTMP sends the stream of the benchmark.
func publishRTMP(b *testing.B, address string) {
	b.Helper()
	benchtest.PublishRTMP(b, address, "cam")
}

// readRTMP plays.
func readRTMP(address string, r *relayed) error {
	p, err := benchtest.DialRTMP(address, "cam", "play")
	if err != nil {
		return err
	}
	r.run(p, func() (uint32, time.Time, bool, error) {
		for {
			kind, head, _, err := p.Next()
			if err != nil {
				return 0, time.Time{}, false, err
			}
			if kind != chunk.Video || len(head) < 2 || head[1] != 1 { // not a picture
				continue
			}
			n, sent, ok := benchtest.Marked(head)
			if !ok {
				return 0, time.Time{}, false, fmt.Errorf("a picture without its number: %x", head)
			}
			return n, sent, head[0] == 0x17, nil
		}
	})
	return nil
}
