package leg_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/leg"
	"sluice/api/sip/sdp"
	"sluice/api/sip/siptest"
	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// dial calls a telephone at its address with the least of SIP there is, and has a leg agree with it.
func dial(t *testing.T, e *end, to string, change ...func(offer string) string) {
	t.Helper()
	conn, err := net.Dial("udp4", to)
	if err != nil {
		t.Fatal(err)
	}
	offer := e.offer(t)
	for _, c := range change {
		offer = c(offer)
	}
	us := conn.LocalAddr().String()
	request := func(method, tag string, number int, body string) []byte {
		content := ""
		if body != "" {
			content = "Content-Type: application/sdp\r\n"
		}
		return []byte(fmt.Sprintf("%s sip:phone@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d%s\r\nMax-Forwards: 70\r\nFrom: <sip:test@%s>;tag=1\r\n"+
			"To: <sip:phone@%s>%s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:test@%s>\r\n%sContent-Length: %d\r\n\r\n%s",
			method, to, us, number, method, us, to, tag, us, number, method, us, content, len(body), body))
	}
	var tag string
	answered := make(chan []byte, 1)
	work := make(chan struct{})
	go func() {
		defer close(work)
		buf := make([]byte, 64<<10)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			m := string(buf[:n])
			head, body, _ := strings.Cut(m, "\r\n\r\n")
			switch {
			case strings.HasPrefix(m, "SIP/2.0 200") && strings.Contains(head, "INVITE"):
				tag = "" // of To
				for line := range strings.SplitSeq(head, "\r\n") {
					if at := strings.Index(line, ";tag="); at > 0 && strings.HasPrefix(line, "To:") {
						tag = line[at:]
					}
				}
				conn.Write(request("ACK", tag, 1, ""))
				select {
				case answered <- []byte(body):
				default:
				}
			case strings.HasPrefix(m, "SIP/2.0"):
			case !strings.HasPrefix(m, "ACK"):
				conn.Write(reply(e, m, head, body))
			}
		}
	}()
	t.Cleanup(func() {
		conn.Write(request("BYE", tag, 2, ""))
		conn.Close()
		<-work
	})
	invite := request("INVITE", "", 1, offer)
	again := time.NewTicker(500 * time.Millisecond) // RFC 3261 17.1.1.2: it may not listen yet
	defer again.Stop()
	var answer []byte
	for late := time.After(enginetest.Patience); answer == nil; {
		conn.Write(invite)
		select {
		case answer = <-answered:
		case <-again.C:
		case <-late:
			t.Fatal("waited in vain for an answer of " + to)
		}
	}
	if err := e.Accept(answer); err != nil {
		t.Fatalf("%v: offered\n%s\nanswered\n%s", err, offer, answer)
	}
}

// reply answers what a telephone asks: descriptions as the leg does, everything else with yes.
func reply(e *end, m, head, body string) []byte {
	code, content := "200 OK", ""
	if strings.HasPrefix(m, "INVITE") {
		if answer, err := e.Answer([]byte(body), nil); err == nil {
			content = string(answer)
		} else {
			code = "488 " + strconv.Quote(err.Error())
		}
	}
	var out bytes.Buffer
	out.WriteString("SIP/2.0 " + code + "\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "via", "from", "to", "call-id", "cseq":
			out.WriteString(line + "\r\n")
		}
	}
	fmt.Fprintf(&out, "Contact: <sip:test@127.0.0.1>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", len(content), content)
	return out.Bytes()
}

// bridge joins two ends: each gets what the other gives.
func bridge(t *testing.T, h *hub.Hub, a, b *end) {
	t.Helper()
	publish(t, h, a, "a")
	publish(t, h, b, "b")
	play(t, h, a, "b")
	play(t, h, b, "a")
}

// hears waits until a telephone hears a tone, as loud as it was said.
func hears(t *testing.T, phone interface{ Heard() siptest.Sound }, hz float64) {
	t.Helper()
	if tone := siptest.AwaitTone(t, phone, hz); tone.Level < siptest.Loudness-3 || tone.Level > siptest.Loudness+3 {
		t.Errorf("the tone of %.0f Hz has %.1f dB, not %.0f", hz, tone.Level, siptest.Loudness)
	}
}

