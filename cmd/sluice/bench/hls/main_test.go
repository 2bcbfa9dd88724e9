package hls

import (
	"fmt"
	"os"
	"testing"
)

// play names the environment variable by which a child of the benchmark is told what to be.
const play = "SLUICE_BENCH_HLS"

// roles are what children of the benchmark can be.
var roles = map[string]func() error{"bare": bare, "dvr": dvr}

// TestMain is a child if it is told so. What is wrong then shows in what it does not write.
func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv(play)]
	if !ok {
		m.Run()
		return
	}
	if err := role(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
