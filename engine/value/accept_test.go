package value

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAccept(t *testing.T) {
	kbit := Constraint{Type: Int, Unit: UnitKilobit}
	for _, row := range []struct {
		c    Constraint
		v    any
		want any
	}{
		{Constraint{Type: Int}, 5, int64(5)},
		{Constraint{Type: Int}, int64(5), int64(5)},
		{Constraint{Type: Int}, 5.0, int64(5)},
		{Constraint{Type: Int}, "5", int64(5)},
		{Constraint{Type: Int}, json.Number("5"), int64(5)},
		{Constraint{Type: Int}, json.Number("5.0"), int64(5)},
		{Constraint{Type: Int}, json.Number("1e3"), int64(1000)},
		{Constraint{Type: Int}, -math.Pow(2, 63), int64(math.MinInt64)},
		{kbit, Bits(2_000_000), int64(2000)},
		{kbit, Bits(1499), int64(1)},
		{kbit, Bits(1500), int64(2)}, // halves go up
		{kbit, Bits(math.MaxInt64), int64(9223372036854776)},
		{kbit, 300, int64(300)}, // a bare number is already in the unit
		{Constraint{Type: Int, Unit: UnitBit}, Bits(64_000), int64(64_000)},
		{Constraint{Type: Int, Unit: UnitByte}, Octets(10_000), int64(10_000)},
		{Constraint{Type: Int, Unit: UnitNanosecond}, time.Second, int64(1e9)},
		{Constraint{Type: Int, Unit: UnitMicrosecond}, time.Second, int64(1e6)},
		{Constraint{Type: Int, Unit: UnitMillisecond}, -1600 * time.Microsecond, int64(-2)},
		{Constraint{Type: Int, Unit: UnitMillisecond}, -1500 * time.Microsecond, int64(-2)},
		{Constraint{Type: Int, Unit: UnitMillisecond}, -1499 * time.Microsecond, int64(-1)},
		{Constraint{Type: Int, Unit: UnitSecond}, time.Duration(0), int64(0)},
		{Constraint{Type: Float, Unit: UnitSecond}, 2500 * time.Millisecond, 2.5},
		{Constraint{Type: Float}, 5, 5.0},
		{Constraint{Type: Float}, int64(5), 5.0},
		{Constraint{Type: Float}, json.Number("5"), 5.0},
		{Constraint{Type: Bool}, true, true},
		{Constraint{Type: Bool}, "false", false},
		{Constraint{Type: Duration}, 2 * time.Second, 2 * time.Second},
		{Constraint{Type: Duration}, "2s", 2 * time.Second},
		{Constraint{Type: Duration}, json.Number("0"), time.Duration(0)},
		{Constraint{Type: Bitrate}, Bits(1), Bits(1)},
		{Constraint{Type: Bitrate}, 64_000.0, Bits(64_000)},
		{Constraint{Type: Bytes}, int64(1000), Octets(1000)},
		{Constraint{Type: Size}, Dimensions{2, 3}, Dimensions{2, 3}},
		{Constraint{Type: Fraction}, int64(30), Ratio{30, 1}},
		{Constraint{Type: Fraction}, 25.0, Ratio{25, 1}},
		{Constraint{Type: String}, Ratio{30, 1}, "30/1"},
		{Constraint{Type: String}, Dimensions{2, 3}, "2x3"},
		{Constraint{Type: String}, json.Number("1.10"), "1.10"}, // as written, not 1.1
		{Constraint{Type: Enum, Of: []string{"1"}}, json.Number("1"), "1"},
		{Constraint{Type: Secret}, "pw", Hidden("pw")},
		{Constraint{Type: Secret}, Hidden("pw"), Hidden("pw")},
		{Constraint{Type: URI}, Hidden("rtsp://u:pw@h/"), Hidden("rtsp://u:pw@h/")}, // stays hidden
		{Constraint{Type: List}, []string{"a", "b"}, []any{"a", "b"}},
		{Constraint{Type: List}, "a,b", []any{"a", "b"}},
		{Constraint{Type: List}, []any{2, time.Second, Hidden("x"), []any{1.5}}, []any{int64(2), time.Second, Hidden("x"), []any{1.5}}},
		{Constraint{Type: List, Item: &Constraint{Type: Duration}}, []any{"2s", time.Second}, []any{2 * time.Second, time.Second}},
		{Constraint{Type: List, Item: &Constraint{Type: Secret}}, []any{"a"}, []any{Hidden("a")}},
		{Constraint{Type: Map}, map[string]any{"a": json.Number("5"), "b": json.Number("5.5")}, map[string]any{"a": int64(5), "b": 5.5}},
	} {
		got, err := row.c.Accept(row.v)
		if err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s from %#v: got %#v, %v; want %#v", row.c.Type, row.v, got, err, row.want)
		}
	}
}

