package link

import (
	"bytes"
	"testing"
	"time"

	"sluice/api/srt/wire"
)

const secret = "a long enough one"

// speaking gives the ciphers of both sides of a connection.
func speaking(t *testing.T) (one, other *cipher) {
	t.Helper()
	one, err := newCipher(secret, 16)
	if err != nil {
		t.Fatal(err)
	}
	b, err := one.begin()
	if err != nil {
		t.Fatal(err)
	}
	if other, err = readKeys(b, secret); err != nil {
		t.Fatal(err)
	}
	return one, other
}

// understood tells whether what one says is understood.
func understood(one, other *cipher, key wire.Key) bool {
	said := []byte("a message")
	b := bytes.Clone(said)
	one.key = key
	one.encrypt(b, 5)
	return other.decrypt(b, key, 5) && bytes.Equal(b, said)
}

// TestKeysThatCannotBeRead has keys come that another passphrase opens, and broken ones: the old ones go on.
func TestKeysThatCannotBeRead(t *testing.T) {
	one, other := speaking(t)
	stranger, err := newCipher("another long one", 16)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := stranger.material(wire.Even)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{foreign, foreign[:20], nil} {
		if other.asks(b, time.Now()) {
			t.Errorf("%d bytes are taken", len(b))
		}
		if !understood(one, other, wire.Even) {
			t.Fatal("what was understood is not any more")
		}
	}
	if understood(one, other, wire.Odd) {
		t.Error("a key that was not told is known")
	}
	b, err := one.material(wire.Odd)
	if err != nil {
		t.Fatal(err)
	}
	if !other.asks(b, time.Now()) || !understood(one, other, wire.Odd) || !understood(one, other, wire.Even) {
		t.Error("the next key is not known")
	}
}

// TestKeysAreNotOpenedAtWill has keys told faster than they need to be.
func TestKeysAreNotOpenedAtWill(t *testing.T) {
	one, other := speaking(t)
	now := time.Now()
	tell := func() ([]byte, bool) {
		if err := one.out.GenerateSEK(2); err != nil {
			t.Fatal(err)
		}
		b, err := one.material(wire.Odd)
		if err != nil {
			t.Fatal(err)
		}
		return b, other.asks(b, now)
	}
	taken, last := 0, []byte(nil)
	for range 20 {
		if b, ok := tell(); ok {
			taken, last = taken+1, b
		}
	}
	if taken == 0 || taken > 4 {
		t.Errorf("%d of 20 are opened at once", taken)
	}
	if !other.asks(last, now) {
		t.Error("who did not hear the answer is not told again")
	}
	now = now.Add(time.Second)
	_, first := tell()
	_, second := tell()
	if !first || second {
		t.Errorf("a second later: %v, and then %v", first, second)
	}
	if !understood(one, other, wire.Even) {
		t.Error("the other key is not known any more")
	}
}
