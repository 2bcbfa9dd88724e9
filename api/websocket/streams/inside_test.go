package streams

import (
	"encoding/json"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/websocket/wire"
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

// TestPicture holds which size a player is told: that of the track it gets.
func TestPicture(t *testing.T) {
	sound := media.NewTrack(media.Opus)
	for _, c := range []struct {
		about  string
		tracks []media.Track
		want   wire.Size
	}{
		{"a picture", []media.Track{video(media.H264, 1280, 720), sound}, wire.Size{Width: 1280, Height: 720}},
		{"a picture of which nothing is known yet", []media.Track{sound, media.NewTrack(media.VP8)}, wire.Size{}},
		{"sound", []media.Track{sound}, wire.Size{}},
		{"nothing", nil, wire.Size{}},
	} {
		s := &stream{peer: has{tracks: c.tracks}}
		if got := s.picture(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.about, got, c.want)
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
		`{"key":"k"}`:                 {Token: "before", Key: "k", Protocol: "p"},
		`{"key":"k","token":"t"}`:     {Token: "t", Key: "k", Protocol: "p"},
		`{"user":"u","password":"x"}`: {User: "u", Password: "x", Protocol: "p"},
	} {
		if got := Proof(before, json.RawMessage(custom)); got != want {
			t.Errorf("%s: got %+v, want %+v", custom, got, want)
		}
	}
}