// TestBaresip: two telephones hear each other through two legs, with each codec and each way to protect it.
func TestBaresip(t *testing.T) {
	for name, c := range map[string]struct {
		codec    siptest.Codec
		security sdp.Security
		extra    string
		srtp     bool
		apart    bool // its RTCP has keys of its own, which we do not agree on
	}{
		"pcmu": {codec: siptest.PCMU}, "pcma": {codec: siptest.PCMA}, "g722": {codec: siptest.G722}, "opus": {codec: siptest.Opus},
		"sdes": {codec: siptest.PCMU, security: sdp.SDES, srtp: true}, "dtls": {codec: siptest.PCMU, security: sdp.DTLS, extra: "mediaenc=dtls_srtp", apart: true},
		"mux": {codec: siptest.PCMU, extra: "rtcp_mux=yes"}, "long packets": {codec: siptest.PCMU, extra: "ptime=40"},
	} {
		t.Run(name, func(t *testing.T) {
			p, h := pool(t), newHub(t)
			phone := func(hz float64) *siptest.Baresip {
				return siptest.StartBaresip(t, siptest.PhoneOptions{
					Account: siptest.Account{User: "phone", Domain: "127.0.0.1"}, Idle: true, Codecs: []siptest.Codec{c.codec},
					Voice: siptest.Voice{Hz: hz}, SRTP: c.srtp, Extra: c.extra,
				})
			}
			one, two := phone(440), phone(1000)
			change := func(o *leg.Options) { o.Security, o.Silence = c.security, 5*time.Second }
			a, b := newEnd(t, p, change), newEnd(t, p, change)
			dial(t, a, one.Address)
			dial(t, b, two.Address)
			bridge(t, h, a, b)
			hears(t, one, 1000)
			hears(t, two, 440)
			if a.Secure() != (c.security != sdp.Plain) {
				t.Error("it is not encrypted")
			}
			one.Press("15#")
			a.until(t, "keys", func() bool { return a.keys == "15#" })
			if err := b.Press(t.Context(), "*90", 100*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if got := two.AwaitKeys(3); got != "*90" {
				t.Errorf("it heard the keys %q", got)
			}
			if n := a.Counts(); n.In.Packets == 0 || n.Out.Packets == 0 || n.Foreign > 0 && !c.apart {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

// lossy is a network that loses every twentieth packet, on an average: what comes at its port goes to a leg, and what that sends to who is there.
func lossy(t *testing.T, to netip.AddrPort) (port int) {
	t.Helper()
	f := newFar(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		chance := rand.New(rand.NewPCG(1, 2))
		buf := make([]byte, 2048)
		leg := net.UDPAddrFromAddrPort(to)
		var phone net.Addr
		for {
			n, from, err := f.ReadFrom(buf)
			switch {
			case err != nil:
				return
			case chance.IntN(20) == 0:
			case from.String() != leg.String():
				phone = from
				f.WriteTo(buf[:n], leg)
			case phone != nil: // the leg answers where it hears somebody
				f.WriteTo(buf[:n], phone)
			}
		}
	}()
	t.Cleanup(func() { f.Close(); <-done })
	return f.port
}

// TestLoss: with 5 % of packets lost, what a telephone says is still heard in nearly all of the time.
func TestLoss(t *testing.T) {
	p, h := pool(t), newHub(t)
	phone := func(hz float64) *siptest.Baresip {
		return siptest.StartBaresip(t, siptest.PhoneOptions{
			Account: siptest.Account{User: "phone", Domain: "127.0.0.1"}, Idle: true, Voice: siptest.Voice{Hz: hz},
		})
	}
	one, two := phone(440), phone(1000)
	a, b := newEnd(t, p), newEnd(t, p)
	dial(t, a, one.Address, func(offer string) string {
		s, err := sdp.Read([]byte(offer))
		if err != nil {
			t.Fatal(err)
		}
		at := s.Lines[0].RTP
		return strings.Replace(offer, fmt.Sprintf("m=audio %d ", at.Port()), fmt.Sprintf("m=audio %d ", lossy(t, at)), 1)
	})
	dial(t, b, two.Address)
	bridge(t, h, a, b)
	ctx, cancel := context.WithTimeout(t.Context(), enginetest.Patience)
	defer cancel()
	const length = 8 * time.Second
	for two.Heard().Length() < length {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("only %s were heard", two.Heard().Length())
		}
	}
	if share := two.Heard().Last(length - 2*time.Second).Share(440); share < 0.95 {
		t.Errorf("the tone is in %.0f %% of it, which is %v; said: %.0f %%", 100*share, two.Heard().Tone(), 100*one.Uttered().Share(440))
	}
	if n := a.Counts().In; n.Lost == 0 {
		t.Error("nothing was lost")
	} else {
		t.Logf("%d of %d packets were lost", n.Lost, n.Packets+n.Lost)
	}
}

// TestFilms: pictures go through two legs, and key pictures are asked for.
func TestFilms(t *testing.T) {
	for codec, want := range map[string]media.Codec{"H264": media.H264, "VP8": media.VP8, "H265": media.H265} {
		t.Run(codec, func(t *testing.T) {
			p, h := pool(t), newHub(t)
			phone := func(left, right string) *siptest.Baresip {
				return siptest.StartBaresip(t, siptest.PhoneOptions{
					Account: siptest.Account{User: "phone", Domain: "127.0.0.1"}, Idle: true,
					Film: siptest.Film{Codec: codec, Left: left, Right: right},
				})
			}
			one, two := phone("red", "blue"), phone("white", "black")
			change := func(o *leg.Options) { o.Video = true }
			a, b := newEnd(t, p, change), newEnd(t, p, change)
			asked := &asks{}
			a.Control(asked)
			b.Control(asked)
			dial(t, a, one.Address)
			dial(t, b, two.Address)
			if got := a.Codecs(); len(got) != 2 || got[1] != want {
				t.Fatalf("agreed on %v", got)
			}
			bridge(t, h, a, b)
			siptest.AwaitFields(t, one, "white", "black")
			siptest.AwaitFields(t, two, "red", "blue")
			t.Logf("%+v, asked %d times by signalling", a.Counts(), asked.pictures.Load())
		})
	}
}

// asks counts what elements ask of a call.
type asks struct{ pictures atomic.Int64 }

func (*asks) Press(context.Context, string, calls.Keys) error { return nil }
func (*asks) Hold(context.Context, bool) error                { return nil }
func (*asks) Transfer(context.Context, string) error          { return nil }
func (a *asks) Picture()                                      { a.pictures.Add(1) }
