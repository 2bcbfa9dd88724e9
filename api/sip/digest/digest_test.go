package digest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/digest"
)

// register is a request without credentials.
func register(cseq uint32) *sip.Request {
	r := sip.NewRequest(sip.REGISTER, sip.Uri{Scheme: "sip", Host: "example.org"})
	r.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: sip.REGISTER})
	return r
}

// refusal is an answer with challenges.
func refusal(code int, challenges ...string) *sip.Response {
	res := sip.NewResponse(code, "")
	for _, c := range challenges {
		name := "WWW-Authenticate"
		if code == 407 {
			name = "Proxy-Authenticate"
		}
		res.AppendHeader(sip.NewHeader(name, c))
	}
	return res
}

// sent are the credentials of a request.
func sent(r *sip.Request) string {
	var all []string
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for _, h := range r.GetHeaders(name) {
			all = append(all, name+": "+h.Value())
		}
	}
	return strings.Join(all, "\n")
}

func TestChoice(t *testing.T) {
	for name, c := range map[string]struct {
		challenges []string
		want       []string
		not        []string
	}{
		"md5 in lower case": {[]string{`Digest realm="r",nonce="n",algorithm=md5`}, []string{"algorithm=md5"}, []string{"qop", "cnonce"}},
		"no algorithm":      {[]string{`digest realm="r", nonce="n"`}, []string{`response="`}, []string{"algorithm", "qop"}},
		"the better of two": {[]string{`Digest realm="r", nonce="n1", algorithm=MD5`, `Digest realm="r", nonce="n2", algorithm=SHA-256, qop="auth"`},
			[]string{`nonce="n2"`, "qop=auth", "nc=00000001"}, []string{"n1"}},
		"unknown beside known": {[]string{`Digest realm="r", nonce="n1", algorithm=SHA-1`, `Basic realm="r"`, `Digest realm="r", nonce="n2"`},
			[]string{`nonce="n2"`}, []string{"n1"}},
		"auth behind auth-int": {[]string{`Digest realm="r", nonce="n", qop="auth-int, auth"`}, []string{"qop=auth,", "nc=00000001"}, []string{"auth-int"}},
		"session":              {[]string{`Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth"`}, []string{"algorithm=MD5-sess", "cnonce"}, nil},
		"opaque, and escapes":  {[]string{`Digest realm="a \"r\"", nonce="n" , opaque=""`}, []string{`opaque=""`, `realm="a \"r\""`}, nil},
		"two realms":           {[]string{`Digest realm="r", nonce="n1"`, `Digest realm="s", nonce="n2"`}, []string{"n1", "n2"}, nil},
	} {
		next := register(2)
		if err := digest.NewClient(digest.Credentials{User: "u", Password: "p"}).Answer(next, register(1), refusal(401, c.challenges...), 1); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := sent(next)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q lacks %q", name, got, w)
			}
		}
		for _, w := range c.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: %q has %q", name, got, w)
			}
		}
	}
}

func TestNothingToAnswer(t *testing.T) {
	for _, challenge := range []string{
		"", "Basic realm=\"r\"", `Digest realm="r"`, `Digest realm="r", nonce="n", algorithm=SHA-1`, `Digest realm="r", nonce="n", qop="auth-int"`,
		`Digest realm="r`, `Digest realm`,
	} {
		next := register(2)
		if err := digest.NewClient(digest.Credentials{User: "u"}).Answer(next, register(1), refusal(401, challenge), 1); err == nil {
			t.Errorf("%q: %s", challenge, sent(next))
		}
	}
}

func TestCounting(t *testing.T) {
	c := digest.NewClient(digest.Credentials{User: "u", Password: "p"})
	first := register(2)
	challenge := `Digest realm="r", nonce="n", qop="auth"`
	if err := c.Answer(first, register(1), refusal(401, challenge), 1); err != nil {
		t.Fatal(err)
	}
	later := register(3)
	c.Prepare(later)
	if got := sent(later); !strings.Contains(got, "nc=00000002") {
		t.Error(got)
	}
	other := sip.NewRequest(sip.BYE, sip.Uri{Scheme: "sip", Host: "elsewhere.example"})
	if c.Prepare(other); sent(other) != "" {
		t.Errorf("credentials for somebody else: %s", sent(other))
	}
	// Another nonce is worth another try, once, be it stale or not; the same one says that the password is wrong.
	again := later.Clone()
	if err := c.Answer(again, later, refusal(401, `Digest realm="r", nonce="m", qop="auth"`), 1); err != nil {
		t.Error(err)
	}
	if got := sent(again); !strings.Contains(got, `nonce="m"`) || !strings.Contains(got, "nc=00000001") || strings.Count(got, "Digest") != 1 {
		t.Error(got)
	}
	if err := c.Answer(again.Clone(), again, refusal(401, `Digest realm="r", nonce="m", qop="auth"`), 2); err == nil {
		t.Error("a wrong password was tried again")
	}
	if err := c.Answer(again.Clone(), again, refusal(401, `Digest realm="r", nonce="o", qop="auth"`), 3); err == nil {
		t.Error("a third try")
	}
}

