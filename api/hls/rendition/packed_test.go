package rendition_test

import (
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/playlist/conform"
	"sluice/api/hls/rendition"
	"sluice/engine/media"
)

// seen is a rendition that keeps the playlists of a client who loads it at each change.
type seen struct {
	*rendition.Rendition
	t       *testing.T
	fetches []conform.Fetch
}

func (s *seen) Add(p rendition.Part) {
	s.Rendition.Add(p)
	select {
	case <-s.Ready():
	default:
		return
	}
	q := rendition.Latest()
	q.Skip = len(s.fetches)%3 != 0
	text, err := s.Playlist(s.t.Context(), q)
	if err != nil {
		s.t.Fatal(err)
	}
	s.fetches = append(s.fetches, conform.Fetch{Body: text.Bytes(), MSN: -1, Part: -1, Skip: q.Skip})
}

// TestWhatThePackagerWrites packs a minute of pictures and sound at several rates and distances of key pictures, and holds each playlist
// against the draft.
func TestWhatThePackagerWrites(t *testing.T) {
	for name, c := range map[string]struct{ frame, gop, part time.Duration }{
		"25 a second":             {40 * time.Millisecond, 2 * time.Second, 200 * time.Millisecond},
		"24 a second":             {time.Second / 24, 2 * time.Second, 200 * time.Millisecond},
		"30 a second":             {time.Second / 30, time.Second, 200 * time.Millisecond},
		"key pictures too seldom": {40 * time.Millisecond, -2 * time.Second, 200 * time.Millisecond},
		"no parts":                {40 * time.Millisecond, 2 * time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := rendition.New(rendition.Config{Segment: 2 * time.Second, Window: 8, Part: c.part})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Remove()
			s := &seen{Rendition: r, t: t}
			film(t, s, c.frame, c.gop, c.part)
			for _, f := range conform.Check(s.fetches...) {
				t.Errorf("%v\n%s", f, s.fetches[f.Fetch].Body)
			}
			if got := r.Totals(); len(s.fetches) < 20 || got.Refused+got.Long > 0 {
				t.Errorf("%d playlists, %+v", len(s.fetches), got)
			}
		})
	}
}

// film writes a minute of H.264 and AAC. A gop below zero grows: the first segments fix a target duration that later ones cannot keep.
func film(t *testing.T, s packager.Sink, frame, gop, part time.Duration) {
	t.Helper()
	video, audio := media.NewTrack(media.H264), media.NewTrack(media.AAC)
	video.Extra = [][]byte{
		{0x67, 0x42, 0xc0, 0x0d, 0xda, 0x05, 0x07, 0xec, 0x04, 0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x0c, 0x83, 0xc5, 0x0a, 0xa8},
		{0x68, 0xce, 0x0f, 0x2c, 0x80},
	}
	audio.ClockRate, audio.Channels, audio.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	p, err := packager.New(packager.Config{Segment: 2 * time.Second, Part: part, Epoch: time.Unix(1e9, 0)}, []media.Track{video, audio}, s)
	if err != nil {
		t.Fatal(err)
	}
	var sound, key time.Duration
	grows := gop < 0
	gop = gop.Abs()
	for at := time.Duration(0); at < time.Minute; at += frame {
		u := &media.Unit{PTS: at, DTS: at, AU: [][]byte{{0x41, 1, 2, 3}}}
		if at >= key {
			key += gop
			if grows {
				gop *= 2
			}
			u.Key, u.AU = true, append(append([][]byte{}, video.Extra...), []byte{0x65, 1, 2, 3})
		}
		if err := p.Write(0, u); err != nil && !grows {
			t.Fatal(err)
		}
		for ; sound < at+frame; sound += 1024 * time.Second / 48000 {
			if err := p.Write(1, &media.Unit{PTS: sound, DTS: sound, AU: [][]byte{{0x21, 0x10, 0x04}}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.End()
}
