package value

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
)

func TestParse(t *testing.T) {
	words := []string{"grid", "pip"}
	for _, row := range []struct {
		c    Constraint
		text string
		want any
	}{
		{Constraint{Type: String}, "", ""},
		{Constraint{Type: String}, " $ {x} ", " $ {x} "},
		{Constraint{Type: Int}, "-5", int64(-5)},
		{Constraint{Type: Int}, "+1_000", int64(1000)},
		{Constraint{Type: Int}, "0x1F", int64(31)},
		{Constraint{Type: Int}, "0o17", int64(15)},
		{Constraint{Type: Int}, "0", int64(0)},
		{Constraint{Type: Int}, "-9223372036854775808", int64(math.MinInt64)},
		{Constraint{Type: Int, Unit: UnitKilobit}, "2M", int64(2000)},
		{Constraint{Type: Int, Unit: UnitKilobit}, "2000", int64(2000)},
		{Constraint{Type: Int, Unit: UnitMillisecond}, "1m", int64(60_000)},
		{Constraint{Type: Int, Unit: UnitByte}, "10k", int64(10_000)},
		{Constraint{Type: Float}, "0.5", 0.5},
		{Constraint{Type: Float}, "1e3", 1000.0},
		{Constraint{Type: Float}, "1_000", 1000.0},
		{Constraint{Type: Float, Unit: UnitSecond}, "1500ms", 1.5},
		{Constraint{Type: Bool}, "true", true},
		{Constraint{Type: Bool}, "false", false},
		{Constraint{Type: Duration}, "1h30m", 90 * time.Minute},
		{Constraint{Type: Duration}, "250ms", 250 * time.Millisecond},
		{Constraint{Type: Duration}, "1.5s", 1500 * time.Millisecond},
		{Constraint{Type: Duration}, "-2us", -2 * time.Microsecond},
		{Constraint{Type: Duration}, "0", time.Duration(0)},
		{Constraint{Type: Bitrate}, "64k", Bits(64_000)},
		{Constraint{Type: Bitrate}, "2.5M", Bits(2_500_000)},
		{Constraint{Type: Bitrate}, "1.0000k", Bits(1000)},
		{Constraint{Type: Bitrate}, "64000", Bits(64_000)},
		{Constraint{Type: Bitrate}, "9.2T", Bits(9_200_000_000_000)},
		{Constraint{Type: Bytes}, "1G", Octets(1_000_000_000)},
		{Constraint{Type: Bytes}, "0.5k", Octets(500)},
		{Constraint{Type: Size}, "1280x720", Dimensions{1280, 720}},
		{Constraint{Type: Fraction}, "30000/1001", Ratio{30000, 1001}},
		{Constraint{Type: Fraction}, "60/2", Ratio{60, 2}},
		{Constraint{Type: Fraction}, "-1", Ratio{-1, 1}},
		{Constraint{Type: Enum, Of: words}, "pip", "pip"},
		{Constraint{Type: List}, "a, b", []any{"a", "b"}},
		{Constraint{Type: List}, "", []any{}},
		{Constraint{Type: List}, ` ["a,b", 5, 5.0, true, {"k": [1]}]`, []any{"a,b", int64(5), 5.0, true, map[string]any{"k": []any{int64(1)}}}},
		{Constraint{Type: List, Item: &Constraint{Type: Int}}, "1,2", []any{int64(1), int64(2)}},
		{Constraint{Type: List, Item: &Constraint{Type: Duration}}, `["2s"]`, []any{2 * time.Second}},
		{Constraint{Type: List, Of: words}, "grid,pip", []any{"grid", "pip"}},
		{Constraint{Type: Map}, `{"a": "b", "n": 1}`, map[string]any{"a": "b", "n": int64(1)}},
		{Constraint{Type: URI}, "rtsp://user:pw@camera:554/main?x=1", "rtsp://user:pw@camera:554/main?x=1"},
		{Constraint{Type: URI}, "sip:bob@host", "sip:bob@host"},
		{Constraint{Type: File}, "a b/ü.flv", "a b/ü.flv"},
		{Constraint{Type: Secret}, "pw", Hidden("pw")},
		{Constraint{Type: Codec}, "h264", "h264"},
		{Constraint{Type: Caps}, "video/x-raw,width=640", "video/x-raw,width=640"},
		{Constraint{Type: Structure}, "props,a=b", "props,a=b"},
		{Constraint{Type: String, Pattern: "a|ab"}, "ab", "ab"},
		{Constraint{Type: String, Pattern: `\Qa.b`}, "a.b", "a.b"},
		{Constraint{Type: String, Pattern: `\pL{1,64}`}, "größe", "größe"},
	} {
		got, err := row.c.Parse(row.text)
		if err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s %q: got %#v, %v; want %#v", row.c.Type, row.text, got, err, row.want)
		}
	}
}

