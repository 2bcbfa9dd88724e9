package viewer

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/api/websocket/transport"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	mseOffer = "v=0\r\nm=video 0 RTP/AVP 112\r\nm=audio 0 RTP/AVP 108 96\r\n"
	wsOffer  = "v=0\r\nm=video 0 RTP/AVP 32\r\nm=audio 0 RTP/AVP 0\r\n"
)

// sock takes messages, as long as it is not told to be full.
type sock struct {
	mu     sync.Mutex
	full   bool
	asked  int // while it was full
	sent   [][]byte
	news   chan struct{}
	closed bool
}

func newSock() *sock { return &sock{news: make(chan struct{}, 10_000)} }

func (s *sock) Full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		s.asked++
		s.news <- struct{}{}
	}
	return s.full
}

func (s *sock) SendBinary(pieces [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, bytes.Join(pieces, nil))
	s.news <- struct{}{}
}

func (s *sock) Close(int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

func (s *sock) fill(full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = full
}

// await waits until something is true of the socket.
func (s *sock) await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for {
		s.mu.Lock()
		done := is()
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-s.news:
		case <-time.After(20 * time.Second): // only so that a failing test ends
			t.Fatal("waited in vain for ", what)
		}
	}
}

// show is a viewer of what a hub has.
type show struct {
	*testing.T
	pub    *hub.Publication
	pool   *transport.Pool
	viewer *Viewer
	reader *hub.Reader
	over   chan error
}

