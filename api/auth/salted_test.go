package auth

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"testing"

	"sluice/engine/fault"
)

// TestSalted logs in by what is kept in place of the password, which is made as the key's hint says.
func TestSalted(t *testing.T) {
	sum := md5.Sum([]byte("cam" + Realm + "secret"))
	adobe := base64.StdEncoding.EncodeToString(sum[:])
	s, err := New(Config{Users: []UserConfig{
		{Name: "cam", Password: Hash("secret"), Adobe: adobe, Publish: []string{"**"}},
		{Name: "eve", Password: Hash("x"), Publish: []string{"**"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Salted() || s.Digests() {
		t.Error("somebody can log in like that, and nobody by Digest")
	}
	for _, row := range []struct {
		user, fits string
		want       error
	}{
		{"cam", adobe, nil}, {"cam", "other", fault.Unauthorized}, {"eve", "", fault.Unauthorized}, {"nobody", "", fault.Unauthorized},
	} {
		_, err := s.Authorise(t.Context(), Request{Action: Publish, Stream: "x", User: row.user, Salted: known(row.fits)})
		if !errors.Is(err, row.want) {
			t.Errorf("%s: %v, not %v", row.user, err, row.want)
		}
	}
	if _, err := s.Authorise(t.Context(), Request{Action: Publish, User: "cam", Proof: known(adobe)}); !errors.Is(err, fault.Unauthorized) {
		t.Errorf("the one in place of the other: %v", err)
	}
	for _, bad := range []string{"x", adobe[:8], adobe + "AAAA", "0123456789abcdef0123456789abcdef"} {
		_, err := New(Config{Users: []UserConfig{{Name: "a", Password: Hash("x"), Adobe: bad}}})
		if !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