// TestParseRefuses holds the whole message of every kind of refusal, hint included: it is what users read.
func TestParseRefuses(t *testing.T) {
	for _, row := range []struct {
		c    Constraint
		text string
		want string
	}{
		{Constraint{Type: Int}, "2s", `"2s" is a duration; an int is wanted (write for example 5)`},
		{Constraint{Type: Int}, "64k", `"64k" is a bitrate; an int is wanted (write for example 5)`},
		{Constraint{Type: Int}, "many", `"many" is not an int (write for example 5)`},
		{Constraint{Type: Int}, "", `"" is not an int (write for example 5)`},
		{Constraint{Type: Int}, "010", `"010" begins with a zero, which some take for octal (leave the zero out, or write 0o)`},
		{Constraint{Type: Float}, "-007.5", `"-007.5" begins with a zero, which some take for octal (leave the zero out, or write 0o)`},
		{Constraint{Type: Bytes}, "010k", `"010k" begins with a zero, which some take for octal (leave the zero out, or write 0o)`},
		{Constraint{Type: Int}, "9223372036854775808", `"9223372036854775808" is beyond what an int can hold (write for example 5)`},
		{Constraint{Type: Int, Min: int64(320), Max: int64(1920)}, "4000", `4000 is above the most allowed, 1920 (choose 320 to 1920)`},
		{Constraint{Type: Int, Min: int64(320)}, "4", `4 is below the least allowed, 320 (choose 320 or more)`},
		{Constraint{Type: Int, Max: int64(3)}, "4", `4 is above the most allowed, 3 (choose 3 or less)`},
		{Constraint{Type: Int, Unit: UnitMillisecond}, "64k", `"64k" is a bitrate; an int is wanted (write for example 5)`},
		{Constraint{Type: Int, Unit: UnitSecond}, "2ms", `"2ms" is too little: this number counts whole s (write at least 1s)`},
		{Constraint{Type: Int, Unit: UnitKilobit}, "64", ""},
		{Constraint{Type: Int, Unit: UnitKilobit}, "0.1k", `"0.1k" is too little: this number counts whole kbit/s (write at least 1k)`},
		{Constraint{Type: Float}, "inf", `"inf" is not a float (write for example 0.5)`},
		{Constraint{Type: Float}, "0x1p-2", `"0x1p-2" is not a float (write for example 0.5)`},
		{Constraint{Type: Float}, "1e999", `"1e999" is beyond what a float can hold (write for example 0.5)`},
		{Constraint{Type: Bool}, "yes", `"yes" is not a bool (write for example true)`},
		{Constraint{Type: Bool}, "1", `"1" is an int; a bool is wanted (write for example true)`},
		{Constraint{Type: Duration}, "5", `"5" has no unit; a duration is wanted (write 5s or 5ms)`},
		{Constraint{Type: Duration}, "64k", `"64k" is a bitrate; a duration is wanted (write for example 2s)`},
		{Constraint{Type: Duration}, "9999999h", `"9999999h" is beyond what a duration can hold (write for example 2s)`},
		{Constraint{Type: Duration, Max: time.Second}, "2s", `2s is above the most allowed, 1s (choose 1s or less)`},
		{Constraint{Type: Bitrate}, "2s", `"2s" is a duration; a bitrate is wanted (write for example 64k)`},
		{Constraint{Type: Bitrate}, "64kbps", `"64kbps" is not a bitrate (write for example 64k)`},
		{Constraint{Type: Bitrate}, "1.0001k", `"1.0001k" is not a whole number of bits (write for example 64k)`},
		{Constraint{Type: Bitrate}, "-5", `"-5" is not a possible bitrate (write for example 64k)`},
		{Constraint{Type: Bitrate}, "9223373T", `"9223373T" is beyond what a bitrate can hold (write for example 64k)`},
		{Constraint{Type: Bitrate}, "1.", `"1." is a float; a bitrate is wanted (write for example 64k)`},
		{Constraint{Type: Bytes}, "0.5", `"0.5" is not a whole number of bytes (write for example 8M)`},
		{Constraint{Type: Size}, "1280", `"1280" is an int; a size is wanted (write for example 1280x720)`},
		{Constraint{Type: Size}, "0x720", `"0x720" is not a possible size (write for example 1280x720)`},
		{Constraint{Type: Size}, "65536x1", `"65536x1" is not a possible size (write for example 1280x720)`},
		{Constraint{Type: Size, Max: Dimensions{1920, 1080}}, "640x2000",
			`640x2000 is above the most allowed, 1920x1080 (choose 1920x1080 or less)`},
		{Constraint{Type: Fraction}, "29.97", `"29.97" is not exact; a fraction is wanted (write for example 30000/1001 or 30)`},
		{Constraint{Type: Fraction}, "1/0", `"1/0" is not a possible fraction (write for example 30000/1001)`},
		{Constraint{Type: Bitrate, Min: Bits(100_000)}, "64k", `64k is below the least allowed, 100k (choose 100k or more)`},
		{Constraint{Type: Bytes, Max: Octets(1000)}, "1G", `1G is above the most allowed, 1k (choose 1k or less)`},
		{Constraint{Type: Float, Min: 0.0, Max: 1.0}, "1.5", `1.5 is above the most allowed, 1 (choose 0 to 1)`},
		{Constraint{Type: Fraction, Max: Ratio{60, 1}}, "61", `61/1 is above the most allowed, 60/1 (choose 60/1 or less)`},
		{Constraint{Type: Enum, Of: []string{"grid", "pip"}}, "gird", `"gird" is not one of grid, pip`},
		{Constraint{Type: List}, "a,,b", `"a,,b" has nothing at item 2 (leave out the comma, or write the list as JSON, ["",…])`},
		{Constraint{Type: List, Of: []string{"a"}}, "a,b", `/1: item 2 "b" is not one of a`},
		{Constraint{Type: List, Item: &Constraint{Type: Int}}, "1,x", `/1: item 2 "x" is not an int (write for example 5)`},
		{Constraint{Type: List}, `[null]`, `/0: item 1 has no value`},
		{Constraint{Type: List}, `["a"] x`,
			`"[\"a\"] x" is not a list in JSON: something follows its end (write for example ["h264","vp8"], or h264,vp8)`},
		{Constraint{Type: Map}, `a=b`,
			`"a=b" is not a map in JSON: invalid character 'a' looking for beginning of value (write for example {"color":"red"})`},
		{Constraint{Type: Map}, `[]`, `"[]" is not a map in JSON (write for example {"color":"red"})`},
		{Constraint{Type: Map}, `{"a/b": [1, null]}`, `/a~1b/1: key "a/b" item 2 has no value`},
		{Constraint{Type: URI}, "camera/main", `"camera/main" is not an address with a scheme (write for example rtsp://camera/main)`},
		{Constraint{Type: URI}, "rtsp://u:pw@a b", `"rtsp://***@a b" is not an address with a scheme (write for example rtsp://camera/main)`},
		{Constraint{Type: URI, Pattern: "rtmp:.*"}, "rtsp://u:pw@h/", `"rtsp://u:xxxxx@h/" does not match the pattern rtmp:.*`},
		{Constraint{Type: File}, "", `"" is empty; a path is wanted (write for example media/bars.flv)`},
		{Constraint{Type: Codec}, "H264", `"H264" is not the short name of a codec (write it in lower case, for example opus)`},
		{Constraint{Type: Secret, Pattern: "[a-z]+"}, "PW", `does not match the pattern [a-z]+`},
		{Constraint{Type: List, Item: &Constraint{Type: Secret, Pattern: "[a-z]+"}}, "a,PW",
			`/1: item 2 does not match the pattern [a-z]+`},
		{Constraint{Type: String, Pattern: "a|ab"}, "abb", `"abb" does not match the pattern a|ab`},
		{Constraint{Type: String}, "a\x00", `"a\x00" holds a NUL byte, which would end it early`},
		{Constraint{Type: String}, "a\xff", `"a\xff" is not valid UTF-8`},
		{Constraint{Type: "integer"}, "5", `"5" cannot be read: there is no type "integer"`},
	} {
		got, err := row.c.Parse(row.text)
		if row.want == "" {
			if err != nil {
				t.Errorf("%s %q: %v", row.c.Type, row.text, err)
			}
			continue
		}
		if err == nil || err.Error() != row.want || got != nil {
			t.Errorf("%s %q:\n got %v (value %v)\nwant %s", row.c.Type, row.text, err, got, row.want)
		}
		if !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%s %q: the code is %q", row.c.Type, row.text, fault.CodeOf(err))
		}
	}
}