func TestAcceptRefuses(t *testing.T) {
	for _, row := range []struct {
		c    Constraint
		v    any
		want string
	}{
		{Constraint{Type: Int}, nil, "has no value; an int is wanted (write for example 5)"},
		{Constraint{Type: Int}, 2 * time.Second, "2s is a duration; an int is wanted (write for example 5)"},
		{Constraint{Type: Int, Unit: UnitByte}, Bits(1000), "1k is a bitrate; an int is wanted (write for example 5)"},
		{
			Constraint{Type: Int, Unit: UnitSecond}, 499 * time.Millisecond,
			"499ms is too little: this number counts whole s (write at least 1s)",
		},
		{Constraint{Type: Int, Unit: UnitKilobit, Max: int64(1000)}, Bits(2e6), "2000 is above the most allowed, 1000 (choose 1000 or less)"},
		{Constraint{Type: Int}, 1.5, "1.5 is not a whole number (write for example 5)"},
		{Constraint{Type: Int}, json.Number("1.5"), "1.5 is not a whole number (write for example 5)"},
		{Constraint{Type: Int}, math.Pow(2, 63), "9223372036854776000 is beyond what an int can hold (write for example 5)"},
		{Constraint{Type: Int}, math.NaN(), "NaN is not a whole number (write for example 5)"},
		{Constraint{Type: Int}, true, "true is a bool; an int is wanted (write for example 5)"},
		{Constraint{Type: Int}, []any{1}, "is a list; an int is wanted (write for example 5)"},
		{Constraint{Type: Int}, Hidden("5"), "is a secret, which cannot be used as an int (declare the parameter as int)"},
		{Constraint{Type: Float}, math.Inf(1), "+Inf is not a possible float (write for example 0.5)"},
		{Constraint{Type: Float}, "x", `"x" is not a float (write for example 0.5)`},
		{Constraint{Type: Bool}, int64(1), "1 is an int; a bool is wanted (write for example true)"},
		{Constraint{Type: Bool}, json.Number("1"), "1 is an int; a bool is wanted (write for example true)"},
		{Constraint{Type: Duration}, 5, "5 has no unit; a duration is wanted (write 5s or 5ms)"},
		{Constraint{Type: Duration}, json.Number("5"), "5 has no unit; a duration is wanted (write 5s or 5ms)"},
		{Constraint{Type: Bitrate}, 1.5, "1.5 is not a whole number of bits (write for example 64k)"},
		{Constraint{Type: Bitrate}, Octets(1000), "1k is an amount of bytes; a bitrate is wanted (write for example 64k)"},
		{Constraint{Type: Bitrate}, Bits(-1), "-1 is not a possible bitrate (write for example 64k)"},
		{Constraint{Type: Size}, Dimensions{0, 3}, "0x3 is not a possible size (write for example 1280x720)"},
		{Constraint{Type: Fraction}, Ratio{1, -1}, "1/-1 is not a possible fraction (write for example 30000/1001)"},
		{Constraint{Type: Fraction}, 29.97, "29.97 is not exact; a fraction is wanted (write for example 30000/1001 or 30)"},
		{Constraint{Type: String}, int64(5), "5 is an int; a string is wanted (write for example camera one)"},
		{Constraint{Type: String}, true, "true is a bool; a string is wanted (write for example camera one)"},
		{Constraint{Type: String}, time.Second, "1s is a duration; a string is wanted (write for example camera one)"},
		{Constraint{Type: Enum, Of: []string{"a"}}, Hidden("pw"), "is not one of a"},
		{Constraint{Type: Secret}, int64(5), "is an int; a secret is wanted (write for example s3cr3t)"},
		{Constraint{Type: List}, 5, "5 is an int; a list is wanted (write for example h264,vp8)"},
		{Constraint{Type: List}, json.Number("5"), "5 is an int; a list is wanted (write for example h264,vp8)"},
		{Constraint{Type: List}, []any{struct{}{}}, "/0: item 1 is a Go struct {}, which cannot be in a list or a map"},
		{
			Constraint{Type: List, Item: &Constraint{Type: Int}}, []any{1, true},
			"/1: item 2 true is a bool; an int is wanted (write for example 5)",
		},
		{Constraint{Type: Map}, []any{}, `is a list; a map is wanted (write for example {"color":"red"})`},
		{Constraint{Type: Map}, map[string]any{"k": "a\x00"}, `/k: key "k" "a\x00" holds a NUL byte, which would end it early`},
		{Constraint{Type: Map}, map[string]any{"a\x00": "v"}, "\"a\\x00\" holds a NUL byte, which would end it early"},
		{Constraint{Type: Int}, struct{}{}, "is a Go struct {}; an int is wanted (write for example 5)"},
	} {
		got, err := row.c.Accept(row.v)
		if err == nil || err.Error() != row.want || got != nil {
			t.Errorf("%s from %#v:\n got %v (value %v)\nwant %s", row.c.Type, row.v, err, got, row.want)
		}
	}
}

// TestAcceptCopies: what the caller does with its map afterwards does not reach the accepted value.
func TestAcceptCopies(t *testing.T) {
	inner := []any{"a"}
	given := map[string]any{"list": inner}
	got, err := Constraint{Type: Map}.Accept(given)
	if err != nil {
		t.Fatal(err)
	}
	inner[0], given["more"] = "b", "c"
	if want := any(map[string]any{"list": []any{"a"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestAcceptIsBounded: lists that share their parts, as references to references make them, do not grow without end.
func TestAcceptIsBounded(t *testing.T) {
	var v any = "x"
	for range 10 {
		v = []any{v, v, v, v, v, v, v, v}
	}
	long := strings.Repeat("x", MaxText)
	wide := make([]any, 17)
	for i := range wide {
		wide[i] = long
	}
	for want, v := range map[string]any{"more than 10000 values": v, "more than 1048576 bytes": wide} {
		if _, err := (Constraint{Type: List}).Accept(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v; want %q", err, want)
		}
	}
}
