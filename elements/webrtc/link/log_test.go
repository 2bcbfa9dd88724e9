package link

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"sluice/elements/webrtc/sdp"
)

// written is a log that many may write.
type written struct {
	mu sync.Mutex
	bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Buffer.Write(p)
}

// The peer's password, with which others could take its place, is in no log.
func TestPasswordIsNotLogged(t *testing.T) {
	w := &written{}
	remote := sdp.Remote{Ufrag: "abcd", Pwd: "s3cretabcdefghijklmnopqr", Setup: "actpass"}
	l, _ := near(t, func(c *Config) {
		c.Log = Logs{slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	})
	if err := l.Start(remote); err != nil {
		t.Fatal(err)
	}
	l.Close(nil)
	within(t, "it ends", l.Done())
	w.mu.Lock()
	defer w.mu.Unlock()
	if text := w.String(); !strings.Contains(text, "abcd") || strings.Contains(text, remote.Pwd) {
		t.Errorf("the log:\n%s", text)
	}
}
