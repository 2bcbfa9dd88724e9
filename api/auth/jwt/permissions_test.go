package jwt

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/api/auth"
)

func TestPermissions(t *testing.T) {
	type may map[string]bool // by "action stream"
	for _, c := range []struct {
		own, theirs string
		may         may // nil: the claim is refused
	}{
		{``, ``, may{"play a": false, "enter": false, "admin": false}},
		{`null`, `null`, may{"play a": false}},
		{`{}`, ``, may{"play a": false, "enter": false}},
		{`{"publish":["live/*"],"play":["**"]}`, ``, may{"publish live/a": true, "publish a": false, "play a/b": true, "admin": false, "metrics": false, "enter": true}},
		{`{"admin":true}`, ``, may{"admin": true, "metrics": true, "publish a": false, "enter": true}},
		{`{"metrics":true}`, ``, may{"admin": false, "metrics": true, "enter": false}},
		{`"{\"play\":[\"a\"]}"`, ``, may{"play a": true, "play b": false}},
		{``, `[{"action":"publish","path":""}]`, may{"publish a": true, "play a": false, "enter": true, "admin": false}},
		{``, `[{"action":"read","path":"cam"}]`, may{"play cam": true, "play cam2": false, "play ": false, "publish cam": false}},
		{``, `[{"action":"read","path":"~^live/[0-9]+$"}]`, may{"play live/7": true, "play live/x": false}},
		{``, `"[{\"action\":\"read\",\"path\":\"a\"}]"`, may{"play a": true}},
		{``, `[{"action":"api"}]`, may{"admin": true, "metrics": true, "play a": false}},
		{``, `[{"action":"metrics"}]`, may{"admin": false, "metrics": true, "enter": false}},
		{``, `[{"action":"playback","path":""},{"action":"pprof"},{"action":"Publish","path":""},{}]`, may{"play a": false, "admin": false, "enter": false}},
		{`[{"action":"read","path":"a"}]`, ``, may{"play a": true}},
		{`{"play":["a"]}`, `[{"action":"read","path":"b"}]`, may{"play a": true, "play b": true, "play c": false}},

		{`{"Publish":["a"],"play":"a"}`, ``, nil},
		{`{"publsh":["a"]}`, ``, nil},
		{`{"admin":"true"}`, ``, nil},
		{`{"admin":1}`, ``, nil},
		{`{"play":["a//b"]}`, ``, nil},
		{`{"play":[` + strings.Repeat(`"a",`, maxPermissions) + `"a"]}`, ``, nil},
		{`true`, ``, nil}, {`7`, ``, nil}, {`"admin"`, ``, nil}, {`"\"admin\""`, ``, nil},
		{``, `[7]`, nil},
		{``, `[{"action":"read","path":"~("}]`, nil},
		{``, `[{"action":"read","path":"~` + strings.Repeat("a", maxRegexp+1) + `"}]`, nil},
		{``, `[{"action":"read","path":7}]`, nil},
		{``, `[` + strings.Repeat(`{"action":"read"},`, maxPermissions) + `{"action":"read"}]`, nil},
	} {
		read := func(text string) (v any) {
			if text != "" && json.Unmarshal([]byte(text), &v) != nil {
				t.Fatal(text)
			}
			return v
		}
		p, err := permissions(read(c.own), read(c.theirs))
		if (err == nil) != (c.may != nil) {
			t.Errorf("%.60s, %.60s: %v", c.own, c.theirs, err)
			continue
		}
		for what, want := range c.may {
			action, stream, _ := strings.Cut(what, " ")
			if p.allow(auth.Action(action), stream) != want {
				t.Errorf("%.60s, %.60s: %s is %v", c.own, c.theirs, what, !want)
			}
		}
	}
}

// FuzzPermissions: nothing but the words that stand in a claim makes anybody an administrator.
func FuzzPermissions(f *testing.F) {
	for _, s := range []string{`{"admin":true}`, `[{"action":"api"}]`, `"{}"`, `{"play":["**"]}`, `[{"action":"read","path":"~^a"}]`, `[[]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var claim any
		if json.Unmarshal([]byte(text), &claim) != nil {
			return
		}
		p, err := permissions(claim, nil)
		if err != nil && (p.allow(auth.Play, "a") || p.allow(auth.Enter, "")) {
			t.Errorf("%q permits something with %v", text, err)
		}
		plain := strings.ToLower(text)
		if p.allow(auth.Admin, "") && !strings.Contains(plain, "admin") && !strings.Contains(plain, "api") && !strings.Contains(plain, `\`) {
			t.Errorf("%q makes an administrator", text)
		}
	})
}

// FuzzToken: whatever is shown, nobody gets in by it whose token was not signed.
func FuzzToken(f *testing.F) {
	j := judge(f, auth.JWTConfig{Secret: text32, Endless: true}, nil)
	f.Add("a.b.c")
	f.Add(part(`{"alg":"none"}`) + "." + part(`{"sluice":{"admin":true}}`) + ".")
	f.Add(part(`{"alg":"HS256","kid":7}`) + "." + part(`{"exp":1e99,"sluice":{"play":["**"]}}`) + ".AAAA")
	f.Add(part(`{"alg":"RS256","jku":"https://example.org"}`) + "." + part(`{"aud":[[]]}`) + ".AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		for _, a := range []auth.Action{auth.Play, auth.Publish, auth.Enter, auth.Admin, auth.Metrics} {
			if v := j.Judge(t.Context(), auth.Request{Action: a, Stream: "a", Token: token}); v.Outcome == auth.Allow {
				t.Errorf("%q gets in", token)
			}
		}
	})
}
