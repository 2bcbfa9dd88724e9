package value

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
)

func TestValidate(t *testing.T) {
	nested := Constraint{Type: List}
	for range 40 {
		item := nested
		nested = Constraint{Type: List, Item: &item}
	}
	for _, row := range []struct {
		c    Constraint
		want string // each problem as "place: message", separated by " | "
	}{
		{Constraint{Type: Int, Min: int64(1), Max: int64(1)}, ""},
		{Constraint{Type: Duration, Min: time.Second}, ""},
		{Constraint{Type: String, Of: []string{"a"}, Pattern: "a+"}, ""},
		{Constraint{Type: List, Item: &Constraint{Type: Enum, Of: []string{"a"}}}, ""},
		{Constraint{Type: Float, Unit: UnitSecond}, ""},
		{Constraint{Type: "intt"}, `type: there is no type "intt"`},
		{Constraint{}, `type: there is no type ""`},
		{Constraint{Type: Int, Min: int64(5), Max: int64(1)}, "max: max 1 is below min 5"},
		{Constraint{Type: Size, Min: Dimensions{640, 480}, Max: Dimensions{1920, 360}}, "max: max 1920x360 is below min 640x480"},
		{Constraint{Type: Fraction, Min: Ratio{30, 1}, Max: Ratio{30000, 1001}}, "max: max 30000/1001 is below min 30/1"},
		{Constraint{Type: Int, Min: 5, Max: "6"}, "min: 5 is a Go int; a possible int, a int64, is wanted | " +
			"max: 6 is a Go string; a possible int, a int64, is wanted"},
		{Constraint{Type: Bitrate, Min: Bits(-1)}, "min: -1 is a Go value.Bits; a possible bitrate, a value.Bits, is wanted"},
		{Constraint{Type: String, Min: int64(5)}, "min: a string has no min"},
		{Constraint{Type: Enum}, "of: an enum needs of, the words to choose from"},
		{Constraint{Type: Enum, Of: []string{"a", "", "a"}}, `of: word 2 of of cannot be written | of: "a" is twice in of`},
		{Constraint{Type: Int, Of: []string{"1"}}, "of: an int cannot be one of a few words; an enum can"},
		{Constraint{Type: String, Pattern: "("}, "pattern: the pattern \"(\" is not a regular expression: " +
			"error parsing regexp: missing closing ): `(` (the syntax is RE2's)"},
		{Constraint{Type: String, Pattern: strings.Repeat("x", 2000)}, "pattern: the pattern is 2000 bytes long, above the most allowed, 1024"},
		{Constraint{Type: Int, Pattern: "5"}, "pattern: an int cannot have a pattern"},
		{Constraint{Type: String, Unit: UnitSecond}, "unit: a string has no unit of its own; only int and float have"},
		{Constraint{Type: Int, Unit: "h"}, `unit: there is no unit "h"`},
		{Constraint{Type: Int, Item: &Constraint{Type: Int}}, "item: an int has no items; only a list has"},
		{Constraint{Type: List, Item: &Constraint{Type: List, Item: &Constraint{Type: Int, Max: "x"}}},
			"item/item/max: x is a Go string; a possible int, a int64, is wanted"},
		{nested, strings.Repeat("item/", 32) + "item: lists are nested deeper than 32 levels"},
	} {
		got := ""
		if err := row.c.Validate(); err != nil {
			got = strings.ReplaceAll(err.Error(), "\n", " | ")
			if !errors.Is(err, fault.LintFailed) {
				t.Errorf("the code is %q", fault.CodeOf(err))
			}
		}
		if got != row.want {
			t.Errorf("%+v:\n got %s\nwant %s", row.c, got, row.want)
		}
	}
}

// TestConstraintJSON: limits have the Go type of their values after a way through JSON, as in the registry snapshot.
func TestConstraintJSON(t *testing.T) {
	for _, c := range []Constraint{
		{Type: Int, Min: int64(-9007199254740993), Max: int64(1 << 62), Unit: UnitKilobit},
		{Type: Float, Min: 0.5, Max: 2.0},
		{Type: Duration, Min: time.Second, Max: time.Hour},
		{Type: Bitrate, Max: Bits(64_000)},
		{Type: Size, Max: Dimensions{1920, 1080}},
		{Type: Fraction, Min: Ratio{1, 1}},
		{Type: List, Item: &Constraint{Type: Bytes, Max: Octets(5)}},
		{Type: Enum, Of: []string{"a"}},
	} {
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var got Constraint
		if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: got %#v, %v; want %#v", data, got, err, c)
		}
	}
	var c Constraint
	for _, bad := range []string{`{"type":"duration","min":5}`, `{"type":"int","max":"2s"}`, `[]`} {
		if err := json.Unmarshal([]byte(bad), &c); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// TestEveryTypeIsDescribed: the example of every type is a value of it, and a constraint of only that type is valid.
func TestEveryTypeIsDescribed(t *testing.T) {
	if n := len(Types()); n != 16 {
		t.Errorf("users can name %d types", n)
	}
	for _, i := range described() {
		c := Constraint{Type: i.Type}
		if i.Type == Enum {
			c.Of = []string{i.Example}
		}
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", i.Type, err)
		}
		v, err := c.Parse(i.Example)
		if err != nil {
			t.Errorf("%s: %v", i.Type, err)
		}
		if i.Type != Secret && Text(v) != i.Example {
			t.Errorf("%s: the example %q is not canonical, %q is", i.Type, i.Example, Text(v))
		}
		if i.About == "" || !strings.HasSuffix(i.About, ".") {
			t.Errorf("%s: about is %q", i.Type, i.About)
		}
	}
}