func TestProxyThenRegistrar(t *testing.T) {
	c := digest.NewClient(digest.Credentials{User: "u", Password: "p"})
	second := register(2)
	if err := c.Answer(second, register(1), refusal(407, `Digest realm="proxy", nonce="n", qop="auth"`), 1); err != nil {
		t.Fatal(err)
	}
	third := second.Clone()
	if err := c.Answer(third, second, refusal(401, `Digest realm="r", nonce="m", qop="auth"`), 2); err != nil {
		t.Fatal(err)
	}
	got := sent(third)
	if !strings.Contains(got, `Proxy-Authorization: Digest username="u", realm="proxy"`) || !strings.Contains(got, "nc=00000002") ||
		!strings.Contains(got, `Authorization: Digest username="u", realm="r"`) {
		t.Error(got)
	}
}

// asks is a request to somebody: within a call if tag is set.
func asks(method sip.RequestMethod, host, route, tag string) *sip.Request {
	r := sip.NewRequest(method, sip.Uri{Scheme: "sip", User: "b", Host: host})
	to := &sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: "b", Host: "example.org"}}
	if tag != "" {
		to.Params = sip.HeaderParams{{K: "tag", V: tag}}
	}
	r.AppendHeader(to)
	if route != "" {
		r.AppendHeader(&sip.RouteHeader{Address: sip.Uri{Scheme: "sip", Host: route}})
	}
	return r
}

// TestWhoMayAsk: the password is proved to the account's registrar and proxies alone, in their realms, wherever else a request goes.
func TestWhoMayAsk(t *testing.T) {
	const registered = "registrar's"
	for name, tc := range map[string]struct {
		method           sip.RequestMethod
		host, route, tag string
		realm            string
		unregistered     bool
		answered         bool
	}{
		"call":                               {sip.INVITE, "example.org", "", "", registered, false, true},
		"call, in a realm named as the host": {sip.INVITE, "example.org", "", "", "Example.org", false, true},
		"callee behind the registrar":        {sip.INVITE, "example.org", "", "", "mine", false, false},
		"call without registration":          {sip.INVITE, "example.org", "", "", "any", true, true},
		"call to another host":               {sip.INVITE, "evil.example", "", "", registered, false, false},
		"call to another, unregistered":      {sip.INVITE, "evil.example", "", "", "any", true, false},
		"through the account's proxy":        {sip.INVITE, "evil.example", "proxy.example.org", "", registered, false, true},
		"goodbye to the far end":             {sip.BYE, "192.0.2.66", "", "t", registered, false, false},
		"goodbye through the registrar":      {sip.BYE, "192.0.2.66", "192.0.2.1", "t", registered, false, true},
		"the same, in another realm":         {sip.BYE, "192.0.2.66", "192.0.2.1", "t", "mine", false, false},
		"goodbye through somebody else":      {sip.BYE, "192.0.2.1", "192.0.2.66", "t", registered, false, false},
		"goodbye, before anybody has asked":  {sip.BYE, "example.org", "", "t", "any", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := digest.NewClient(digest.Credentials{User: "u", Password: "p", Hosts: []string{"example.org", "", "Proxy.example.org"}})
			if !tc.unregistered {
				res := refusal(401, `Digest realm="registrar's", nonce="n"`)
				res.SetSource("192.0.2.1:5060")
				if err := c.Answer(register(2), asks(sip.REGISTER, "example.org", "", ""), res, 1); err != nil {
					t.Fatal(err)
				}
			}
			first := asks(tc.method, tc.host, tc.route, tc.tag)
			next := first.Clone()
			err := c.Answer(next, first, refusal(407, `Digest realm="`+tc.realm+`", nonce="m"`), 1)
			if (err == nil) != tc.answered || (sent(next) != "") != tc.answered {
				t.Errorf("%v, and it sends %q", err, sent(next))
			}
		})
	}
}

// TestNothingIsPreparedForOthers: what the registrar has asked for goes to nobody else who calls himself so.
func TestNothingIsPreparedForOthers(t *testing.T) {
	c := digest.NewClient(digest.Credentials{User: "u", Password: "p", Hosts: []string{"example.org"}})
	if err := c.Answer(register(2), register(1), refusal(401, `Digest realm="r", nonce="n"`), 1); err != nil {
		t.Fatal(err)
	}
	for route, prepared := range map[string]bool{"": true, "example.org": true, "192.0.2.66": false} {
		r := asks(sip.BYE, "example.org", route, "t")
		if c.Prepare(r); (sent(r) != "") != prepared {
			t.Errorf("by way of %q it has %q", route, sent(r))
		}
	}
}

