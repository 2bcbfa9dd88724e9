package leg_test

import (
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/api/sip/leg"
	"sluice/api/sip/ports"
	"sluice/api/sip/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func (e *end) offer(t *testing.T) string {
	t.Helper()
	b, err := e.Offer()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (e *end) answer(t *testing.T, offer string) string {
	t.Helper()
	b, err := e.Answer([]byte(offer), nil)
	if err != nil {
		t.Fatalf("%v of\n%s", err, offer)
	}
	return string(b)
}

// outlast returns when another call whose far end has vanished has noticed that, which takes a length: who has not noticed anything by then
// misses nothing.
func outlast(t *testing.T, p *ports.Pool, length time.Duration) {
	t.Helper()
	change := func(o *leg.Options) { o.Silence = length }
	a, b := newEnd(t, p, change), newEnd(t, p)
	call(t, a, b)
	b.Close(nil)
	a.until(t, "the end of another call to be noticed", func() bool { return a.silent >= length })
}

// TestRefresh: who was called refreshes the session with what he said, and takes the answer, also after a hold of his that was refused.
func TestRefresh(t *testing.T) {
	p := pool(t)
	for name, security := range map[string]sdp.Security{"plain": sdp.Plain, "SDES": sdp.SDES, "DTLS": sdp.DTLS} {
		t.Run(name, func(t *testing.T) {
			a, b := newEnd(t, p, func(o *leg.Options) { o.Security = security }), newEnd(t, p)
			said := b.answer(t, a.offer(t))
			if err := a.Accept([]byte(said)); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Reoffer(true); err != nil {
				t.Fatal(err)
			}
			b.Withdraw()
			for range 2 {
				if err := b.Accept([]byte(a.answer(t, said))); err != nil {
					t.Fatal(err)
				}
			}
			if err := newEnd(t, p).Accept([]byte(said)); fault.CodeOf(err) != fault.ProtocolViolation {
				t.Errorf("who has said nothing takes an answer: %v", err)
			}
		})
	}
}

// TestHold: who is held hears nothing and is not missed; taken back, numbers go on where they were.
func TestHold(t *testing.T) {
	p, h := pool(t), newHub(t)
	change := func(o *leg.Options) { o.Codecs, o.Silence = []media.Codec{media.PCMU}, 300*time.Millisecond }
	a, b := newEnd(t, p, change), newEnd(t, p, change)
	call(t, a, b)
	publish(t, h, b, "from-a")
	heard := read(t, h, "from-a")
	voice := newVoice(t, h, "voice", a.Tracks()[0], 160)
	play(t, h, a, "voice")
	speak(t, voice, heard, chunk(1, 160))
	before := heard.all()[len(heard.all())-1].Header

	offer, err := b.Reoffer(true)
	if err != nil || !strings.Contains(string(offer), "a=sendonly") {
		t.Fatalf("%v\n%s", err, offer)
	}
	answer := a.answer(t, string(offer))
	if !strings.Contains(answer, "a=recvonly") || !a.Held() || a.Holding() {
		t.Errorf("held: %v\n%s", a.Held(), answer)
	}
	if err := b.Accept([]byte(answer)); err != nil || !b.Holding() || b.Held() {
		t.Errorf("%v, holding: %v", err, b.Holding())
	}
	voice.say(t, chunk(2, 160))
	outlast(t, p, 600*time.Millisecond)
	b.set(func() {
		if b.silent != 0 {
			t.Error("who holds misses what it does not want")
		}
	})
	offer, err = b.Reoffer(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Accept([]byte(a.answer(t, string(offer)))); err != nil || a.Held() || b.Holding() {
		t.Fatalf("%v: held %v", err, a.Held())
	}
	speak(t, voice, heard, chunk(3, 160))
	for _, p := range heard.all() {
		if p.Payload[0] == 2 {
			t.Error("what was said meanwhile was heard")
		}
		if p.Payload[0] == 3 && (p.Header.SSRC != before.SSRC || int16(p.Header.SequenceNumber-before.SequenceNumber) <= 0) {
			t.Errorf("packet %d follows %d", p.Header.SequenceNumber, before.SequenceNumber)
		}
	}
}

// TestSilence: a far end that has vanished is told of once, and one that only says nothing is not.
func TestSilence(t *testing.T) {
	p := pool(t)
	change := func(o *leg.Options) { o.Silence = 400 * time.Millisecond }
	a, b := newEnd(t, p, change), newEnd(t, p, change)
	call(t, a, b)
	outlast(t, p, time.Second) // no graph gives anything, and both send silence
	a.set(func() {
		if a.silent != 0 {
			t.Errorf("nothing came for %s", a.silent)
		}
	})
	b.Close(nil)
	a.until(t, "the end to be noticed", func() bool { return a.silent >= 400*time.Millisecond })
}

// TestSilenceBeforeTheAnswer: as long as a call rings, nothing may come for as long as it likes.
func TestSilenceBeforeTheAnswer(t *testing.T) {
	p := pool(t)
	a, b := newEnd(t, p, func(o *leg.Options) { o.Silence = 300 * time.Millisecond }), newEnd(t, p)
	if err := a.Accept([]byte(b.answer(t, a.offer(t)))); err != nil {
		t.Fatal(err)
	}
	b.Close(nil)
	outlast(t, p, time.Second)
	a.set(func() {
		if a.silent != 0 {
			t.Errorf("nothing came for %s, and nobody has answered", a.silent)
		}
	})
	a.Answered()
	a.until(t, "the end to be noticed", func() bool { return a.silent >= 300*time.Millisecond && a.silent < time.Second })
}

// TestClosedWhileKeysAreAgreedOn closes legs at every point of their handshake: nothing goes on, and nothing begins that nobody ends.
func TestClosedWhileKeysAreAgreedOn(t *testing.T) {
	p := pool(t)
	change := func(o *leg.Options) { o.Security = sdp.DTLS }
	for n := range 20 {
		a, b := newEnd(t, p, change), newEnd(t, p, change)
		answer := []byte(b.answer(t, a.offer(t)))
		var both sync.WaitGroup
		both.Go(func() { _ = a.Accept(answer) }) // or it is closed already
		both.Go(func() {
			for range n * 1000 {
				runtime.Gosched()
			}
			a.Close(nil)
		})
		both.Wait()
		if err := a.Accept(answer); err == nil {
			t.Error("a leg that was closed agrees")
		}
		b.Close(nil)
	}
}

// TestWrongAnswerLeavesKeys: an answer that is refused does not end the association that there is, whose certificate it changes.
func TestWrongAnswerLeavesKeys(t *testing.T) {
	p, h := pool(t), newHub(t)
	change := func(o *leg.Options) {
		o.Codecs, o.Security, o.Video = []media.Codec{media.PCMU, media.VP8}, sdp.DTLS, true
	}
	a, b := newEnd(t, p, change), newEnd(t, p, change)
	call(t, a, b)
	publish(t, h, b, "from-a")
	heard := read(t, h, "from-a")
	voice := newVoice(t, h, "voice", a.Tracks()[0], 160)
	play(t, h, a, "voice")
	speak(t, voice, heard, chunk(1, 160))
	offer, err := a.Reoffer(false)
	if err != nil {
		t.Fatal(err)
	}
	answer := b.answer(t, string(offer))
	const signs = 95 // of a fingerprint of SHA-256
	at := strings.Index(answer, "sha-256 ") + len("sha-256 ")
	wrong := answer[:at] + strings.Repeat("AB:", 31) + "AB" + answer[at+signs:]
	video := strings.LastIndex(wrong, "m=video")
	wrong = wrong[:video] + strings.Replace(wrong[video:], "UDP/TLS/RTP/SAVP", "RTP/AVP", 1)
	if err := a.Accept([]byte(wrong)); err == nil {
		t.Fatalf("it is taken:\n%s", wrong)
	}
	speak(t, voice, heard, chunk(2, 160))
}

// TestAnswersDiffer: another answer to the same offer counts from then on, as after early media.
func TestAnswersDiffer(t *testing.T) {
	p, h := pool(t), newHub(t)
	a, early, late := newEnd(t, p), newEnd(t, p), newEnd(t, p)
	offer := a.offer(t)
	first, second := early.answer(t, offer), late.answer(t, offer)
	for _, answer := range []string{first, second} {
		if err := a.Accept([]byte(answer)); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, h, a, "from-far")
	heard := read(t, h, "from-far")
	voice := newVoice(t, h, "voice", late.Tracks()[0], 960)
	play(t, h, late, "voice")
	speak(t, voice, heard, chunk(7, 60))
	a.Withdraw() // what was agreed on before is what a refresh says then
	if err := a.Accept([]byte(second)); err != nil {
		t.Error(err)
	}
	speak(t, voice, heard, chunk(8, 60))
}

// TestRefusals: what cannot be agreed on leaves things as they were.
func TestRefusals(t *testing.T) {
	p := pool(t)
	a, b := newEnd(t, p), newEnd(t, p, func(o *leg.Options) { o.Codecs = []media.Codec{media.PCMU} })
	call(t, a, b)
	remote := b.Remote()
	say := func(at, proto, formats string, more ...string) string {
		return "v=0\r\no=- 1 2 IN IP4 " + at + "\r\ns=-\r\nc=IN IP4 " + at + "\r\nt=0 0\r\nm=audio 4000 " + proto + " " + formats + "\r\n" + strings.Join(more, "\r\n")
	}
	for name, c := range map[string]struct {
		offer string
		code  fault.Code
	}{
		"another codec":        {say("127.0.0.1", "RTP/AVP", "8"), fault.CodecNotAvailable},
		"no keys that we know": {say("127.0.0.1", "RTP/SAVP", "0"), fault.CodecNotAvailable},
		"media elsewhere":      {say("192.0.2.7", "RTP/AVP", "0"), fault.Forbidden},
		"media for many":       {say("224.0.0.1", "RTP/AVP", "0"), fault.Forbidden},
		"nothing":              {"v=0\r\n", fault.CodecNotAvailable},
		"nonsense":             {"hello", fault.ProtocolViolation},
	} {
		if answer, err := b.Answer([]byte(c.offer), nil); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v\n%s", name, err, answer)
		}
		if b.Remote() != remote || !b.Presses() || b.Codecs()[0] != media.PCMU {
			t.Errorf("%s: something has changed: %s", name, b.Remote())
		}
	}
	strict := newEnd(t, p, func(o *leg.Options) { o.Require = true })
	if _, err := strict.Answer([]byte(say("127.0.0.1", "RTP/AVP", "0")), nil); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Errorf("without encryption: %v", err)
	}
}

