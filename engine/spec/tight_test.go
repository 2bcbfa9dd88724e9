package spec

import "testing"

func FuzzTight(f *testing.F) {
	for _, s := range []string{"", "x/y , a = b ;c", `a = " , " , b`, "a( , ) ,b", `a\ , \, b`, `a="\" , `, "a) , (b , c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := tight(s)
		if again := tight(once); again != once {
			t.Errorf("%q becomes %q, and then %q", s, once, again)
		}
		if solid(once) != solid(s) {
			t.Errorf("%q loses more than blanks: %q", s, once)
		}
	})
}

// solid is a text without its blanks.
func solid(s string) string {
	var out []byte
	for i := range len(s) {
		if !isBlank(s[i]) {
			out = append(out, s[i])
		}
	}
	return string(out)
}
