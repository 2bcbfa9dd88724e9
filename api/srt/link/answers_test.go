package link_test

import (
	"net"
	"testing"

	"sluice/api/srt/link"
	"sluice/api/srt/wire"
)

// TestAnswersAreNotAnswered has a listener hear what listeners say, and what nobody should: only a request is answered.
func TestAnswersAreNotAnswered(t *testing.T) {
	l := listen(t, link.Options{})
	udp, err := net.Dial("udp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	stop, _ := patient(t).Deadline()
	if err := udp.SetDeadline(stop); err != nil {
		t.Fatal(err)
	}
	const asked = 1000 // socket of the one request among what is said
	say := func(to uint32, s wire.Handshake) {
		h := wire.Header{Control: true, Type: wire.TypeHandshake, To: to}
		if _, err := udp.Write(s.Append(h.Append(nil), true)); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(want uint32) wire.Handshake {
		t.Helper()
		b := make([]byte, 1500)
		n, err := udp.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		h, body, _ := wire.Parse(b[:n])
		s, err := wire.ParseHandshake(body)
		if err != nil || h.To != want {
			t.Errorf("%+v was answered: %v", s, err)
		}
		return s
	}
	induction := wire.Handshake{Version: 4, Extension: 2, MTU: 1500, Window: 8192, Kind: wire.Induction, Socket: asked}
	say(0, induction)
	said := hear(asked)

	echo := said
	echo.Socket = 1 // as the other listener would say it
	say(asked, echo)
	say(0, echo)
	for n, change := range []func(to *uint32, s *wire.Handshake){
		func(to *uint32, _ *wire.Handshake) { *to = 5 },
		func(_ *uint32, s *wire.Handshake) { s.Version = 5 },
		func(_ *uint32, s *wire.Handshake) { s.Cookie = 1 },
		func(_ *uint32, s *wire.Handshake) { s.Socket = 0 },
		func(to *uint32, s *wire.Handshake) { // one that would be refused
			*to, s.Kind, s.Version, s.Cookie = 5, wire.Conclusion, 5, said.Cookie
		},
	} {
		to, s := uint32(0), induction
		s.Socket = uint32(10 + n)
		change(&to, &s)
		say(to, s)
	}
	induction.Socket++
	say(0, induction)
	hear(asked + 1) // the first since
}
