package webrtc_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// taken counts what a reader gets, by kind.
type taken struct {
	tracks chan []media.Track
	got    [2]chan struct{}
}

func newTaken() *taken {
	return &taken{tracks: make(chan []media.Track, 8), got: [2]chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)}}
}

func (k *taken) Begin(tracks []media.Track) { k.tracks <- tracks }
func (k *taken) End(error)                  {}
func (k *taken) Push(track int, items []*media.Packet) int {
	select {
	case k.got[track] <- struct{}{}:
	default:
	}
	return len(items)
}

// TestOffersOfOurs: what a page publishes on one server, a peer that offers takes from there; another one sends it to a third.
func TestOffersOfOurs(t *testing.T) {
	t.Parallel()
	both := media.Want{Audio: []media.Codec{media.Opus}, Video: []media.Codec{media.VP8}}
	a, b, c := newStage(t), newStage(t), newStage(t)
	page := newClient(t, clientOptions{})
	sound, pictures := page.send(pion.MimeTypeOpus), page.send(pion.MimeTypeVP8)
	_, answer, err := a.publish("cam", webrtc.Offer{SDP: page.offer(true)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	page.accept(answer)
	sound.run(t)
	pictures.run(t)

	r, err := b.peers.Receiver(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	offer, err := r.Offer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, answer, err = a.play("cam", webrtc.Offer{SDP: offer}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, offer)
	}
	if err := r.Accept(answer, nil); err != nil {
		t.Fatal(err)
	}
	tracks := r.Tracks()
	if len(tracks) != 2 || tracks[0].Codec != media.Opus || tracks[1].Codec != media.VP8 {
		t.Fatalf("%v", tracks)
	}
	pub, err := b.hub.Publish(t.Context(), "copy", media.Description{Tracks: tracks}, hub.PublishOptions{Form: hub.Packets})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Connect(pub); err != nil {
		t.Fatal(err)
	}
	within(t, "media comes", r.Live())
	r.RequestKey(1)

	s, err := b.peers.Sender(t.Context(), tracks)
	if err != nil {
		t.Fatal(err)
	}
	if offer, err = s.Offer(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, answer, err = c.publish("third", webrtc.Offer{SDP: offer}, nil); err != nil {
		t.Fatalf("%v\n%s", err, offer)
	}
	if err := s.Accept(answer, nil); err != nil {
		t.Fatal(err)
	}
	reader, err := b.hub.Read(t.Context(), "copy", both, s, hub.ReadOptions{Paused: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reader.Close)
	s.Begin(reader.Tracks())
	s.Attach(reader)
	k := newTaken()
	last, err := c.hub.Read(t.Context(), "third", both, k, hub.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(last.Close)
	within(t, "sound at the third server", k.got[0])
	within(t, "pictures at the third server", k.got[1])

	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAnswersThatAreNone: a server may say anything.
func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	page := newClient(t, clientOptions{})
	page.send(pion.MimeTypeVP8)
	if _, _, err := s.publish("cam", webrtc.Offer{SDP: page.offer(true)}, nil); err != nil {
		t.Fatal(err)
	}
	receive := func() (*webrtc.Receiver, string) {
		r, err := s.peers.Receiver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		offer, err := r.Offer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, answer, err := s.play("cam", webrtc.Offer{SDP: offer}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r, answer
	}
	for name, c := range map[string]struct {
		change func(string) string
		want   fault.Code
	}{
		"nothing":          {func(string) string { return "" }, fault.ProtocolViolation},
		"one section only": {func(a string) string { return a[:strings.LastIndex(a, "m=")] }, fault.ProtocolViolation},
		"other kinds":      {func(a string) string { return strings.Replace(a, "m=audio", "m=video", 1) }, fault.ProtocolViolation},
		"nothing agreed":   {func(a string) string { return strings.ReplaceAll(a, "a=sendonly", "a=inactive") }, fault.CodecNotAvailable},
		"no setup":         {func(a string) string { return strings.ReplaceAll(a, "a=setup:passive\r\n", "") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, answer := receive()
			err := r.Accept(c.change(answer), nil)
			if (err == nil) != (c.want == "") || err != nil && !errors.Is(err, c.want) {
				t.Error(err)
			}
			if err := r.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCandidatesOutOfReach: a server does not say where else we connect to.
func TestCandidatesOutOfReach(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	page := newClient(t, clientOptions{})
	page.send(pion.MimeTypeVP8)
	if _, _, err := s.publish("cam", webrtc.Offer{SDP: page.offer(true)}, nil); err != nil {
		t.Fatal(err)
	}
	r, err := s.peers.Receiver(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	offer, err := r.Offer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, answer, err := s.play("cam", webrtc.Offer{SDP: offer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	if err := r.Accept(answer, func(to netip.AddrPort) error {
		asked++
		return fault.New(fault.Forbidden, "", "not %s", to)
	}); err != nil {
		t.Fatal(err)
	}
	if asked == 0 {
		t.Error("nobody asked whether the candidates may be connected to")
	}
	if left := r.Candidates(); len(left) != 0 {
		t.Errorf("left of them: %q", left)
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
