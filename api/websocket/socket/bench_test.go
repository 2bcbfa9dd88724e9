package socket

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// BenchmarkPictures sends pictures of 6 KB, of which another 20 bytes are the receiver's own, in bursts, and tells how much longer
// it takes gorilla to send the same in messages that are put together for it.
func BenchmarkPictures(b *testing.B) {
	const burst = 32
	pieces := [][]byte{make([]byte, 20), make([]byte, 6000)}
	ours, theirs := sending(b), sending(b)
	var took, gorilla time.Duration
	for b.Loop() {
		batch := make([]message, burst)
		for i := range batch {
			batch[i] = message{pieces: pieces, size: 6020}
		}
		start := time.Now()
		if !ours.sendBinary(batch) {
			b.Fatal(ours.why)
		}
		took += time.Since(start)
		start = time.Now()
		for range burst {
			if err := theirs.conn.WriteMessage(websocket.BinaryMessage, append(append([]byte(nil), pieces[0]...), pieces[1]...)); err != nil {
				b.Fatal(err)
			}
		}
		gorilla += time.Since(start)
	}
	b.ReportMetric(float64(gorilla)/float64(took), "gorilla/ours")
}

// sending is a socket whose client throws away what comes.
func sending(b *testing.B) *Socket {
	b.Helper()
	made := make(chan *Socket, 1)
	up := NewUpgrader(Options{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := up.Upgrade(w, r)
		if err != nil {
			b.Error(err)
		}
		made <- s
	}))
	client, answer, err := websocket.DefaultDialer.DialContext(b.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		b.Fatal(err)
	}
	answer.Body.Close()
	s := <-made
	done := make(chan struct{})
	go func() {
		defer close(done)
		drain(client.NetConn())
	}()
	b.Cleanup(func() {
		s.conn.Close()
		<-done
		client.Close()
		server.Close()
	})
	return s
}

func drain(conn net.Conn) {
	buffer := make([]byte, 1<<20)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}
