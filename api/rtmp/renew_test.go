package rtmp_test

import (
	"strings"
	"testing"
	"time"

	"sluice/api/rtmp"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/api/rtmp/session"
	"sluice/engine/enginetest"
	"sluice/engine/media"
)

// at once has publishers go over to something else as soon as they like.
func atOnce(o *rtmp.Options) { o.Steady = 1 }

// config says what a track is from now on.
func (c *client) config(track media.Track, stamp uint32) {
	c.t.Helper()
	kind := uint8(chunk.Audio)
	if track.Kind == media.Video {
		kind = chunk.Video
	}
	for !c.link.Media([]session.Frame{{Type: kind, Timestamp: stamp, Body: flv.Config(&track)}}) {
		if c.t.Context().Err() != nil {
			c.t.Fatal("the server takes nothing")
		}
	}
}

// begin publishes pictures and sound for a second, in which more tracks might have come.
func (c *client) begin(video, audio media.Track) {
	c.t.Helper()
	c.send(video, 0, picture(true, 1))
	c.send(audio, 0, sound(1), sound(2))
	for i := range uint32(30) {
		c.send(video, 40*(i+1), picture(false, byte(i)))
		c.send(audio, 40*(i+1), sound(byte(i)))
	}
}

// TestPublisherChangesCodecs: a client that goes on with something else over the same connection publishes that, with the tracks that
// stay, and from the picture on with which it begins.
func TestPublisherChangesCodecs(t *testing.T) {
	mono := aac()
	mono.Channels, mono.Extra = 1, [][]byte{{0x12, 0x08}}
	h265 := media.NewTrack(media.H265)
	for _, set := range []string{
		"40010c01ffff01600000030090000003000003003c959809",
		"42010101600000030090000003000003003ca00a080b9f796566924caf016808000003000800000300c840", "4401c172b46240",
	} {
		h265.Extra = append(h265.Extra, unhex(t, set))
	}
	idr := media.Unit{Key: true, AU: [][]byte{{0x26, 1, 0xaf, 1, 2, 3}}}
	for name, c := range map[string]struct {
		then func(c *client)
		want string
	}{
		"pictures": {func(c *client) {
			c.config(h265, 1300)
			c.send(h265, 1300, idr)
		}, "h265 320x180, aac 44100/2"},
		"sound": {func(c *client) {
			c.config(mono, 1300)
			c.send(mono, 1300, sound(9))
			c.send(h264(c.t), 1300, picture(true, 9))
		}, "h264 320x180, aac 44100/1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, atOnce)
			published := s.await("stream.published", "cam")
			from := dial(t, "rtmp://"+s.host+"/live/cam", true)
			from.begin(h264(t), aac())
			published()
			again, ended := s.await("stream.published", "cam"), s.await("stream.ended", "cam")
			c.then(from)
			ended()
			for i := range uint32(30) {
				from.send(aac(), 1340+40*i, sound(byte(i)))
			}
			again()
			info, _ := s.engine.Streams().Stream("cam")
			got := ""
			for i, track := range info.Tracks {
				if i > 0 {
					got += ", "
				}
				got += track.Track.String()
			}
			if got != c.want {
				t.Errorf("published is %s, want %s", got, c.want)
			}
			if n := s.door.Counts().Publishers; n != 1 {
				t.Errorf("%d publish", n)
			}
		})
	}
}

// TestTrackComesLate: sound that begins when the pictures are published already is published with them, however soon that is.
func TestTrackComesLate(t *testing.T) {
	s := serve(t, func(o *rtmp.Options) { o.Steady = time.Hour })
	published := s.await("stream.published", "cam")
	from := dial(t, "rtmp://"+s.host+"/live/cam", true)
	from.send(h264(t), 0, picture(true, 1))
	for i := range uint32(30) {
		from.send(h264(t), 40*(i+1), picture(false, byte(i)))
	}
	published()
	again, ended := s.await("stream.published", "cam"), s.await("stream.ended", "cam")
	from.config(aac(), 1300)
	from.send(h264(t), 1300, picture(true, 9))
	ended()
	for i := range uint32(30) {
		from.send(aac(), 1340+40*i, sound(byte(i)))
	}
	again()
	to := dial(t, "rtmp://"+s.host+"/live/cam", false)
	to.next(chunk.Video)
	to.next(chunk.Audio)
	if n := s.door.Counts().Publishers; n != 1 {
		t.Errorf("%d publish", n)
	}
}

// TestPublisherChangesAllTheTime: who goes over to something else as soon as something is published is sent away.
func TestPublisherChangesAllTheTime(t *testing.T) {
	s := serve(t, func(o *rtmp.Options) { o.Steady = time.Hour })
	published := s.await("stream.published", "cam")
	from := dial(t, "rtmp://"+s.host+"/live/cam", true)
	from.begin(h264(t), aac())
	published()
	ended := s.await("stream.ended", "cam")
	mono := aac()
	mono.Channels, mono.Extra = 1, [][]byte{{0x12, 0x08}}
	from.config(mono, 1300)
	ended()
	err := enginetest.Await(t, "the end of it", from.done)
	from.done <- err
	if err == nil || !strings.Contains(err.Error(), "audio goes over from aac 44100/2 to aac 44100/1") {
		t.Errorf("it is told %v", err)
	}
	if s.engine.Streams().Has("cam") {
		t.Error("it publishes again")
	}
}
