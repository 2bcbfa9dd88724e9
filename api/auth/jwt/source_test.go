package jwt

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"sluice/api/auth"
)

func TestSource(t *testing.T) {
	p := makePairs(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		t.Error("a redirect was followed")
		_, _ = w.Write(written(t, p.public()))
	}))
	defer elsewhere.Close()
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good":
			_, _ = w.Write(written(t, p.public()))
		case "/redirect":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/large":
			_, _ = w.Write([]byte(`{"keys":[` + strings.Repeat(" ", maxSet) + `]}`))
		case "/hangs":
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	defer close(hang)
	path := t.TempDir() + "/keys.json"
	if err := os.WriteFile(path, written(t, p.public()), 0o600); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		server.URL + "/good": "", path: "", path + "x": "no such file", server.URL + "/none": "404", server.URL + "/redirect?a=s3cret": "302",
		server.URL + "/large": "longer", server.URL + "/hangs?a=s3cret": "", "http://127.0.0.1:1/x?a=s3cret": "refused",
	} {
		timeout := 30 * time.Second
		if strings.Contains(from, "hangs") {
			timeout = 50 * time.Millisecond
		}
		s := newSource(from, timeout)
		text, err := s.read(t.Context())
		s.close()
		if good := strings.HasSuffix(from, "/good") || from == path; good != (err == nil) || good != (string(text) == string(written(t, p.public()))) {
			t.Errorf("%s: %v", from, err)
		}
		if err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret")) || strings.Contains(s.name(), "s3cret") {
			t.Errorf("%s: %v", from, err)
		}
	}
	// All of it together.
	keys := NewKeys(server.URL+"/good", 0, 0, quiet())
	defer keys.Close()
	j, err := New(auth.JWTConfig{JWKS: server.URL + "/good"}, keys)
	if err != nil {
		t.Fatal(err)
	}
	if v := j.Judge(t.Context(), publish(sign(t, "EdDSA", "d", p.ed, claims()))); v.Outcome != auth.Allow {
		t.Errorf("got %+v", v)
	}
}

func TestReadKeys(t *testing.T) {
	p := makePairs(t)
	good := strings.TrimSuffix(strings.TrimPrefix(string(written(t, map[string]any{"e": &p.ec.PublicKey})), `{"keys":[`), "]}")
	for _, c := range []struct {
		text string
		n    int
	}{
		{`{"keys":[` + good + `]}`, 1},
		{`{"keys":[` + good + `,{"kty":"new","x":1},{"kty":"oct","kid":"o","k":"AAAA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}, 7]}`, 1},
		{`{"keys":[` + strings.Replace(good, `{`, `{"use":"enc",`, 1) + `]}`, 0},
		{`{"keys":[` + strings.Replace(good, `{`, `{"key_ops":["sign"],`, 1) + `]}`, 0},
		{`{"keys":[` + strings.Replace(good, `{`, `{"use":"sig","key_ops":["verify"],`, 1) + `]}`, 1},
		{`{"keys":[` + strings.Repeat(good+",", 2*maxKeys) + good + `]}`, maxKeys},
		{`{"keys":[]}`, 0}, {`{}`, 0}, {`[]`, 0}, {``, 0}, {`{"keys":7}`, 0},
	} {
		got, err := readKeys(t.Context(), []byte(c.text))
		if len(got) != c.n || (err == nil) != (c.n > 0) {
			t.Errorf("%.80s: %d, %v", c.text, len(got), err)
		}
	}
	// A key that says its algorithm is for no other.
	list, err := readKeys(t.Context(), []byte(`{"keys":[`+strings.Replace(good, `{`, `{"alg":"ES256",`, 1)+`]}`))
	if err != nil || len(list.find("e", "ES256")) != 1 || len(list.find("e", "RS256")) != 0 || len(list.find("x", "ES256")) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func FuzzReadKeys(f *testing.F) {
	f.Add(written(f, makePairs(f).public()))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB","x5c":["AA"],"x5u":"https://example.org"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := readKeys(t.Context(), text)
		if (err == nil) != (len(got) > 0) || len(got) > maxKeys {
			t.Errorf("%d, %v", len(got), err)
		}
	})
}
