package rtmp_test

import (
	"bytes"
	"slices"
	"testing"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/api/rtmp/session"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestPlayerGetsMetadataHeadersAndTheLastKeyFrameAtOnce(t *testing.T) {
	s := serve(t)
	from := s.both("cam")
	from.send(h264(t), 40, picture(false, 1), picture(false, 2))
	to := dial(t, "rtmp://"+s.host+"/app/inst/cam", false)
	values, err := amf.Read(to.next(chunk.DataAMF0).Body)
	for len(values) > 0 && values[0] != "onMetaData" {
		values, err = amf.Read(to.next(chunk.DataAMF0).Body)
	}
	if err != nil || len(values) != 2 {
		t.Fatalf("%v: %v", values, err)
	}
	if o := amf.Members(values[1]); o.Number("videocodecid") != 7 || o.Number("audiocodecid") != 10 || o.Number("width") != 320 {
		t.Errorf("metadata %v", o)
	}
	var got [][]byte
	for len(got) < 4 {
		got = append(got, to.next(chunk.Video).Body)
	}
	track := h264(t)
	want := [][]byte{flv.Config(&track)}
	for i, u := range []media.Unit{picture(true, 0), picture(false, 1), picture(false, 2)} {
		f := flv.Make(&track, &u)
		want = append(want, f.Bodies...)
		if !bytes.Equal(got[i+1], f.Bodies[0]) {
			t.Errorf("picture %d: % x, not % x", i, got[i+1], f.Bodies[0])
		}
	}
	if !bytes.Equal(got[0], want[0]) {
		t.Errorf("the configuration % x, not % x", got[0], want[0])
	}
	from.send(h264(t), 200, picture(false, 9))
	if b := to.next(chunk.Video).Body; b[len(b)-4] != 9 {
		t.Errorf("live: % x", b)
	}
}

func TestPlayerHearsTheEnd(t *testing.T) {
	s := serve(t)
	from := s.both("cam")
	to := dial(t, "rtmp://"+s.host+"/live/cam", false)
	to.next(chunk.Video)
	if c := s.door.Counts(); c.Connections != 2 || c.Publishers != 1 || c.Players != 1 || c.Most == 0 {
		t.Errorf("%+v", c)
	}
	from.close()
	if err := enginetest.Await(t, "the end of it", to.done); fault.CodeOf(err) != fault.Closed {
		t.Errorf("it ended with %v", err)
	} else {
		to.done <- err
	}
}