// TestPlaces: lines that we do not take stay in their places, in answers and in later offers.
func TestPlaces(t *testing.T) {
	p := pool(t)
	a := newEnd(t, p)
	answer := a.answer(t, "v=0\r\nc=IN IP4 127.0.0.1\r\nm=image 4000 udptl t38\r\nm=audio 4002 RTP/AVP 0\r\nm=video 4004 RTP/AVP 99\r\na=rtpmap:99 VP8/90000\r\nm=audio 4006 RTP/AVP 0\r\n")
	for _, text := range []string{answer, a.offer(t)} {
		s, err := sdp.Read([]byte(text))
		if err != nil || len(s.Lines) != 4 {
			t.Fatalf("%v\n%s", err, text)
		}
		for i, l := range s.Lines {
			if l.Refused() != (i != 1) {
				t.Errorf("line %d of\n%s", i, text)
			}
		}
	}
}

// TestAim is where media goes that a description sends to an address.
func TestAim(t *testing.T) {
	for name, c := range map[string]struct {
		peer, told string
		change     func(*leg.Options)
		want       string // "" if nobody knows yet, "no" if it is refused
	}{
		"where it signals":              {"198.51.100.1", "198.51.100.1", nil, "198.51.100.1:4000"},
		"behind NAT":                    {"198.51.100.1", "192.168.1.5", nil, ""},
		"nowhere":                       {"198.51.100.1", "0.0.0.0", nil, ""},
		"elsewhere":                     {"198.51.100.1", "203.0.113.5", nil, "no"},
		"elsewhere, which is allowed":   {"198.51.100.1", "203.0.113.5", func(o *leg.Options) { o.Elsewhere = true }, "203.0.113.5:4000"},
		"inside of us":                  {"198.51.100.1", "127.0.0.1", func(o *leg.Options) { o.Elsewhere = true }, ""},
		"a place that was named":        {"198.51.100.1", "10.0.0.9", func(o *leg.Options) { o.Allowed = func(a netip.Addr) bool { return a.IsPrivate() } }, "10.0.0.9:4000"},
		"another one of its network":    {"10.0.0.1", "10.0.0.2", nil, "no"},
		"another one, which is allowed": {"10.0.0.1", "10.0.0.2", func(o *leg.Options) { o.Elsewhere = true }, "10.0.0.2:4000"},
	} {
		e := newEnd(t, pool(t), func(o *leg.Options) {
			o.Peer = netip.MustParseAddr(c.peer)
			if c.change != nil {
				c.change(o)
			}
		})
		_, err := e.Answer([]byte("v=0\r\nc=IN IP4 "+c.told+"\r\nm=audio 4000 RTP/AVP 0\r\na=inactive\r\n"), nil)
		got := e.Remote().String()
		switch {
		case err != nil:
			got = "no"
		case !e.Remote().IsValid():
			got = ""
		}
		if got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
