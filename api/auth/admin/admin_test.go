package admin

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/api/auth"
	"sluice/engine/fault"
)

func entry(t *testing.T, c auth.Config) *Entry {
	t.Helper()
	s, err := auth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return New(s, "rest")
}

func admit(e *Entry, method, remote, host, headers string) (string, error) {
	r := httptest.NewRequest(method, "/v1/pipelines", nil)
	r.RemoteAddr, r.Host = remote, host
	for line := range strings.SplitSeq(headers, ";") {
		if name, v, ok := strings.Cut(line, ":"); ok {
			r.Header.Set(strings.TrimSpace(name), strings.TrimSpace(v))
		}
	}
	return e.Admit(r)
}

// TestWithoutCredentials: as long as nobody has any, only who sits at the machine gets in.
func TestWithoutCredentials(t *testing.T) {
	e := entry(t, auth.Config{})
	const here = "127.0.0.1:5000"
	for _, row := range []struct {
		name, method, remote, host, headers string
		in                                  bool
	}{
		{"curl", "POST", here, "localhost:8081", "", true},
		{"IPv6", "POST", "[::1]:5000", "[::1]:8081", "", true},
		{"IPv6 without a port", "GET", "[::1]:5000", "[::1]", "", true},
		{"an address", "GET", here, "127.0.0.1", "", true},
		{"mapped", "GET", "[::ffff:127.0.0.1]:1", "127.0.0.1:8081", "", true},
		{"a page of the server itself", "POST", here, "localhost:8081", "Origin: http://localhost:8081; Sec-Fetch-Site: same-origin", true},
		{"typed into a browser", "GET", here, "localhost:8081", "Sec-Fetch-Site: none", true},
		{"a token though there is none to show", "GET", here, "localhost:8081", "Authorization: Bearer x", false},
		{"another machine", "GET", "192.0.2.1:5000", "localhost:8081", "", false},
		{"another machine on the network", "GET", "10.0.0.2:5000", "10.0.0.1:8081", "", false},
		{"a name of somebody else", "GET", here, "evil.example:8081", "", false},
		{"a name that begins well", "GET", here, "localhost.evil.example:8081", "", false},
		{"through a proxy", "GET", here, "localhost:8081", "X-Forwarded-For: 192.0.2.1", false},
		{"through another proxy", "GET", here, "localhost:8081", "Via: 1.1 a", false},
		{"an image of another site", "GET", here, "localhost:8081", "Sec-Fetch-Site: cross-site", false},
		{"a page of another site", "POST", here, "localhost:8081", "Origin: http://evil.example", false},
		{"a page of another port", "GET", here, "localhost:8081", "Origin: http://localhost:3000", false},
		{"a page in a frame", "GET", here, "localhost:8081", "Origin: null", false},
	} {
		user, err := admit(e, row.method, row.remote, row.host, row.headers)
		if row.in != (err == nil) || user != "" || err != nil && !errors.Is(err, fault.Forbidden) {
			t.Errorf("%s: %q %v", row.name, user, err)
		}
	}
}

// TestWithCredentials: once there are some, they are needed everywhere.
func TestWithCredentials(t *testing.T) {
	e := entry(t, auth.Config{Tokens: []auth.TokenConfig{
		{Name: "ops", Token: "open sesame", Admin: true}, {Name: "viewer", Token: "view", Play: []string{"**"}},
	}})
	for _, row := range []struct {
		name, method, remote, headers string
		user                          string
		err                           error
	}{
		{"nothing", "GET", "127.0.0.1:1", "", "", fault.Unauthorized},
		{"the token", "POST", "127.0.0.1:1", "Authorization: Bearer open sesame", "ops", nil},
		{"from afar", "POST", "192.0.2.1:1", "Authorization: Bearer open sesame", "ops", nil},
		{"a wrong one", "GET", "127.0.0.1:1", "Authorization: Bearer guess", "", fault.Unauthorized},
		{"one for something else", "GET", "127.0.0.1:1", "Authorization: Bearer view", "", fault.Forbidden},
		{"from a page of another site", "POST", "192.0.2.1:1", "Authorization: Bearer open sesame; Origin: http://evil.example", "", fault.Forbidden},
	} {
		user, err := admit(e, row.method, row.remote, "media.example.org:8081", row.headers)
		if user != row.user || !errors.Is(err, row.err) {
			t.Errorf("%s: %q %v", row.name, user, err)
		}
	}
}
