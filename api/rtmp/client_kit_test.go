package rtmp_test

import (
	"context"
	"encoding/hex"
	"sync"
	"testing"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/api/rtmp/session"
	"sluice/engine/media"
)

// h264 is a track whose parameter sets are those of x264 at 320x180.
func h264(t testing.TB) media.Track {
	t.Helper()
	track := media.NewTrack(media.H264)
	for _, text := range []string{"6742c00cda05067e7c0440000003004000000c83c50aa8", "68ce0fc8"} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		track.Extra = append(track.Extra, b)
	}
	return track
}

func aac() media.Track {
	t := media.NewTrack(media.AAC)
	t.ClockRate, t.Channels, t.Extra = 44100, 2, [][]byte{{0x12, 0x10}}
	return t
}

// client is a connection of our own to a server.
type client struct {
	t    testing.TB
	link *session.Link
	done chan error // Run's
	once sync.Once
	came chan chunk.Message
}

// dial connects to publish or to play; what is refused fails the test.
func dial(t testing.TB, url string, publish bool) *client {
	t.Helper()
	c, err := tryDial(t, url, publish)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return c
}

func tryDial(t testing.TB, url string, publish bool) (*client, error) {
	t.Helper()
	target, err := session.ParseTarget(url, "")
	if err != nil {
		t.Fatal(err)
	}
	link, err := session.Dial(t.Context(), target, publish, patience)
	if err != nil {
		return nil, err
	}
	c := &client{t: t, link: link, done: make(chan error, 1), came: make(chan chunk.Message, 4096)}
	go func() {
		c.done <- link.Run(func(m *chunk.Message, _ time.Time) {
			select {
			case c.came <- *m:
			default: // the test does not look any more
			}
		})
	}()
	t.Cleanup(c.close)
	return c, nil
}

// close ends it and waits for that.
func (c *client) close() {
	c.once.Do(func() {
		c.link.End()
		c.link.Close()
		<-c.done
	})
}

// send writes what units are, from stamp on 40 ms apart, with what is needed to decode them before.
func (c *client) send(track media.Track, stamp uint32, units ...media.Unit) {
	c.t.Helper()
	kind := uint8(chunk.Audio)
	if track.Kind == media.Video {
		kind = chunk.Video
	}
	var frames []session.Frame
	if b := flv.Config(&track); b != nil && stamp == 0 {
		frames = append(frames, session.Frame{Type: kind, Body: b})
	}
	for i := range units {
		f := flv.Make(&track, &units[i])
		if f == nil {
			c.t.Fatalf("%v cannot be sent", units[i])
		}
		if f.Config != nil {
			frames = append(frames, session.Frame{Type: kind, Timestamp: stamp, Body: f.Config})
		}
		for _, b := range f.Bodies {
			frames = append(frames, session.Frame{Type: kind, Timestamp: stamp + uint32(40*i), Body: b})
		}
	}
	for !c.link.Media(frames) {
		select {
		case <-c.t.Context().Done():
			c.t.Fatal("the server takes nothing")
		default:
		}
	}
}

// meta says what is going to be sent.
func (c *client) meta(pairs ...amf.Pair) {
	c.link.Media([]session.Frame{{Type: chunk.DataAMF0, Body: amf.Append(nil, "@setDataFrame", "onMetaData", amf.Array(pairs))}})
}

// picture is a unit with one slice.
func picture(key bool, fill byte) media.Unit {
	nal := []byte{0x41, 0x9a, fill, 1, 2, 3}
	if key {
		nal = []byte{0x65, 0x88, fill, 1, 2, 3}
	}
	return media.Unit{Key: key, AU: [][]byte{nal}}
}

// sound is a frame of AAC.
func sound(fill byte) media.Unit { return media.Unit{Key: true, AU: [][]byte{{0x21, 0x10, fill, 5}}} }

// next is the next message of a type that comes.
func (c *client) next(kind uint8) chunk.Message {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		select {
		case m := <-c.came:
			if m.Type == kind {
				return m
			}
		case err := <-c.done:
			c.done <- err
			c.t.Fatalf("it ended before a message of type %d: %v", kind, err)
		case <-ctx.Done():
			c.t.Fatalf("no message of type %d came", kind)
		}
	}
}

// both publishes a picture and a sound under a name, and waits until they are published.
func (s *server) both(name string) *client {
	s.t.Helper()
	published := s.await("stream.published", name)
	c := dial(s.t, "rtmp://"+s.host+"/live/"+name, true)
	c.meta(amf.Pair{Key: "videocodecid", Value: 7}, amf.Pair{Key: "audiocodecid", Value: 10})
	c.send(aac(), 0, sound(0))
	c.send(h264(s.t), 0, picture(true, 0))
	published()
	return c
}

// frames are the bodies of messages with a key frame, and what it needs before.
func frames(t testing.TB, fill byte) [][]byte {
	t.Helper()
	track, unit := h264(t), picture(true, fill)
	return append([][]byte{flv.Config(&track)}, flv.Make(&track, &unit).Bodies...)
}
