package value

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"sluice/engine/fault"
)

// FuzzParse reads any text as every type. What is read must be written and read again as the same, be accepted as it is,
// and what is refused must be a fault that keeps secrets.
func FuzzParse(f *testing.F) {
	for _, i := range described() {
		f.Add(i.Example, "")
	}
	for _, text := range []string{
		"", "-", "0", "010", "0x", "1_", "9223372036854775808", "-9223372036854775808", "1e309", ".5", "5.", "inf", "NaN",
		"2562048h", "-2562047h47m16.854775808s", "1.s", "9.3T", "9223372036854775.807k", "0.0001k", "65535x65535", "-1x2",
		"2147483647/2147483647", "-1/1", "1/-1", "a,,b", "[", `["a",1,2.0,{"k":[true]}]`, `{"a":null}`, "a\x00", "\xff",
		"http://[::1", "rtsp://u:p%40@h", "sip:", "[[[[[[[[]]]]]]]]", " a , b ", "$$", "true,false", "[1e400]", "-0.0", "1,2s,3x4",
	} {
		f.Add(text, "[a-z]+|x{3}")
	}
	f.Fuzz(func(t *testing.T, text, pattern string) {
		item := &Constraint{Type: Duration}
		list := []Constraint{
			{Type: String, Pattern: pattern}, {Type: Secret, Pattern: pattern}, {Type: Enum, Of: []string{"grid", "pip"}},
			{Type: Int, Unit: UnitKilobit}, {Type: Int, Unit: UnitSecond}, {Type: Float, Unit: UnitMillisecond},
			{Type: List, Item: item}, {Type: List, Item: &Constraint{Type: List, Item: item}}, {Type: List, Of: []string{"a", "b"}},
			{Type: List, Item: &Constraint{Type: Secret}},
		}
		for _, i := range described() {
			list = append(list, Constraint{Type: i.Type})
		}
		for _, c := range list {
			_ = c.Validate()
			v, err := c.Parse(text)
			if err != nil {
				refused(t, c, text, err)
				continue
			}
			again(t, c, v)
		}
	})
}

func refused(t *testing.T, c Constraint, text string, err error) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != fault.InvalidParams || f.Msg == "" {
		t.Fatalf("%s %q: %#v", c.Type, text, err)
	}
	if len(err.Error()) > 10_000 {
		t.Fatalf("%s: the message has %d bytes", c.Type, len(err.Error()))
	}
	if c.secret() && len(text) > 20 && c.Pattern == "" && strings.Contains(err.Error(), text) {
		t.Fatalf("%s %q: %v", c.Type, text, err)
	}
}

func again(t *testing.T, c Constraint, v any) {
	t.Helper()
	if got, err := c.Accept(v); err != nil || !reflect.DeepEqual(got, v) {
		t.Fatalf("%s: %#v is accepted as %#v, %v", c.Type, v, got, err)
	}
	if c.secret() {
		if text := fmt.Sprintf("%v %s", v, Text(v)); !strings.Contains(text, stars) && len(text) > 6 {
			t.Fatalf("a secret is shown: %s", text)
		}
		return
	}
	text := Text(v)
	if len(text) > MaxText {
		return // a list written as JSON, with its quotes, may be too long to read again
	}
	if got, err := c.Parse(text); err != nil || !reflect.DeepEqual(got, v) {
		t.Fatalf("%s: %#v is written %q and read as %#v, %v", c.Type, v, text, got, err)
	}
	if reread, err := c.Accept(JSON(v)); err != nil || Text(reread) != Text(v) && !untyped(c) {
		t.Fatalf("%s: %#v comes back from JSON as %#v, %v", c.Type, v, reread, err)
	}
}

func BenchmarkParse(b *testing.B) {
	for _, row := range []struct {
		name string
		c    Constraint
		text string
	}{
		{"int", Constraint{Type: Int, Min: int64(320), Max: int64(1920)}, "1280"},
		{"duration", Constraint{Type: Duration}, "250ms"},
		{"bitrate", Constraint{Type: Bitrate}, "2.5M"},
		{"size", Constraint{Type: Size}, "1280x720"},
		{"list", Constraint{Type: List}, "h264,vp8,opus,pcmu"},
		{"uri", Constraint{Type: URI}, "rtsp://camera/main"},
		{"pattern", Constraint{Type: String, Pattern: "[a-z0-9-]{1,64}"}, "red-room"},
		{"refused", Constraint{Type: Int}, "2s"},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := row.c.Parse(row.text)
				if (err != nil) != (row.name == "refused") {
					b.Fatal(err)
				}
			}
		})
	}
}
