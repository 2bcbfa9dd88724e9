//go:build cgo && !nogst

package gst_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
)

// nobody is a TCP port at which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// An element whose peer refuses it, or whose name nobody knows, says so, and not that a file is missing: a restart may help.
func TestAPeerThatCannotBeReached(t *testing.T) {
	const reads, writes = "nodes: {n: \"%\", s: fakesink}\nlinks: [n -> s]", "nodes: {r: audiotestsrc, e: avenc_aac, m: flvmux, n: \"%\"}\nlinks: [r -> e -> m -> n]"
	port := nobody(t)
	for _, c := range []struct{ name, text, node string }{
		{"RTMP source", reads, "rtmp2src location=rtmp://127.0.0.1:" + port + "/live/a"},
		{"RTMP source, no such host", reads, "rtmp2src location=rtmp://host.invalid/live/a"},
		{"RTMP sink", writes, "rtmp2sink location=rtmp://127.0.0.1:" + port + "/live/a"},
		{"TCP source", reads, "tcpclientsrc host=127.0.0.1 port=" + port},
		{"TCP sink", writes, "tcpclientsink host=127.0.0.1 port=" + port},
		{"HTTP source", reads, "souphttpsrc location=http://127.0.0.1:" + port + "/a retries=0"},
		{"HTTP source, no such host", reads, "souphttpsrc location=http://host.invalid/a retries=0"},
		{"RTSP source", strings.Replace(reads, "n ->", "n.stream_0 ->", 1), "rtspsrc location=rtsp://127.0.0.1:" + port + "/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := failing(t, "graph: v1\nabout: It is refused.\n"+strings.Replace(c.text, "%", c.node, 1)+"\n", nil, 30*time.Second)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Code != fault.Unreachable || f.Place != "n" || !strings.Contains(err.Error(), "127.0.0.1") && !strings.Contains(err.Error(), "host.invalid") {
				t.Errorf("%v (%+v)", err, f)
			}
		})
	}
}
