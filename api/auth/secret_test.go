package auth

import (
	"strings"
	"testing"

	"sluice/engine/fault"
)

// cheap is a hash of "password" that costs little. Its value is that of the reference implementation
// (`argon2 somesalt -id -t 1 -m 6 -p 1 -l 24`).
const cheap = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$ZVrRXqxlLcWfcXCnMyv0m4Rpvh/bnCi7"

func TestHash(t *testing.T) {
	text := Hash("s€cret")
	h, err := parsePHC(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if !h.fits("s€cret") || h.fits("secret") || h.fits("") {
		t.Error("the hash fits another password, or not its own")
	}
	if Hash("s€cret") == text {
		t.Error("two hashes have the same salt")
	}
}

func TestPHC(t *testing.T) {
	for _, c := range []struct{ name, change, to, want string }{
		{"a password itself", cheap, "passw0rd", "form"},
		{"another function", "argon2id", "argon2i", "form"},
		{"something in front", "$argon2id", "x$argon2id", "form"},
		{"an old version", "v=19", "v=16", "version"},
		{"other parameters", "m=64,t=1", "t=1,m=64", "parameters"},
		{"more parameters", "p=1", "p=1,data=x", "parameters"},
		{"a sign", "m=64", "m=+64", "parameters"},
		{"a bomb of memory", "m=64", "m=4194304", "bounds"},
		{"a bomb of time", "t=1", "t=4000000", "bounds"},
		{"no time", "t=1", "t=0", "bounds"},
		{"no lanes", "p=1", "p=0", "bounds"},
		{"less memory than lanes need", "p=1", "p=9", "bounds"},
		{"too many lanes for the type", "p=1", "p=256", "parameters"},
		{"no salt", "c29tZXNhbHQ", "", "salt"},
		{"padding", "c29tZXNhbHQ", "c29tZXNhbHQ=", "salt"},
		{"a short hash", "$ZVrRXqxlLcWfcXCnMyv0m4Rpvh/bnCi7", "$ZVrR", "hash"},
		{"one field more", "$ZVrR", "$$ZVrR", "form"},
	} {
		text := strings.Replace(cheap, c.change, c.to, 1)
		_, err := parsePHC(text)
		if fault.CodeOf(err) != fault.InvalidParams || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q: got %v, want %q in it", c.name, text, err, c.want)
		}
		if strings.Contains(err.Error(), "passw0rd") {
			t.Errorf("%s: the error tells the password: %v", c.name, err)
		}
	}
	h, err := parsePHC(cheap)
	if err != nil {
		t.Fatal(err)
	}
	if !h.fits("password") || h.fits("Password") {
		t.Error("another password fits, or the right one does not")
	}
}

func TestToken(t *testing.T) {
	const sum = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" // of "secret"
	for _, text := range []string{"secret", "sha256:" + sum, "sha256:" + strings.ToUpper(sum)} {
		s, err := parseToken(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if !s.fits("secret") || s.fits("Secret") || s.fits("") || s.fits(text+"x") {
			t.Errorf("%q fits another token, or not its own", text)
		}
	}
	for _, text := range []string{"", "sha256:", "sha256:" + sum[1:], "sha256:" + sum + "00", "sha256:x" + sum[1:]} {
		if _, err := parseToken(text); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func FuzzPHC(f *testing.F) {
	f.Add(cheap)
	f.Add(Hash("x"))
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parsePHC(text)
		if err != nil {
			return
		}
		if h.memory > maxMemory || h.memory < 8 || h.time < 1 || h.time > 64 || len(h.salt) < 8 || len(h.sum) < 16 {
			t.Errorf("%q: got %+v", text, h)
		}
	})
}
