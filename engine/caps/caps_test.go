package caps

import (
	"reflect"
	"testing"
)

func TestMediaTypes(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"ANY", nil},
		{"EMPTY", nil},
		{"video/x-h264, a=1; video/x-h265; video/x-h264, a=2", []string{"video/x-h264", "video/x-h265"}},
		{"video/x-raw(memory:DMABuf); video/x-raw", []string{"video/x-raw"}},
	}
	for _, tt := range tests {
		if got := parse(t, tt.text).MediaTypes(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestGet(t *testing.T) {
	c := parse(t, `v, i=5, u=(uint)5, l=(gint64)5, d=2.5, b=true, s="a b", f=60/2, m=(bitmask)3, one={ 7 },
		r=[1,2], x={1,2}, y=<1,2>, c=(GstCaps)[c]; v, i=5, u=6`)
	if v, ok := c.Get("i"); !ok || v != int64(5) {
		t.Errorf("i is the same in both structures: got %v, %v", v, ok)
	}
	for _, f := range []string{"u", "l", "none"} {
		if v, ok := c.Get(f); ok {
			t.Errorf("%s differs between structures: got %v", f, v)
		}
	}
	c.list = c.list[:1]
	want := map[string]any{
		"i": int64(5), "u": int64(5), "l": int64(5), "d": 2.5, "b": true, "s": "a b", "f": Fraction{30, 1},
		"m": "0x0000000000000003", "one": int64(7), "r": nil, "x": nil, "y": nil, "c": nil,
	}
	for f, w := range want {
		if v, ok := c.Get(f); v != w || ok != (w != nil) {
			t.Errorf("%s: got %v, %v; want %v", f, v, ok, w)
		}
	}
	for _, c := range []Caps{{}, Any()} {
		if v, ok := c.Get("i"); ok {
			t.Errorf("%s: got %v", c, v)
		}
	}
}

func TestAnyAndEmpty(t *testing.T) {
	tests := []struct {
		c          Caps
		any, empty bool
		text       string
	}{
		{Any(), true, false, "ANY"},
		{Caps{}, false, true, "EMPTY"},
		{parse(t, " NONE "), false, true, "EMPTY"},
		{parse(t, " ANY "), true, false, "ANY"},
		{parse(t, "ANY;"), true, false, "ANY"},
		{parse(t, "ANY(memory:X)"), false, false, "ANY(memory:X)"},
		{parse(t, "ANY; a"), false, false, "ANY; a"}, // as in GStreamer, a media type of that name
		{parse(t, "a"), false, false, "a"},
	}
	for _, tt := range tests {
		if tt.c.IsAny() != tt.any || tt.c.IsEmpty() != tt.empty || tt.c.String() != tt.text {
			t.Errorf("%s: any %v, empty %v", tt.c, tt.c.IsAny(), tt.c.IsEmpty())
		}
	}
	if s := (Fraction{30000, 1001}).String(); s != "30000/1001" {
		t.Errorf("fraction prints as %s", s)
	}
}

// Values at the ends of 64 bits, where aligning to a step could wrap around.
func TestRangesAtTheEnds(t *testing.T) {
	tests := []struct{ a, b, want string }{
		{"a,b=(gint64)[min,max]", "a,b=(gint64)[-9223372036854775806,0,3]", "a, b=(gint64)[ -9223372036854775806, 0, 3 ]"},
		{"a,b=(gint64)[9223372036854775803,max]", "a,b=(gint64)[0,9223372036854775805,5]", "a, b=(gint64)9223372036854775805"},
		{"a,b=(gint64)[9223372036854775806,max]", "a,b=(gint64)[0,9223372036854775805,5]", "EMPTY"},
		{"a,b=(gint64)[min,-9223372036854775807]", "a,b=(gint64)[-9223372036854775805,0,5]", "EMPTY"},
		{"a,b=(gint64)[0,9223372036854775783,9223372036854775783]", "a,b=(gint64)[0,10,2]", "EMPTY"},
		{"a,b=[-7,7]", "a,b=[-9,9,3]", "a, b=(int)[ -6, 6, 3 ]"},
		{"a,b=[-7,7]", "a,b=[-100,100,50]", "a, b=(int)0"},
	}
	for _, tt := range tests {
		a, b := parse(t, tt.a), parse(t, tt.b)
		if got := Intersect(a, b).String(); got != tt.want {
			t.Errorf("%s with %s: got %s, want %s", a, b, got, tt.want)
		}
		if Intersects(a, b) != Intersects(b, a) || Intersects(a, b) != (tt.want != "EMPTY") {
			t.Errorf("%s and %s: %v one way, %v the other", a, b, Intersects(a, b), Intersects(b, a))
		}
	}
}
