package amf_test

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	lib "github.com/bluenviron/gortmplib/pkg/amf0"

	"sluice/api/amf"
	"sluice/engine/fault"
)

func bits(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRead(t *testing.T) {
	for _, row := range []struct {
		name, hex string
		want      []any
	}{
		{"number and boolean", "00 3ff8000000000000 01 01", []any{1.5, true}},
		{"string, long string, XML", "02 0002 6869 0c 00000001 61 0f 00000001 62", []any{"hi", "a", "b"}},
		{"null, unsupported, undefined, reference", "05 0d 06 07 0001", []any{nil, nil, amf.Undefined{}, nil}},
		{"object", "03 0001 61 05 0001 62 01 00 000009", []any{amf.Object{{Key: "a"}, {Key: "b", Value: false}}}},
		{"object with an empty name", "03 0000 05 0001 62 05 000009", []any{amf.Object{{Key: ""}, {Key: "b"}}}},
		{"object without an end", "03 0001 61 05", []any{amf.Object{{Key: "a"}}}},
		{"object of a class", "10 0001 43 0001 61 05 000009", []any{amf.Object{{Key: "a"}}}},
		{"array, which counts wrong", "08 00000000 0001 61 05 000009", []any{amf.Array{{Key: "a"}}}},
		{"list", "0a 00000002 05 01 01", []any{amf.List{nil, true}}},
		{"date", "0b 4042000000000000 0000", []any{amf.Date(time.UnixMilli(36).UTC())}},
		{"date out of reason", "0b 7ff0000000000000 0000", []any{amf.Date{}}},
		{"AMF 3: simple ones", "11 00 11 01 11 02 11 03", []any{amf.Undefined{}, nil, false, true}},
		{"AMF 3: integers", "11 04 7f 11 04 8100 11 04 ffffffff", []any{127.0, 128.0, -1.0}},
		{"AMF 3: double", "11 05 3ff8000000000000", []any{1.5}},
		{"AMF 3: string", "11 06 05 6869", []any{"hi"}},
		{"AMF 3: bytes and XML", "11 0c 05 0102 11 0b 03 61", []any{[]byte{1, 2}, "a"}},
		{"AMF 3: date", "11 08 01 4042000000000000", []any{amf.Date(time.UnixMilli(36).UTC())}},
		{"AMF 3: list", "11 09 05 01 03 02", nil},
		{"AMF 3: list that is dense", "11 09 05 01 03 02 ", nil},
		{"AMF 3: named array", "11 09 01 03 61 03 01", []any{amf.Array{{Key: "a", Value: true}}}},
		{"AMF 3: dynamic object", "11 0a 0b 01 03 61 03 01", []any{amf.Object{{Key: "a", Value: true}}}},
		{"AMF 3: sealed object", "11 0a 13 01 03 61 03", []any{amf.Object{{Key: "a", Value: true}}}},
		{"AMF 3: traits and strings again", "11 09 05 01 0a 13 01 03 61 03 0a 01 06 00",
			[]any{amf.List{amf.Object{{Key: "a", Value: true}}, amf.Object{{Key: "a", Value: "a"}}}}},
		{"AMF 3: an object again", "11 0a 02", []any{nil}},
	} {
		if row.want == nil {
			row.want = []any{amf.List{true, false}}
		}
		got, err := amf.Read(bits(t, row.hex))
		if err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %#v, %v; not %#v", row.name, got, err, row.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	deep := strings.Repeat("03 0001 61 ", 40)
	deep3 := "11 " + strings.Repeat("09 03 01 ", 40)
	for name, text := range map[string]string{
		"a number cut off":         "00 00",
		"a string cut off":         "02 0005 61",
		"a long string cut off":    "0c ffffffff 61",
		"no such value":            "04",
		"no such value of AMF 3":   "11 0d",
		"a key without a value":    "03 0001 61",
		"a list of more than came": "0a ffffffff 05",
		"too deep":                 deep,
		"too deep in AMF 3":        deep3,
		"too many":                 "0a 00004000" + strings.Repeat("05", 0x4000),
		"a string that never was":  "11 06 02",
		"traits that never were":   "11 0a 05",
		"a coding of its own":      "11 0a 07 01",
		"endless traits":           "11 0a ffffffff 01",
		"AMF 3 cut off":            "11 05 00",
		"an array of nothing":      "11 09 ffffffff 01",
	} {
		if got, err := amf.Read(bits(t, text)); fault.CodeOf(err) != fault.ProtocolViolation {
			t.Errorf("%s: %#v, %v", name, got, err)
		}
	}
}

// TestWrite has another library read what is written.
func TestWrite(t *testing.T) {
	b := amf.Append(nil, "connect", 1, nil, amf.Object{{Key: "app", Value: "live"}, {Key: "fpad", Value: false}}, true,
		amf.Array{{Key: "w", Value: 1.5}}, amf.List{"a", amf.Undefined{}})
	got, err := lib.Unmarshal(b)
	want := lib.Data{
		"connect", 1.0, nil, lib.Object{{Key: "app", Value: "live"}, {Key: "fpad", Value: false}}, true,
		lib.ECMAArray{{Key: "w", Value: 1.5}}, lib.StrictArray{"a", lib.Undefined{}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%#v, %v", got, err)
	}
	long := strings.Repeat("x", 70_000)
	moment := amf.Date(time.UnixMilli(1234).UTC())
	back, err := amf.Read(amf.Append(nil, long, moment, struct{}{}))
	if err != nil || !reflect.DeepEqual(back, []any{long, moment, nil}) {
		t.Errorf("%d values, %v", len(back), err)
	}
}

func TestMembers(t *testing.T) {
	o := amf.Members(amf.Array{{Key: "s", Value: "x"}, {Key: "n", Value: 2.0}})
	if o.Text("s") != "x" || o.Number("n") != 2 || o.Get("none") != nil || o.Text("n") != "" || o.Number("s") != 0 {
		t.Error(o)
	}
	if amf.Members("text") != nil || amf.Members(amf.Object{{Key: "a"}}) == nil {
		t.Error("members of what has none, or none of what has")
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"02 0007 636f6e6e656374 00 3ff0000000000000 03 0003 617070 02 0004 6c697665 000009",
		"08 00000001 0005 7769647468 00 4094000000000000 000009", "0a 00000002 05 01 01", "0b 4042000000000000 0000",
		"11 0a 0b 01 03 61 03 01", "11 09 05 01 0a 13 01 03 61 03 0a 01 06 00", "10 0001 43 0001 61 05 000009",
	} {
		f.Add(bits(f, text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		values, err := amf.Read(b)
		if err != nil {
			return
		}
		text := amf.Append(nil, values...)
		again, err := amf.Read(text)
		if err != nil {
			t.Fatalf("% x: %v", text, err)
		}
		if second := amf.Append(nil, again...); !bytes.Equal(text, second) { // not the values: NaN is not itself
			t.Fatalf("% x, then % x", text, second)
		}
	})
}
