package value

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for _, row := range []struct {
		v    any
		want string
	}{
		{nil, ""},
		{"a b", "a b"},
		{int64(-5), "-5"},
		{5.0, "5"},
		{0.1, "0.1"},
		{1e6, "1000000"},
		{1e21, "1e+21"},
		{true, "true"},
		{2 * time.Second, "2s"},
		{90 * time.Minute, "1h30m"},
		{time.Hour, "1h"},
		{10 * time.Minute, "10m"},
		{time.Hour + time.Second, "1h0m1s"},
		{1500 * time.Nanosecond, "1.5us"},
		{time.Duration(0), "0s"},
		{Bits(0), "0"},
		{Bits(999), "999"},
		{Bits(1000), "1k"},
		{Bits(1500), "1.5k"},
		{Bits(1550), "1550"},
		{Bits(64_000), "64k"},
		{Bits(1_250_000), "1250k"},
		{Bits(2_500_000), "2.5M"},
		{Bits(-2_500_000), "-2.5M"},
		{Octets(8_000_000), "8M"},
		{Octets(3_000_000_000_000), "3T"},
		{Dimensions{1280, 720}, "1280x720"},
		{Ratio{30000, 1001}, "30000/1001"},
		{Ratio{25, 1}, "25/1"},
		{Hidden("pw"), "***"},
		{[]any{}, "[]"},
		{[]any{"a", "b"}, "a,b"},
		{[]any{time.Second, Bits(1000)}, "1s,1k"},
		{[]any{"a", Hidden("pw")}, "a,***"},
		{[]any{"a,b"}, `["a,b"]`},
		{[]any{"[a"}, `["[a"]`},
		{[]any{" a"}, `[" a"]`},
		{[]any{""}, `[""]`},
		{[]any{int64(1), 2.0, true, "<&>"}, `[1,2.0,true,"<&>"]`},
		{json.Number("1.10"), "1.10"},
		{[]any{json.Number("1.10"), nil}, "[1.10,null]"},
		{map[string]any{"b": time.Second, "a": []any{"x"}}, `{"a":["x"],"b":"1s"}`},
	} {
		if got := Text(row.v); got != row.want {
			t.Errorf("%#v: got %q, want %q", row.v, got, row.want)
		}
	}
}

func TestRevealed(t *testing.T) {
	for _, row := range []struct {
		v      any
		text   string
		secret bool
	}{
		{"a", "a", false},
		{Hidden("pw"), "pw", true},
		{[]any{"a", Hidden("pw")}, "a,pw", true},
		{map[string]any{"k": []any{Hidden("pw"), int64(1)}}, `{"k":["pw",1]}`, true},
		{map[string]any{"k": "v"}, `{"k":"v"}`, false},
	} {
		if text, secret := Revealed(row.v); text != row.text || secret != row.secret {
			t.Errorf("got %q, %v; want %q, %v", text, secret, row.text, row.secret)
		}
	}
}

// typed draws a constraint without limits and a value of its type.
func typed(depth int) *rapid.Generator[pair] {
	return rapid.Custom(func(t *rapid.T) pair {
		types := Types()
		c := Constraint{Type: types[rapid.IntRange(0, len(types)-1).Draw(t, "type")].Type}
		if c.Type == List && depth > 0 {
			item := typed(depth-1).Draw(t, "item")
			c.Item = &item.c
			return pair{c, []any{item.v, item.v}[:rapid.IntRange(0, 2).Draw(t, "length")]}
		}
		return pair{c, drawn(t, c.Type)}
	})
}

type pair struct {
	c Constraint
	v any
}

func drawn(t *rapid.T, of Type) any {
	text := rapid.StringOf(rapid.RuneFrom([]rune("abcü, \"\\[{<=-1.k/x\n"))).Draw(t, "text")
	n := rapid.Int64().Draw(t, "n")
	switch of {
	case Int:
		return n
	case Float:
		return rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }).Draw(t, "float")
	case Bool:
		return n%2 == 0
	case Duration:
		return time.Duration(n)
	case Bitrate:
		return Bits(n & math.MaxInt64)
	case Bytes:
		return Octets(rapid.Int64Range(0, 1e6).Draw(t, "k") * 1000)
	case Size:
		side := rapid.IntRange(1, maxSide)
		return Dimensions{side.Draw(t, "width"), side.Draw(t, "height")}
	case Fraction:
		return Ratio{int64(rapid.Int32Min(-math.MaxInt32).Draw(t, "num")), int64(rapid.Int32Min(1).Draw(t, "den"))}
	case List:
		return []any{text, n, 2.0, "b"}[:rapid.IntRange(0, 4).Draw(t, "length")]
	case Map:
		return map[string]any{"k" + text: text, "n": n, "f": 3.0, "l": []any{true, text}}
	case URI:
		return "rtsp://host/" + strings.Map(func(r rune) rune { return max('a', r) }, text)
	case File:
		return "f" + text
	case Codec:
		return "h264"
	}
	return text
}

// TestTextIsReadBack is the promise of Text, for every type.
func TestTextIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := typed(2).Draw(t, "value")
		if p.c.secret() {
			return
		}
		got, err := p.c.Parse(Text(p.v))
		if err != nil || !reflect.DeepEqual(got, p.v) {
			t.Fatalf("%#v is written %q and read as %#v, %v", p.v, Text(p.v), got, err)
		}
	})
}

// TestJSONIsTakenBack: what JSON gives goes through encoding/json and Accept and is the same value.
func TestJSONIsTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := typed(2).Draw(t, "value")
		if p.c.secret() || untyped(p.c) {
			return // without types inside, JSON cannot tell 2 from 2.0
		}
		data, err := json.Marshal(JSON(p.v))
		if err != nil {
			t.Fatal(err)
		}
		v, err := decode(string(data))
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.c.Accept(v)
		if err != nil || !reflect.DeepEqual(got, p.v) {
			t.Fatalf("%#v becomes %s and then %#v, %v", p.v, data, got, err)
		}
	})
}

func untyped(c Constraint) bool {
	return c.Type == Map || c.Type == List && (c.Item == nil || untyped(*c.Item))
}

// TestQuantitiesMarshal: in JSON each is in the language's own notation, and is read back from it.
func TestQuantitiesMarshal(t *testing.T) {
	type all struct {
		Rate  Bits
		Data  Octets
		Size  Dimensions
		Ratio Ratio
	}
	in := all{64_000, 1500, Dimensions{2, 3}, Ratio{30, 1}}
	data, err := json.Marshal(in)
	if want := `{"Rate":"64k","Data":"1.5k","Size":"2x3","Ratio":"30/1"}`; err != nil || string(data) != want {
		t.Fatalf("got %s, %v; want %s", data, err, want)
	}
	var out all
	if err := json.Unmarshal(data, &out); err != nil || out != in {
		t.Errorf("got %+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"Size":"2"}`), &out); err == nil {
		t.Error("a size without a height was taken")
	}
}