func TestRefusals(t *testing.T) {
	s := serve(t)
	s.both("cam")
	for _, row := range []struct {
		name    string
		publish bool
		want    fault.Code
	}{
		{"nobody", false, fault.StreamNotFound},
		{"a%0ab", false, fault.Forbidden},
		{"a%0ab", true, fault.Forbidden},
	} {
		if _, err := tryDial(t, "rtmp://"+s.host+"/live/"+row.name, row.publish); fault.CodeOf(err) != row.want {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if _, err := tryDial(t, "rtmp://"+s.host+"/live/cam", true); fault.CodeOf(err) != fault.NameInUse {
		t.Errorf("a name that is taken: %v", err)
	}
}

// TestTimesThatWrapAndJump: a player's time goes on as if nothing had happened.
func TestTimesThatWrapAndJump(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	from := dial(t, "rtmp://"+s.host+"/live/cam", true)
	from.meta(amf.Pair{Key: "videocodecid", Value: 7})
	track := h264(t)
	const late = 0xffffffff - 60
	from.send(track, 0, picture(true, 0)) // with the configuration
	from.send(track, late, picture(true, 1), picture(false, 2))
	published()
	to := dial(t, "rtmp://"+s.host+"/live/cam", false)
	var last uint32
	await := func(fill byte) uint32 {
		t.Helper()
		for {
			m := to.next(chunk.Video)
			if m.Timestamp < last || m.Timestamp > last+10_000 {
				t.Fatalf("from %d to %d ms", last, m.Timestamp)
			}
			last = m.Timestamp
			if b := m.Body; len(b) > 4 && b[1] == 1 && b[len(b)-4] == fill {
				return last
			}
		}
	}
	before := await(2)
	from.send(track, 19, picture(false, 3)) // 40 ms later, past 32 bits
	if after := await(3); after-before != 40 {
		t.Errorf("40 ms are %d", after-before)
	}
	from.send(track, 3_600_000, picture(false, 4)) // an hour
	await(4)
	from.send(track, 5, picture(false, 5)) // and back
	await(5)
}

// TestTracks publishes several of a kind.
func TestTracks(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	from := dial(t, "rtmp://"+s.host+"/live/cam", true)
	for i := range uint32(40) {
		body := []byte("\x96\x11vp09\x00\x00\x00\x01\xaa\x01\x00\x00\x02\xbb\xcc")
		if i > 0 {
			body[0] = 0xa6 // no key frames
		}
		sound := []byte("\x95\x11Opus\x00\x00\x00\x01\xfc\x01\x00\x00\x01\xfd")
		for !from.link.Media([]session.Frame{
			{Type: chunk.Video, Timestamp: 40 * i, Body: body}, {Type: chunk.Audio, Timestamp: 40 * i, Body: sound},
		}) {
			continue
		}
	}
	published()
	info, _ := s.engine.Streams().Stream("cam")
	var got []string
	for _, track := range info.Tracks {
		got = append(got, track.Track.ID+" "+string(track.Track.Codec)+" "+track.Track.Layer)
	}
	if want := []string{"video vp9 0", "video-1 vp9 1", "audio opus ", "audio-1 opus "}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestAggregates: what is sent as one message is several.
func TestAggregates(t *testing.T) {
	s := serve(t)
	from := s.both("cam")
	track := h264(t)
	to := dial(t, "rtmp://"+s.host+"/live/cam", false)
	to.next(chunk.Video)
	one := picture(false, 7)
	body := flv.Make(&track, &one).Bodies[0]
	tag := append([]byte{chunk.Video, 0, 0, byte(len(body)), 0, 0, 40, 0, 0, 0, 0}, body...)
	tag = append(tag, 0, 0, 0, byte(len(tag)))
	for !from.link.Media([]session.Frame{{Type: chunk.Aggregate, Timestamp: 40, Body: append(tag, tag...)}}) {
		continue
	}
	for seen := 0; seen < 2; {
		if b := to.next(chunk.Video).Body; b[len(b)-4] == 7 {
			seen++
		}
	}
}

// TestSlowPlayer reads nothing for a while: it costs nobody anything, and goes on at a key frame.
func TestSlowPlayer(t *testing.T) {
	s := serve(t)
	from := s.both("cam")
	slow := rawPlayer(t, s.host, "cam")
	track := h264(t)
	big := func(key bool, fill byte) media.Unit {
		u := picture(key, fill)
		u.AU[0] = append(u.AU[0], bytes.Repeat([]byte{fill | 1}, 200_000)...)
		return u
	}
	const pictures, gop = 201, 20 // 40 MB, far more than is kept anywhere; the last is a key frame
	for i := range pictures {
		from.send(track, uint32(40+40*i), big(i%gop == 0, byte(i)))
	}
	quick := dial(t, "rtmp://"+s.host+"/live/cam", false) // who comes now is not held up
	quick.next(chunk.Video)
	var last byte
	missed := false
	for last != pictures-1 {
		body := slow.video()
		if body[1] != 1 {
			continue
		}
		fill := body[11]
		if fill != last+1 && last != 0 {
			missed = true
			if body[0] != 0x17 {
				t.Errorf("behind picture %d comes %d, which is no key frame", last, fill)
			}
		}
		last = fill
	}
	if !missed {
		t.Error("it got everything: nothing was too much for it")
	}
}
