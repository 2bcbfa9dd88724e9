package auth

import (
	"net/netip"
	"strings"
	"sync"
	"testing"

	"sluice/engine/fault"
)

func made(t *testing.T, c Config) *Static {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// office is a configuration with somebody of every sort.
func office() Config {
	return Config{
		Users: []UserConfig{
			{Name: "bob", Password: cheap, Publish: []string{"bob/**"}, Play: []string{"**"}},
			{Name: "root", Password: cheap, Admin: true},
		},
		Tokens: []TokenConfig{
			{Name: "encoder", Token: "t0ken", Publish: []string{"live/*"}},
			{Name: "console", Token: "adm1n", Admin: true, Play: []string{"**"}},
			{Name: "prometheus", Token: "m3trics", Metrics: true},
		},
		Anonymous: &AnonymousConfig{Play: []string{"public/*"}},
	}
}

func TestAuthorise(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		ask    Request
		user   string
		code   fault.Code
	}{
		{"open: publish", Config{}, Request{Action: Publish, Stream: "cam"}, "", ""},
		{"open: play", Config{}, Request{Action: Play, Stream: "live/cam"}, "", ""},
		{"open: whoever says who he is is not known", Config{}, Request{Action: Play, Stream: "cam", User: "bob", Password: "x"}, "", ""},
		{"open: enter", Config{}, Request{Action: Enter}, "", ""},
		{"whom anything is granted may enter", office(), Request{Action: Enter, Token: "t0ken"}, "encoder", ""},
		{"an administrator may enter", office(), Request{Action: Enter, Token: "adm1n"}, "console", ""},
		{"anybody may enter who may play something", office(), Request{Action: Enter}, "", ""},
		{"a wrong token does not enter", office(), Request{Action: Enter, Token: "wrong"}, "", fault.Unauthorized},
		{
			"nobody enters to whom nothing is granted", Config{Tokens: []TokenConfig{{Name: "x", Token: "x"}}},
			Request{Action: Enter, Token: "x"}, "", fault.Forbidden,
		},
		{
			"anybody does not enter where nothing is for anybody", Config{Tokens: []TokenConfig{{Name: "x", Token: "x"}}},
			Request{Action: Enter}, "", fault.Unauthorized,
		},
		{"open: admin is closed", Config{}, Request{Action: Admin}, "", fault.Forbidden},
		{"open: admin is closed to tokens", Config{}, Request{Action: Admin, Token: "x"}, "", fault.Forbidden},
		{"nobody has keys and nobody may", Config{Anonymous: &AnonymousConfig{}}, Request{Action: Play, Stream: "a"}, "", fault.Forbidden},

		{"anybody: granted", office(), Request{Action: Play, Stream: "public/a"}, "", ""},
		{"anybody: not granted", office(), Request{Action: Play, Stream: "cam"}, "", fault.Unauthorized},
		{"anybody: publish", office(), Request{Action: Publish, Stream: "public/a"}, "", fault.Unauthorized},
		{"anybody: admin", office(), Request{Action: Admin}, "", fault.Unauthorized},

		{"user: publishes", office(), Request{Action: Publish, Stream: "bob/cam", User: "bob", Password: "password"}, "bob", ""},
		{"user: plays", office(), Request{Action: Play, Stream: "any/thing", User: "bob", Password: "password"}, "bob", ""},
		{"user: not his", office(), Request{Action: Publish, Stream: "eve/cam", User: "bob", Password: "password"}, "", fault.Forbidden},
		{"user: no admin", office(), Request{Action: Admin, User: "bob", Password: "password"}, "", fault.Forbidden},
		{"user: admin", office(), Request{Action: Admin, User: "root", Password: "password"}, "root", ""},
		{"user: what everybody may", office(), Request{Action: Play, Stream: "public/a", User: "root", Password: "password"}, "root", ""},
		{"user: wrong password", office(), Request{Action: Play, Stream: "a", User: "bob", Password: "Password"}, "", fault.Unauthorized},
		{"user: no password", office(), Request{Action: Play, Stream: "a", User: "bob"}, "", fault.Unauthorized},
		{"user: a password alone", office(), Request{Action: Play, Stream: "a", Password: "password"}, "", fault.Unauthorized},
		{"user: nobody of that name", office(), Request{Action: Play, Stream: "a", User: "eve", Password: "password"}, "", fault.Unauthorized},
		{"user: wrong for what everybody may", office(), Request{Action: Play, Stream: "public/a", User: "bob", Password: "x"}, "", fault.Unauthorized},

		{"token: publishes", office(), Request{Action: Publish, Stream: "live/a", Token: "t0ken"}, "encoder", ""},
		{"token: elsewhere", office(), Request{Action: Publish, Stream: "live/a/b", Token: "t0ken"}, "", fault.Forbidden},
		{"token: another action", office(), Request{Action: Play, Stream: "live/a", Token: "t0ken"}, "", fault.Forbidden},
		{"token: admin", office(), Request{Action: Admin, Token: "adm1n"}, "console", ""},
		{"open: metrics are closed", Config{}, Request{Action: Metrics}, "", fault.Forbidden},
		{"anybody: metrics", office(), Request{Action: Metrics}, "", fault.Unauthorized},
		{"token: metrics", office(), Request{Action: Metrics, Token: "m3trics"}, "prometheus", ""},
		{"token: metrics are not the server", office(), Request{Action: Admin, Token: "m3trics"}, "", fault.Forbidden},
		{"token: metrics of an administrator", office(), Request{Action: Metrics, Token: "adm1n"}, "console", ""},
		{"user: no metrics", office(), Request{Action: Metrics, User: "bob", Password: "password"}, "", fault.Forbidden},
		{"token: wrong", office(), Request{Action: Publish, Stream: "live/a", Token: "t0kem"}, "", fault.Unauthorized},
		{"token: a password is none", office(), Request{Action: Publish, Stream: "live/a", Token: "password"}, "", fault.Unauthorized},
		{"no such action", office(), Request{Action: "", Token: "adm1n"}, "", fault.Forbidden},
		{"only tokens: no such user", Config{Tokens: office().Tokens}, Request{Action: Play, User: "bob", Password: "password"}, "", fault.Unauthorized},
		{"only tokens: nobody else", Config{Tokens: office().Tokens}, Request{Action: Play, Stream: "a"}, "", fault.Unauthorized},
	} {
		user, err := made(t, c.config).Authorise(t.Context(), c.ask)
		if user != c.user || fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %q, %v, want %q, %s", c.name, user, err, c.user, c.code)
		}
		if err != nil && (strings.Contains(err.Error(), "t0k") || strings.Contains(err.Error(), "\"password")) {
			t.Errorf("%s: the error tells a secret: %v", c.name, err)
		}
	}
}

