package caps

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/gst-1.22.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if cells := strings.Split(line, "\t"); len(cells) > 1 {
			f.Add(cells[1])
		}
	}
	f.Add("ANY,") // once came back as the keyword
	f.Add("a,b=[[[[[[")
	f.Add("a,b=(GstCaps)\"a,b=(GstCaps)\\\"a\\\"\"")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(s) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		printed := c.String()
		if len(printed) > MaxText { // spelt-out types and quoting make it longer than what was read
			return
		}
		again, err := Parse(printed)
		if err != nil {
			t.Fatalf("%q printed as %q: %v", s, printed, err)
		}
		if !reflect.DeepEqual(c, again) {
			t.Fatalf("%q printed as %q came back as %q", s, printed, again)
		}
		if !c.IsEmpty() && Intersects(c, c) && !Subset(Intersect(c, c), c) {
			t.Fatalf("%q: its intersection with itself is not in it", s)
		}
	})
}

// anyCaps draws caps over few names, so that they often meet.
func anyCaps() *rapid.Generator[Caps] {
	single := rapid.OneOf(
		rapid.Map(rapid.Int64Range(-4, 9), func(n int64) value { return integer{"int", n} }),
		rapid.Map(rapid.SampledFrom([]string{"u", "v", "two words"}), func(s string) value { return text(s) }),
		rapid.Map(rapid.Int32Range(1, 4), func(n int32) value { f, _ := newFraction(int64(n), 2); return f }),
		rapid.Map(rapid.Float64Range(0, 3), func(f float64) value { return decimal{"double", f} }),
		rapid.Map(rapid.Bool(), func(b bool) value { return boolean(b) }),
	)
	span := rapid.Custom(func(t *rapid.T) value {
		step := rapid.Int64Range(1, 4).Draw(t, "step")
		low := rapid.Int64Range(-4, 4).Draw(t, "low")
		return integers{"int", low * step, (low + rapid.Int64Range(1, 5).Draw(t, "more")) * step, step}
	})
	item := rapid.OneOf(single, span)
	anyValue := rapid.OneOf(item, rapid.Map(rapid.SliceOfN(item, 0, 4), newList),
		rapid.Map(rapid.SliceOfN(item, 0, 2), func(v []value) value { return array(v) }))
	return rapid.Custom(func(t *rapid.T) Caps {
		var c Caps
		for range rapid.IntRange(0, 3).Draw(t, "structures") {
			s := structure{name: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name")}
			s.features.any = rapid.IntRange(0, 9).Draw(t, "features") == 0
			for _, f := range []string{"x", "y"} {
				if rapid.Bool().Draw(t, f) {
					s.fields = append(s.fields, field{f, anyValue.Draw(t, "value")})
				}
			}
			c.list = append(c.list, s)
		}
		return c
	})
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyCaps().Draw(t, "a"), anyCaps().Draw(t, "b")
		both, other := Intersect(a, b), Intersect(b, a)
		if both.IsEmpty() != other.IsEmpty() || both.IsEmpty() == Intersects(a, b) {
			t.Fatalf("%s and %s: %s one way, %s the other, intersects %v", a, b, both, other, Intersects(a, b))
		}
		if (Clash(a, b) == "") != Intersects(a, b) {
			t.Fatalf("%s and %s: clash %q", a, b, Clash(a, b))
		}
		again, err := Parse(a.String())
		if err != nil || !Equal(a, again) {
			t.Fatalf("%s came back as %s, %v", a, again, err)
		}
		if Intersects(a, b) && !Subset(both, a) {
			t.Fatalf("%s is in %s and %s, but not a subset of the first", both, a, b)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	s := "video/x-raw, format=(string){ I420, NV12, YV12, RGB, BGRx }, width=(int)[ 1, 2147483647 ], " +
		"height=(int)[ 1, 2147483647 ], framerate=(fraction)[ 0/1, 2147483647/1 ]"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIntersects(b *testing.B) {
	x, _ := Parse("video/x-raw, format=I420, width=640, height=480, framerate=30/1")
	y, _ := Parse("video/x-raw, format={ NV12, YV12, I420 }, width=[ 1, 4096 ], height=[ 1, 4096 ], framerate=(fraction)[ 0/1, 60/1 ]")
	b.ReportAllocs()
	for b.Loop() {
		if !Intersects(x, y) {
			b.Fatal("they meet")
		}
	}
}
