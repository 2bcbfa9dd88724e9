package streams

import (
	"encoding/json"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/websocket/wire"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// has is a peer of which only the tracks matter.
type has struct {
	Peer
	tracks []media.Track
}

func (h has) Tracks() []media.Track { return h.tracks }

func video(c media.Codec, width, height int) media.Track {
	t := media.NewTrack(c)
	t.Width, t.Height = width, height
	return t
}

// TestPicture holds which of a stream's sizes a player is told: that of the track it gets.
func TestPicture(t *testing.T) {
	info := hub.StreamInfo{Tracks: []hub.TrackInfo{
		{Track: media.NewTrack(media.Opus)},
		{Track: video(media.H264, 1280, 720)},
		{Track: video(media.VP8, 1920, 1080), Alternative: true},
		{Track: video(media.H264, 640, 360), Alternative: true},
	}}
	for _, c := range []struct {
		about string
		codec media.Codec
		width wire.Number
		want  wire.Size
	}{
		{"as it is published", media.H264, 0, wire.Size{Width: 1280, Height: 720}},
		{"in another codec", media.VP8, 0, wire.Size{Width: 1920, Height: 1080}},
		{"in another size", media.H264, 640, wire.Size{Width: 640, Height: 360}},
		{"in a codec that nobody tells of", media.VP9, 0, wire.Size{Width: 1280, Height: 720}},
	} {
		s := &stream{req: wire.Stream{Width: c.width}, peer: has{tracks: []media.Track{media.NewTrack(media.Opus), video(c.codec, 0, 0)}}}
		if got := s.picture(info); got != c.want {
			t.Errorf("%s: got %v, want %v", c.about, got, c.want)
		}
	}
	s := &stream{peer: has{}}
	if got := s.picture(hub.StreamInfo{Tracks: info.Tracks[:1]}); got != (wire.Size{}) {
		t.Errorf("of sound: %v", got)
	}
}

// TestCodecs holds the names of codecs in statuses.
func TestCodecs(t *testing.T) {
	for c, want := range map[media.Codec]string{
		media.Opus: "opus", media.AAC: "mpeg4-generic", media.PCMU: "PCMU", media.PCMA: "PCMA", media.G722: "G722",
		media.VP8: "VP8", media.VP9: "VP9", media.H264: "H264", media.H265: "H265", media.AV1: "AV1",
	} {
		if got := codec(c); got != want {
			t.Errorf("%s: got %s, want %s", c, got, want)
		}
	}
}

func TestShortest(t *testing.T) {
	for _, c := range []struct{ a, b, want time.Duration }{
		{0, 0, 0}, {0, time.Hour, time.Second}, {5 * time.Millisecond, time.Hour, 5 * time.Millisecond}, {-1, 0, 0},
	} {
		if got := shortest(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: got %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// TestProof holds that what is said last counts, and that nothing is made of what says nothing.
func TestProof(t *testing.T) {
	before := auth.Request{Token: "before", Protocol: "p"}
	for custom, want := range map[string]auth.Request{
		``:                            before,
		`null`:                        before,
		`"text"`:                      before,
		`{"name":"red"}`:              before,
		`{"token":{}}`:                before,
		`{"token":"t"}`:               {Token: "t", Protocol: "p"},
		`{"user":"u","password":"x"}`: {User: "u", Password: "x", Protocol: "p"},
	} {
		if got := Proof(before, json.RawMessage(custom)); got != want {
			t.Errorf("%s: got %+v, want %+v", custom, got, want)
		}
	}
}