// The two halves, which share no more than the text.
func TestServer(t *testing.T) {
	now := time.Unix(1000, 0)
	s := digest.NewServer(digest.ServerOptions{
		Realm: `a "realm"`, Algorithms: []string{"SHA-256", "MD5"}, Clock: func() time.Time { return now }, Life: time.Minute,
		Password: func(user string) (string, bool) { return "secret", user == `the "user"` },
	})
	_, challenges, err := s.Check(register(1))
	if err == nil || len(challenges) != 2 {
		t.Fatal(challenges, err)
	}
	answer := func(user, password string, challenges []sip.Header) *sip.Request {
		t.Helper()
		next := register(2)
		res := sip.NewResponse(401, "")
		for _, h := range challenges {
			res.AppendHeader(h)
		}
		if err := digest.NewClient(digest.Credentials{User: user, Password: password}).Answer(next, register(1), res, 1); err != nil {
			t.Fatal(err)
		}
		return next
	}
	for _, half := range [][]sip.Header{challenges[:1], challenges[1:]} { // SHA-256, MD5
		right := answer(`the "user"`, "secret", half)
		if user, _, err := s.Check(right); err != nil || user != `the "user"` {
			t.Error(user, err)
		}
		if _, c, err := s.Check(right); err == nil || errors.Is(err, digest.ErrGuess) || !strings.Contains(c[0].Value(), "stale=true") {
			t.Error("what was overheard is taken", err)
		}
	}
	if _, c, err := s.Check(answer(`the "user"`, "wrong", challenges)); !errors.Is(err, digest.ErrGuess) || strings.Contains(c[0].Value(), "stale") {
		t.Error(err)
	}
	if _, _, err := s.Check(answer("nobody", "secret", challenges)); !errors.Is(err, digest.ErrGuess) {
		t.Error("nobody is known", err)
	}
	elsewhere := answer(`the "user"`, "wrong", challenges)
	elsewhere.SetSource("192.0.2.7:5060")
	if _, c, err := s.Check(elsewhere); errors.Is(err, digest.ErrGuess) || !strings.Contains(c[0].Value(), "stale=true") {
		t.Error("who got no challenge there guesses in the name of an address", err)
	}
	other := answer(`the "user"`, "secret", challenges)
	other.Recipient.User = "0900"
	if _, _, err := s.Check(other); err == nil {
		t.Error("the credentials of another request were taken")
	}
	method := answer(`the "user"`, "secret", challenges)
	method.Method = sip.INVITE
	if _, _, err := s.Check(method); err == nil {
		t.Error("the credentials of another method were taken")
	}
	_, fresh, _ := s.Check(register(1))
	late := answer(`the "user"`, "secret", fresh)
	now = now.Add(2 * time.Minute)
	if _, c, err := s.Check(late); err == nil || !strings.Contains(c[0].Value(), "stale=true") {
		t.Error("an old nonce was taken", err)
	}
	forged := answer(`the "user"`, "secret", []sip.Header{sip.NewHeader("WWW-Authenticate", `Digest realm="a \"realm\"", nonce="AAAA", qop="auth"`)})
	if _, c, err := s.Check(forged); err == nil || !strings.Contains(c[0].Value(), "stale=true") {
		t.Error("a nonce of somebody else was taken", err)
	}
}

func FuzzCheck(f *testing.F) {
	s := digest.NewServer(digest.ServerOptions{Realm: "r", Password: func(string) (string, bool) { return "p", true }})
	f.Add(`Digest username="u", realm="r", nonce="n", uri="sip:example.org", response="x", algorithm=MD5, cnonce="c", qop=auth, nc=00000001`)
	f.Add(`Digest realm="r\"`)
	f.Fuzz(func(t *testing.T, value string) {
		r := register(1)
		r.AppendHeader(sip.NewHeader("Authorization", value))
		if user, _, err := s.Check(r); err == nil {
			t.Fatalf("%q is %q", value, user)
		}
		res := refusal(401, value)
		_ = digest.NewClient(digest.Credentials{User: "u"}).Answer(register(2), r, res, 1)
	})
}

func BenchmarkAnswer(b *testing.B) {
	c := digest.NewClient(digest.Credentials{User: "u", Password: "p"})
	for i := range b.N {
		res := refusal(401, fmt.Sprintf(`Digest realm="r", nonce="%d", qop="auth", algorithm=SHA-256`, i))
		if err := c.Answer(register(2), register(1), res, 1); err != nil {
			b.Fatal(err)
		}
	}
}
