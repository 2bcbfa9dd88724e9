package webrtc_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// talk does with a peer what a graph of a call does: what the client says is published as mic, and what is published as phone it hears.
func (s *stage) talk(p *webrtc.Peer, mic, phone string) {
	s.t.Helper()
	ctx := s.t.Context()
	in, err := webrtc.In{}.New(ctx, s.env(p), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := webrtc.Out{}.New(ctx, s.env(p), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	source, sink := in.(node.Source), out.(node.Sink)
	if err := source.Start(ctx); err != nil {
		s.t.Fatal(err)
	}
	d, err := source.Describe(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	pub, err := s.hub.Publish(ctx, mic, d, hub.PublishOptions{Form: source.Form(), Source: source})
	if err != nil {
		s.t.Fatal(err)
	}
	source.Feed(pub)
	if err := sink.Start(ctx); err != nil {
		s.t.Fatal(err)
	}
	r, err := s.hub.Read(ctx, phone, sink.Want(), sink, hub.ReadOptions{Paused: true})
	if err != nil {
		s.t.Fatal(err)
	}
	sink.Begin(r.Tracks())
	sink.Attach(r)
	go func() {
		<-p.Done()
		pub.Close(p.Err())
		r.Close()
	}()
}

// phone publishes what a phone would say: sound, and pictures if a codec of them is named.
func (s *stage) phone(name string, mimes ...string) {
	s.t.Helper()
	c := newClient(s.t, clientOptions{})
	var feeds []*feed
	var codecs []any
	for _, mime := range mimes {
		feeds, codecs = append(feeds, c.send(mime)), append(codecs, codecOf(mime))
	}
	_, answer, err := s.publish(name, webrtc.Offer{SDP: c.offer(false)}, element.Conf{"codecs": codecs})
	if err != nil {
		s.t.Fatal(err)
	}
	c.accept(answer)
	for _, f := range feeds {
		f.run(s.t)
	}
}

// heard reads what a client says, and gives its tracks.
func (s *stage) heard(name string) (*taken, []media.Track) {
	s.t.Helper()
	k := newTaken()
	want := media.Want{Audio: []media.Codec{media.Opus, media.PCMU, media.PCMA}, Video: []media.Codec{media.VP8, media.H264}}
	r, err := s.hub.Read(s.t.Context(), name, want, k, hub.ReadOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(r.Close)
	return k, r.Tracks()
}

// TestCallee: a page offers both ways; µ-law goes through although the page would rather have Opus, and the pictures that the phone has not
// are agreed on in neither direction.
func TestCallee(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.phone("phone", pion.MimeTypePCMU)
	page := newClient(t, clientOptions{})
	sound, pictures := page.converse(pion.MimeTypePCMU), page.converse(pion.MimeTypeVP8)
	came := page.arrivals()
	p, err := s.peers.Callee(t.Context(), webrtc.Offer{SDP: page.offer(false)})
	if err != nil {
		t.Fatal(err)
	}
	if has := p.Codecs(); len(has) < 4 || has[0].Kind() != media.Audio || has[len(has)-1].Kind() != media.Video {
		t.Errorf("the page has %v", has)
	}
	p.Prefer([]media.Codec{media.PCMU, media.PCMA})
	s.talk(p, "mic", "phone")
	answer, err := p.Answer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"m=audio 9 UDP/TLS/RTP/SAVPF 0 ", "a=sendrecv", "m=video 0 ", "a=setup:passive"} {
		if !strings.Contains(answer, part) {
			t.Errorf("no %q in\n%s", part, answer)
		}
	}
	page.accept(answer)
	sound.run(t)
	pictures.run(t)
	next(t, came, pion.MimeTypePCMU)
	k, tracks := s.heard("mic")
	if len(tracks) != 1 || tracks[0].Codec != media.PCMU {
		t.Errorf("the page says %v", tracks)
	}
	within(t, "what the page says", k.got[0])
	within(t, "media flows", p.Live())
	if p.Counts().Packets == 0 || p.Sent().Packets == 0 {
		t.Errorf("received %+v, sent %+v", p.Counts(), p.Sent())
	}
	if got := p.Tracks(); len(got) != 2 {
		t.Errorf("%v", got)
	}
	p.Stop(nil)
	enginetest.Await(t, "the end", p.Done())
}

// TestCaller: a page is offered both ways with what the phone has, and takes it.
func TestCaller(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		tcp   bool
		audio []media.Codec
		video []media.Codec
		mimes []string
	}{
		"sound":            {audio: []media.Codec{media.PCMA, media.Opus}, mimes: []string{pion.MimeTypePCMA}},
		"sound over TCP":   {audio: []media.Codec{media.Opus}, mimes: []string{pion.MimeTypeOpus}, tcp: true},
		"with pictures":    {audio: []media.Codec{media.Opus}, video: []media.Codec{media.H264, media.VP8}, mimes: []string{pion.MimeTypeOpus, pion.MimeTypeH264}},
		"with VP8 in them": {audio: []media.Codec{media.PCMU}, video: []media.Codec{media.VP8}, mimes: []string{pion.MimeTypePCMU, pion.MimeTypeVP8}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.phone("phone", row.mimes...)
			p, err := s.peers.Caller(t.Context(), webrtc.Proposal{Audio: append(row.audio, media.G729), Video: row.video})
			if err != nil {
				t.Fatal(err)
			}
			offer, err := p.Offer(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			page := newClient(t, clientOptions{tcp: row.tcp})
			var feeds []*feed
			for _, mime := range row.mimes {
				feeds = append(feeds, page.converse(mime))
			}
			came := page.arrivals()
			if err := p.Accept(page.answer(offer)); err != nil {
				t.Fatal(err)
			}
			if has := p.Codecs(); has[0] != codecOf(row.mimes[0]) {
				t.Errorf("the page has %v", has)
			}
			if err := p.Accept("v=0"); fault.CodeOf(err) != fault.InvalidRequest {
				t.Errorf("accepted twice: %v", err)
			}
			s.talk(p, "mic", "phone")
			if err := p.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, f := range feeds {
				f.run(t)
			}
			k, tracks := s.heard("mic")
			if len(tracks) != len(row.mimes) {
				t.Fatalf("the page says %v", tracks)
			}
			for _, mime := range row.mimes {
				at := slices.IndexFunc(tracks, func(m media.Track) bool { return m.Codec == codecOf(mime) })
				if at < 0 {
					t.Fatalf("the page says %v", tracks)
				}
				within(t, "what the page says", k.got[at])
				next(t, came, mime)
			}
		})
	}
}

// answer makes the client's answer, as pages send it: without candidates.
func (c *client) answer(offer string) string {
	c.t.Helper()
	if err := c.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeOffer, SDP: offer}); err != nil {
		c.t.Fatalf("%v\n%s", err, offer)
	}
	answer, err := c.pc.CreateAnswer(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(answer); err != nil {
		c.t.Fatal(err)
	}
	enginetest.Await(c.t, "the client's addresses", gathered)
	return bare(c.pc.LocalDescription().SDP)
}

// TestTwoWayRules: what does not fit is refused, and nothing is left of it.
func TestTwoWayRules(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := t.Context()
	refused := func(what string, err error, code fault.Code) {
		t.Helper()
		if !errors.Is(err, code) {
			t.Errorf("%s: %v, not %s", what, err, code)
		}
	}
	_, err := s.peers.Caller(ctx, webrtc.Proposal{Audio: []media.Codec{media.G729}})
	refused("no browser has it", err, fault.CodecNotAvailable)
	_, err = s.peers.Caller(ctx, webrtc.Proposal{Audio: []media.Codec{media.Opus}, Transport: "pigeon"})
	refused("no transport", err, fault.InvalidRequest)

	page := newClient(t, clientOptions{})
	page.converse(pion.MimeTypeOpus)
	callee, err := s.peers.Callee(ctx, webrtc.Offer{SDP: page.offer(false)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = callee.Offer(ctx)
	refused("a callee offers nothing", err, fault.InvalidRequest)
	refused("a callee accepts nothing", callee.Accept("v=0"), fault.InvalidRequest)
	_, err = callee.Answer(ctx)
	refused("no element has it", err, fault.InvalidRequest)
	_, err = webrtc.Out{}.New(ctx, s.env(callee), nil)
	refused("an element comes too late", err, fault.InvalidRequest)

	caller, err := s.peers.Caller(ctx, webrtc.Proposal{Audio: []media.Codec{media.Opus}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = caller.Answer(ctx)
	refused("a caller answers nothing", err, fault.InvalidRequest)
	refused("nobody has answered", caller.Connect(ctx), fault.InvalidRequest)
	_, err = webrtc.In{}.New(ctx, s.env(caller), nil)
	refused("an element comes too early", err, fault.InvalidRequest)
	refused("no answer", caller.Accept("v=0"), fault.ProtocolViolation)
	if n := s.peers.Totals(); n.Publishing.Connecting != 2 || n.Playing.Connecting != 0 {
		t.Errorf("%+v", n)
	}
}

// TestOneDirection: a graph may take only what the page says.
func TestOneDirection(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	page := newClient(t, clientOptions{})
	sound := page.converse(pion.MimeTypeOpus)
	p, err := s.peers.Callee(t.Context(), webrtc.Offer{SDP: page.offer(false)})
	if err != nil {
		t.Fatal(err)
	}
	in, err := webrtc.In{}.New(t.Context(), s.env(p), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = (webrtc.In{}).New(t.Context(), s.env(p), nil); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("two have the same direction: %v", err)
	}
	if err := in.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	answer, err := p.Answer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answer, "a=recvonly") {
		t.Errorf("not received only:\n%s", answer)
	}
	page.accept(answer)
	sound.run(t)
	d, err := in.(node.Source).Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pub, err := s.hub.Publish(t.Context(), "mic", d, hub.PublishOptions{Form: hub.Packets, Source: in.(node.Source)})
	if err != nil {
		t.Fatal(err)
	}
	in.(node.Source).Feed(pub)
	within(t, "media flows", p.Live())
	pub.Close(nil)
}