// That a user is not there must not be told by another text, nor be answered without the work of a hash.
func TestStrangersAreToldTheSame(t *testing.T) {
	s := made(t, office())
	_, known := s.Authorise(t.Context(), Request{Action: Play, User: "bob", Password: "x"})
	_, unknown := s.Authorise(t.Context(), Request{Action: Play, User: "eve", Password: "x"})
	if known.Error() != unknown.Error() {
		t.Errorf("got %q and %q", known, unknown)
	}
}

// Whether a name is a user's does not follow from how long it takes: whoever guesses has a hash made, of a user's parameters, once for
// each guess. That holds when another judge is asked about names that are not known, too.
func TestStrangersTakeAsLong(t *testing.T) {
	r := made(t, office()).rules.Load()
	again := r.stranger("eve")
	if again == nil || r.stranger("eve").hash.memory != again.hash.memory || r.stranger("eve").hash.time != again.hash.time {
		t.Error("a name takes another time each time")
	}
	for _, last := range []bool{true, false} {
		for _, c := range []struct {
			user string
			want Outcome
		}{{"bob", Wrong}, {"eve", Pass}} {
			s := made(t, office())
			r := s.rules.Load()
			ask := Request{Action: Play, User: c.user, Password: "x"}
			for turn := range 2 {
				if r.vain.has(r.attempt(c.user, "x")) != (turn > 0) {
					t.Errorf("%s, last %v, turn %d: whether a hash was made", c.user, last, turn)
				}
				if v := s.judge(t.Context(), r, ask, last); v.Outcome != c.want {
					t.Errorf("%s, last %v, turn %d: %v", c.user, last, turn, v.Outcome)
				}
			}
		}
	}
	if none := made(t, Config{Tokens: office().Tokens}).rules.Load().stranger("eve"); none != nil {
		t.Error("a stranger where there are no users")
	}
	var v vain
	for i := range mostVain + 1 {
		v.add(r.attempt("eve", strings.Repeat("x", i%7)+string(rune('a'+i))))
	}
	if len(v.all) > mostVain {
		t.Errorf("%d guesses are remembered", len(v.all))
	}
}

