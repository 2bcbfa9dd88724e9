package digest

import "testing"

// The examples of RFC 7616 3.9.1, of RFC 2617 3.5, and of its corrections.
func TestProof(t *testing.T) {
	mufasa := proof{
		user: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life", method: "GET", uri: "/dir/index.html",
		nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop: "auth", count: 1,
	}
	old := proof{
		user: "Mufasa", realm: "testrealm@host.com", password: "Circle Of Life", method: "GET", uri: "/dir/index.html",
		nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", cnonce: "0a4f113b", qop: "auth", count: 1,
	}
	bare := old
	bare.qop = ""
	for _, c := range []struct {
		proof     proof
		algorithm string
		want      string
	}{
		{mufasa, "MD5", "8ca523f5e9506fed4657c9700eebdbec"},
		{mufasa, "SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
		{mufasa, "MD5-sess", "e783283f46242139c486a698fec7211d"}, // no RFC has these two: computed with Python's hashlib
		{mufasa, "SHA-256-sess", "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"},
		{old, "", "6629fae49393a05397450978507c4ef1"},
		{bare, "md5", "670fd8c2df070c60b045671b8b24ff02"},
		{old, "SHA-1", ""},
	} {
		c.proof.algorithm = c.algorithm
		if got := c.proof.response(); got != c.want {
			t.Errorf("%s: %s, want %s", c.algorithm, got, c.want)
		}
	}
}