func TestParseIsBounded(t *testing.T) {
	for name, row := range map[string]struct {
		c    Constraint
		text string
		want string
	}{
		"text":           {Constraint{Type: String}, strings.Repeat("x", MaxText+1), "65537 bytes long, above the most allowed, 65536"},
		"secret":         {Constraint{Type: Secret}, strings.Repeat("x", MaxText+1), "is 65537 bytes"},
		"depth":          {Constraint{Type: List}, strings.Repeat("[", 40) + strings.Repeat("]", 40), "nested deeper than 32 levels"},
		"items":          {Constraint{Type: List}, strings.Repeat("a,", maxItems) + "a", "holds more than 10000 values"},
		"pattern text":   {Constraint{Type: String, Pattern: "x*"}, strings.Repeat("x", 5000), "a text with a pattern has at most 4096"},
		"long pattern":   {Constraint{Type: String, Pattern: strings.Repeat("x", 1025)}, "x", "the pattern is 1025 bytes long"},
		"nested pattern": {Constraint{Type: String, Pattern: strings.Repeat("(x{10}){100}", 6)}, "x", "repeats too much"},
		"open pattern":   {Constraint{Type: String, Pattern: strings.Repeat("x{0,1000}", 6)}, "x", "repeats too much"},
		"large pattern":  {Constraint{Type: String, Pattern: "(x{1000})(y{1000})(z{1000})(.{1000})(a{1000})(b{1000})"}, "x", "repeats too much"},
	} {
		_, err := row.c.Parse(row.text)
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %.200v; want %q", name, err, row.want)
		}
		if err != nil && len(err.Error()) > 2000 {
			t.Errorf("%s: the message has %d bytes", name, len(err.Error()))
		}
	}
}

func TestLongListsAreCutInMessages(t *testing.T) {
	words := make([]string, 30)
	for i := range words {
		words[i] = string(rune('a' + i))
	}
	_, err := Constraint{Type: Enum, Of: words}.Parse("?")
	if want := `"?" is not one of a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, …`; err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
}

func TestLongValuesAreCutInMessages(t *testing.T) {
	_, err := Constraint{Type: Bool}.Accept(json.Number(strings.Repeat("1", 100)))
	if want := strings.Repeat("1", 60) + "… is a float; a bool is wanted (write for example true)"; err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
	_, err = Constraint{Type: Int}.Parse("x" + strings.Repeat("ü", 100))
	if want := `"x` + strings.Repeat("ü", 29) + `"… is not an int (write for example 5)`; err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
	_, err = Constraint{Type: Int}.Parse(strings.Repeat("ü", 100))
	if want := `"` + strings.Repeat("ü", 30) + `"… is not an int (write for example 5)`; err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
}