// A password that fitted is known by a keyed sum from then on; one that did not is not.
func TestPasswordIsHashedOnce(t *testing.T) {
	s := made(t, office())
	ask := Request{Action: Play, Stream: "a", User: "bob", Password: "password"}
	u := s.rules.Load().users["bob"]
	for _, c := range []struct {
		password string
		known    bool
	}{{"wrong", false}, {"password", true}, {"wrong", true}, {"password", true}} {
		ask.Password = c.password
		_, err := s.Authorise(t.Context(), ask)
		if (err == nil) != (c.password == "password") || (u.known.Load() != nil) != c.known {
			t.Errorf("%q: %v, known %v", c.password, err, u.known.Load() != nil)
		}
	}
	u.hash.sum = []byte("no password fits this, so that only what is known can be let in")
	if _, err := s.Authorise(t.Context(), ask); err != nil {
		t.Errorf("the password is hashed anew: %v", err)
	}
}

func TestBadConfig(t *testing.T) {
	user := UserConfig{Name: "bob", Password: cheap}
	tok := TokenConfig{Name: "t", Token: "x"}
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Users: []UserConfig{{Password: cheap}}}, "auth.users[0].name: "},
		{Config{Users: []UserConfig{user, user}}, "auth.users[1].name: "},
		{Config{Users: []UserConfig{{Name: "bob", Password: "plain"}}}, "auth.users[0].password: "},
		{Config{Users: []UserConfig{{Name: "bob", Password: cheap, Play: []string{"a", ""}}}}, "auth.users[0].play[1]: "},
		{Config{Tokens: []TokenConfig{tok, {Token: "x"}}}, "auth.tokens[1].name: "},
		{Config{Tokens: []TokenConfig{tok, tok}}, "auth.tokens[1].name: "},
		{Config{Tokens: []TokenConfig{{Name: "t"}}}, "auth.tokens[0].token: "},
		{Config{Tokens: []TokenConfig{{Name: "t", Token: "x", Publish: []string{"a**"}}}}, "auth.tokens[0].publish[0]: "},
		{Config{Anonymous: &AnonymousConfig{Play: []string{"a//b"}}}, "auth.anonymous.play[0]: "},
	} {
		_, err := New(c.config)
		if fault.CodeOf(err) != fault.InvalidParams || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestSet(t *testing.T) {
	s := made(t, Config{})
	ask := Request{Action: Publish, Stream: "cam"}
	if err := s.Set(Config{Tokens: []TokenConfig{{}}}); err == nil {
		t.Error("a bad configuration was taken")
	}
	if _, err := s.Authorise(t.Context(), ask); err != nil {
		t.Errorf("a bad configuration changed something: %v", err)
	}
	if err := s.Set(office()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authorise(t.Context(), ask); fault.CodeOf(err) != fault.Unauthorized {
		t.Errorf("got %v", err)
	}
}

// Everything at once, for the race detector.
func TestConcurrently(t *testing.T) {
	s := made(t, office())
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			at := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
			for range 5 {
				if _, err := s.Authorise(t.Context(), Request{Action: Play, Stream: "a", User: "bob", Password: "password", Remote: at}); err != nil {
					t.Error(err)
				}
				if _, err := s.Authorise(t.Context(), Request{Action: Play, Stream: "a", Token: "x", Remote: at}); err == nil {
					t.Error("a wrong token was taken")
				}
			}
			if err := s.Set(office()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
