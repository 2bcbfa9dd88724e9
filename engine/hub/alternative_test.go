package hub

import (
	"testing"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestMatchPrefersWhatWasPublished(t *testing.T) {
	published := func(c media.Codec) *track { return newTrack(media.NewTrack(c), Packets, nil) }
	plain := func(c media.Codec) *track {
		t := published(c)
		t.alternative = true
		return t
	}
	converted := func(c media.Codec) *track {
		t := plain(c)
		t.made = Conversion{Codec: c}
		return t
	}
	for name, row := range map[string]struct {
		offer []*track
		want  string // or the error
	}{
		"a worse one that was published": {[]*track{published(media.VP8), plain(media.H264)}, "vp8"},
		"an alternative":                 {[]*track{published(media.VP9), plain(media.VP8), plain(media.H264)}, "h264"},
		"video first":                    {[]*track{published(media.Opus), published(media.VP9), plain(media.VP8)}, "vp8, opus 48000"},
		"a kind that was not published":  {[]*track{published(media.VP8), plain(media.Opus)}, "vp8, opus 48000"},
		"a kind, and nothing else":       {[]*track{published(media.VP9), plain(media.Opus)}, "video: vp9 published, h264 or vp8 wanted"},
		"what a conversion made":         {[]*track{published(media.VP9), converted(media.VP8)}, "video: vp9 published, h264 or vp8 wanted"},
	} {
		picks, err := match(row.offer, browser)
		got := describe(picks).String()
		if err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
}

func TestAlternativeServesWhoCannotTakeTheOriginal(t *testing.T) {
	h := newHub(t, Options{})
	src, s := newSource(), newSink()
	p := publish(t, h, "cam", describing(media.VP9), PublishOptions{})
	track := media.NewTrack(media.VP8)
	track.ID = "other"
	a, err := p.AddAlternative(track, AlternativeOptions{Source: src})
	if err != nil {
		t.Fatal(err)
	}
	if a.Timeline() != p.Timeline() {
		t.Error("it has a time of its own")
	}
	r := join(t, h, "cam", browser, s, ReadOptions{})
	if err := a.Write(vp8Packets(true, 1, 3)); err != nil {
		t.Fatal(err)
	}
	s.awaitLast(t, 0, 3)
	r.Close()
	src.expect(t, "demand 0", "key 0", "idle 0")
	expectCode(t, a.WriteUnits(nil), fault.InvalidRequest)
	p.Close(nil)
	src.expect(t, "ended ")
	expectCode(t, a.Write(nil), fault.Closed)
	a.Close(nil)
}

func TestBadAlternatives(t *testing.T) {
	h := newHub(t, Options{})
	_, err := h.Alternative("cam", media.NewTrack(media.VP8), AlternativeOptions{})
	expectCode(t, err, fault.StreamNotFound)
	p := publish(t, h, "cam", describing(media.VP9), PublishOptions{})
	_, err = h.Alternative("cam", media.Track{}, AlternativeOptions{})
	expectCode(t, err, fault.InvalidRequest)
	_, err = h.Alternative("cam", media.NewTrack(media.VP8), AlternativeOptions{Form: "frames"})
	expectCode(t, err, fault.InvalidRequest)
	made := AlternativeOptions{For: Conversion{Stream: "cam", Codec: media.VP8}}
	if _, err = h.Alternative("cam", media.NewTrack(media.VP8), made); err != nil {
		t.Fatal(err)
	}
	_, err = h.Alternative("cam", media.NewTrack(media.VP8), made)
	expectCode(t, err, fault.NameInUse)
	p.Close(nil)
	_, err = p.AddAlternative(media.NewTrack(media.VP8), AlternativeOptions{})
	expectCode(t, err, fault.Closed)
}

func TestReadersOfAnAlternativeThatGoes(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.VP9), PublishOptions{})
	add := func(c media.Codec) *Alternative {
		a, err := p.AddAlternative(media.NewTrack(c), AlternativeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	best, second := add(media.H264), add(media.VP8)
	s := newSink()
	join(t, h, "cam", browser, s, ReadOptions{})
	idr := media.Packet{Header: rtp.Header{SequenceNumber: 77}, Payload: []byte{0x65, 1}}
	if err := best.Write([]media.Packet{idr}); err != nil {
		t.Fatal(err)
	}
	s.awaitLast(t, 0, 77)
	best.Close(fault.New(fault.GstElement, "", "the encoder failed"))
	best.Close(nil)
	if err := second.Write(vp8Packets(true, 1, 1)); err != nil {
		t.Fatal(err)
	}
	s.awaitLast(t, 0, 1)
	second.Close(nil)
	expectCode(t, s.awaitEnd(t), fault.CodecNotAvailable)
	if h.Streams()[0].Readers != 0 {
		t.Error("the reader is still counted")
	}
}
