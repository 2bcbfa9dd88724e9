package mix

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/pion/rtp"

	"sluice/cmd/sluice/bench/benchtest"
)

// guestGraph is a guest who costs little: a tone, coded once.
const guestGraph = `graph: v1
about: A guest of a room, by sound alone.
params:
  name: string
  freq: int
route:
  - rest.start
nodes:
  tone: audiotestsrc is-live=true samplesperbuffer=960 freq=$freq
  enc: opusenc
  out: stream.out name=$name
links:
  - tone -> [audio/x-raw,rate=48000,channels=2] -> enc -> out
policy:
  end: never
`

// body is JSON.
type body = benchtest.JSON

// server is one with rooms.
type server struct {
	*benchtest.Rooms
	b *testing.B
}

// serve starts a server, which ends with the benchmark.
func serve(b *testing.B) *server {
	b.Helper()
	folder := b.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "graphs"), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "graphs", "guest.yaml"), []byte(guestGraph), 0o600); err != nil {
		b.Fatal(err)
	}
	return &server{benchtest.ServeRooms(b, folder), b}
}

// play has somebody play a stream, as soon as it is there, and waits for the first packet of a kind.
func (s *server) play(name string, kind description.MediaType) (first time.Time, end func()) {
	s.b.Helper()
	u, err := base.ParseURL("rtsp://" + s.RTSP + "/" + name)
	if err != nil {
		s.b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.b.Context(), benchtest.Patience)
	defer cancel()
	for {
		came := make(chan time.Time, 1)
		c, err := listen(u, func(m *description.Media) {
			if m.Type == kind {
				select {
				case came <- time.Now():
				default:
				}
			}
		})
		if err != nil { // it is not there yet
			select {
			case <-time.After(2 * time.Millisecond):
				continue
			case <-ctx.Done():
				s.b.Fatal(err)
			}
		}
		select {
		case first := <-came:
			return first, c.Close
		case <-ctx.Done():
			s.b.Fatalf("nothing comes of %s", name)
		}
	}
}

// listen plays a stream over TCP. see is called with each packet's media.
func listen(u *base.URL, see func(*description.Media)) (*gortsplib.Client, error) {
	over := gortsplib.ProtocolTCP
	c := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &over}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("no client: %w", err)
	}
	d, _, err := c.Describe(u)
	if err == nil {
		err = c.SetupAll(d.BaseURL, d.Medias)
	}
	if err == nil {
		c.OnPacketRTPAny(func(m *description.Media, _ format.Format, _ *rtp.Packet) { see(m) })
		_, err = c.Play(nil)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// publish has a guest without a picture come, whom nobody hears, until end is called.
func (s *server) publish(name string) (end func()) {
	s.b.Helper()
	u, err := base.ParseURL("rtsp://" + s.RTSP + "/" + url.PathEscape(name))
	if err != nil {
		s.b.Fatal(err)
	}
	over := gortsplib.ProtocolTCP
	c := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &over}
	sound := &description.Media{Type: description.MediaTypeAudio, Formats: []format.Format{
		&format.G711{PayloadTyp: 8, SampleRate: 8000, ChannelCount: 1},
	}}
	if err := c.StartRecording(u.String(), &description.Session{Medias: []*description.Media{sound}}); err != nil {
		s.b.Fatal(err)
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		silence := bytes.Repeat([]byte{0xd5}, 160) // G.711, table 1a: A-law with its even bits inverted
		for n := uint16(0); ; n++ {
			if c.WritePacketRTP(sound, &rtp.Packet{
				Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: n, Timestamp: uint32(n) * 160, SSRC: 1}, Payload: silence,
			}) != nil {
				return
			}
			select {
			case <-tick.C:
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
		c.Close()
	}
}