func newShow(t *testing.T, o Options, tracks ...media.Track) *show {
	t.Helper()
	h := hub.New(hub.Options{})
	t.Cleanup(h.Close)
	pub, err := h.Publish(t.Context(), "cam", media.Description{Tracks: tracks}, hub.PublishOptions{Form: hub.Units})
	if err != nil {
		t.Fatal(err)
	}
	o.Pool = transport.NewPool(10)
	v, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &show{T: t, pub: pub, pool: o.Pool, viewer: v, over: make(chan error, 1)}
	sink, err := v.Sink(func(err error) { s.over <- err }, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.reader, err = h.ReadUnits(t.Context(), "cam", sink.Want(), sink, hub.ReadOptions{Paused: true})
	if err != nil {
		t.Fatal(err)
	}
	sink.Begin(s.reader.Tracks())
	sink.Attach(s.reader)
	return s
}

func (s *show) arrive(sock *sock) *transport.Line {
	s.Helper()
	l, err := s.pool.Arrive(sock)
	if err != nil {
		s.Fatal(err)
	}
	return l
}

func (s *show) answer() string {
	s.Helper()
	text, err := s.viewer.Answer(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return text
}

// picture publishes one.
func (s *show) picture(at time.Duration, key bool) {
	s.Helper()
	au := [][]byte{{0x41, 1}}
	if key {
		au = [][]byte{{0x67, 0x42, 0xc0, 0x1f}, {0x68, 1}, {0x65, 1, 2}}
	}
	if err := s.pub.WriteUnits(0, []media.Unit{{PTS: at, DTS: at, Key: key, AU: au}}); err != nil {
		s.Fatal(err)
	}
}

func h264() media.Track { return media.NewTrack(media.H264) }

func aac() media.Track {
	t := media.NewTrack(media.AAC)
	t.ClockRate, t.Channels = 44100, 1
	return t
}

func TestAnswers(t *testing.T) {
	mpeg1, pcmu := media.NewTrack(media.MPEG1), media.NewTrack(media.PCMU)
	for name, c := range map[string]struct {
		options Options
		tracks  []media.Track
		want    []string
	}{
		"both": {
			Options{Provider: MSE, Offer: mseOffer},
			[]media.Track{h264(), aac()},
			[]string{
				"m=video 9 RTP/AVP 112", "a=rtpmap:112 H264/90000", "a=fmtp:112 packetization-mode=1; profile-level-id=420020", "a=sendonly",
				"m=audio 9 RTP/AVP 103", "a=rtpmap:103 mpeg4-generic/44100/1", "a=sendonly",
			},
		},
		"only sound comes": {
			Options{Provider: MSE, Offer: mseOffer},
			[]media.Track{aac()},
			[]string{
				"m=video 0 RTP/AVP 112", "a=rtpmap:112 H264/90000", "a=fmtp:112 packetization-mode=1; profile-level-id=420020", "a=inactive",
				"m=audio 9 RTP/AVP 103", "a=rtpmap:103 mpeg4-generic/44100/1", "a=sendonly",
			},
		},
		"only pictures are wanted": {
			Options{Provider: WSPlayer, Offer: "m=video 0 RTP/AVP 32"},
			[]media.Track{mpeg1, pcmu},
			[]string{"m=video 9 RTP/AVP 32", "a=rtpmap:32 MPV/90000", "a=sendonly"},
		},
		"the player in JavaScript": {
			Options{Provider: WSPlayer, Offer: wsOffer},
			[]media.Track{mpeg1, pcmu},
			[]string{"m=video 9 RTP/AVP 32", "a=rtpmap:32 MPV/90000", "a=sendonly", "m=audio 9 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=sendonly"},
		},
		"sound of an unusual rate": {
			Options{Provider: MSE, Offer: "m=audio 0 RTP/AVP 108"},
			[]media.Track{{ID: "audio", Kind: media.Audio, Codec: media.AAC, ClockRate: 96000}},
			[]string{"m=audio 9 RTP/AVP 108", "a=rtpmap:108 mpeg4-generic/48000/1", "a=sendonly"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShow(t, c.options, c.tracks...)
			lines := strings.Split(s.answer(), "\r\n")
			if head := []string{"v=0", "o=- 0 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 0.0.0.0", "t=0 0"}; !slices.Equal(lines[:5], head) {
				t.Errorf("it begins with %q", lines[:5])
			}
			if got := lines[5 : len(lines)-1]; !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if again := s.answer(); again != strings.Join(lines, "\r\n") {
				t.Errorf("the second answer is %q", again)
			}
		})
	}
}

func TestWants(t *testing.T) {
	for name, c := range map[string]struct {
		provider Provider
		offer    string
		allowed  []media.Codec
		want     string
	}{
		"Media Source Extensions":  {MSE, mseOffer, nil, "video: h264 without b-frames; audio: aac"},
		"the player in JavaScript": {WSPlayer, wsOffer, nil, "video: mpeg1video without b-frames; audio: pcmu"},
		"no sound in the offer":    {MSE, "m=video 0 RTP/AVP 112", nil, "video: h264 without b-frames"},
		"only sound is allowed":    {MSE, mseOffer, []media.Codec{media.AAC, media.PCMU}, "audio: aac"},
	} {
		if got := parse(c.offer).want(c.provider, c.allowed).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestUseless(t *testing.T) {
	for _, o := range []Options{{Provider: "Flash", Offer: mseOffer}, {Provider: MSE, Offer: "v=0"}, {}} {
		if _, err := New(o); fault.CodeOf(err) != fault.CodecNotAvailable {
			t.Errorf("%+v: %v", o, err)
		}
	}
	v, err := New(Options{Provider: MSE, Offer: mseOffer, Pool: transport.NewPool(1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Sink(func(error) {}, nil); err != nil {
		t.Error(err)
	}
	if _, err := v.Sink(func(error) {}, nil); fault.CodeOf(err) != fault.InvalidRequest {
		t.Errorf("a second element: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Answer(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("an answer before it is known what comes: %v", err)
	}
	v.Stop(nil)
	if _, err := v.Answer(t.Context()); fault.CodeOf(err) != fault.Closed {
		t.Errorf("an answer behind the end: %v", err)
	}
}

// TestPlays holds what is told of a player on its way.
func TestPlays(t *testing.T) {
	s := newShow(t, Options{Provider: MSE, Offer: mseOffer}, h264(), aac())
	s.answer()
	s.picture(0, true)
	select {
	case <-s.viewer.Live():
		t.Error("it lives without a socket")
	default:
	}
	a := newSock()
	s.arrive(a)
	enginetest.Await(t, "media", s.viewer.Live())
	a.await(t, "the picture that came before the socket", func() bool { return len(a.sent) == 1 })
	if c := s.viewer.Counts(); c.Packets != 1 || c.Bytes != uint64(len(a.sent[0])) || c.VideoBits != 8*c.Bytes {
		t.Errorf("counts %+v", c)
	}
	if tracks := s.viewer.Tracks(); len(tracks) != 2 || s.viewer.Transport() != "TCP" || s.viewer.Publication() != nil {
		t.Errorf("tracks %v by %s", tracks, s.viewer.Transport())
	}
	s.pub.Close(nil)
	enginetest.Await(t, "the end", s.viewer.Done())
	if err := enginetest.Await(t, "the end", s.over); err != nil || !a.closed {
		t.Errorf("over with %v, closed: %v", err, a.closed)
	}
}

// TestSlowSocket holds that nothing waits for one who reads slowly but what the hub keeps anyway, and that pictures go on at a key
// frame.
func TestSlowSocket(t *testing.T) {
	s := newShow(t, Options{Provider: MSE, Offer: mseOffer}, h264())
	s.answer()
	a := newSock()
	line := s.arrive(a)
	s.picture(0, true)
	a.await(t, "the first picture", func() bool { return len(a.sent) == 1 })
	a.fill(true)
	const frame = 40 * time.Millisecond
	for i := range 1000 {
		s.picture(time.Duration(i+1)*frame, i%100 == 50)
	}
	a.await(t, "somebody to see that it is full", func() bool { return a.asked > 0 })
	a.fill(false)
	line.Room()
	a.await(t, "the last picture", func() bool {
		return millis(a.sent[len(a.sent)-1]) == 1000+1000*40
	})
	gaps := 0
	for i, m := range a.sent[1:] {
		if millis(m)-millis(a.sent[i]) > 40 {
			gaps++
			if m[9] != 0x17 {
				t.Errorf("behind a gap comes %x", m)
			}
		}
	}
	if drops := s.reader.Stats().Drops["slow"]; gaps == 0 || drops == 0 {
		t.Errorf("%d gaps, %d dropped", gaps, drops)
	}
}

// millis is the time of a message.
func millis(m []byte) int { return int(m[1])<<24 | int(m[2])<<16 | int(m[3])<<8 | int(m[4]) }

// TestAnotherSocket holds that a player goes on at a key frame with another one.
func TestAnotherSocket(t *testing.T) {
	s := newShow(t, Options{Provider: WSPlayer, Offer: wsOffer, Grace: time.Hour}, media.NewTrack(media.MPEG1))
	s.answer()
	a, b := newSock(), newSock()
	line := s.arrive(a)
	s.picture(0, true)
	a.await(t, "a picture and a report", func() bool { return len(a.sent) == 2 })
	s.picture(time.Second, false)
	a.await(t, "a second picture", func() bool { return len(a.sent) >= 3 })
	line.Left()
	s.arrive(b)
	b.await(t, "the picture again", func() bool { return len(b.sent) >= 3 })
	if b.sent[0][0] != 0x17 || b.sent[1][0] != 0x0c {
		t.Errorf("the second socket begins with %x, %x", b.sent[0], b.sent[1])
	}
	s.viewer.Stop(nil)
	if b.closed {
		t.Error("the socket is closed, and not kept for another stream")
	}
}

func TestWithoutASocketForLong(t *testing.T) {
	s := newShow(t, Options{Provider: MSE, Offer: mseOffer, Grace: time.Millisecond}, h264())
	s.answer()
	s.arrive(newSock()).Left()
	if err := enginetest.Await(t, "the end", s.over); fault.CodeOf(err) != fault.Lost || fault.CodeOf(s.viewer.Err()) != fault.Lost {
		t.Errorf("over with %v, %v", err, s.viewer.Err())
	}
}

// FuzzOffer holds that whatever a page offers is answered with sections of its own, or not at all.
func FuzzOffer(f *testing.F) {
	f.Add(mseOffer)
	f.Add(wsOffer)
	f.Add("m=audio \nm=video \r")
	f.Fuzz(func(t *testing.T, text string) {
		o := parse(text)
		answer := o.answer(MSE, []media.Track{h264(), aac()})
		if strings.Contains(answer, "m=audio") != o.audio || strings.Contains(answer, "m=video") != o.video {
			t.Errorf("%q is answered with %q", text, answer)
		}
		if o.audio && !strings.Contains(text, "m=audio ") || o.video && !strings.Contains(text, "m=video ") {
			t.Errorf("%q offers %+v", text, o)
		}
	})
}
