package auth

import (
	"errors"
	"testing"

	"sluice/engine/fault"
)

// known is a client that knows this.
type known string

func (k known) Follows(ha1 string) bool { return ha1 == string(k) }

func TestDigest(t *testing.T) {
	const ha1 = "0123456789abcdef0123456789abcdef"
	s, err := New(Config{Users: []UserConfig{
		{Name: "cam", Password: Hash("x"), Digest: "0123456789ABCDEF0123456789ABCDEF", Publish: []string{"**"}},
		{Name: "eve", Password: Hash("x"), Publish: []string{"**"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Digests() {
		t.Error("nobody can log in by Digest")
	}
	for _, row := range []struct {
		user string
		fits string
		want error
	}{{"cam", ha1, nil}, {"cam", "other", fault.Unauthorized}, {"eve", "", fault.Unauthorized}, {"nobody", "", fault.Unauthorized}} {
		_, err := s.Authorise(t.Context(), Request{Action: Publish, Stream: "x", User: row.user, Proof: known(row.fits)})
		if !errors.Is(err, row.want) {
			t.Errorf("%s: %v, not %v", row.user, err, row.want)
		}
	}
	for _, bad := range []string{"x", "0123", ha1 + "00", "zz23456789abcdef0123456789abcdef"} {
		if _, err := New(Config{Users: []UserConfig{{Name: "a", Password: Hash("x"), Digest: bad}}}); !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
