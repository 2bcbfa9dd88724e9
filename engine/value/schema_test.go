package value

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// compiled makes a validator of a schema, through JSON as a client would get it.
func compiled(t testing.TB, schema map[string]any) *jsonschema.Schema {
	t.Helper()
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	data, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return s
}

// TestSchemaAgreesWithAccept tries JSON on the schema and on Accept. A limit on text is only Accept's (loose).
func TestSchemaAgreesWithAccept(t *testing.T) {
	for _, row := range []struct {
		c     Constraint
		good  []string
		bad   []string
		loose []string
	}{
		{Constraint{Type: Int, Min: int64(1), Max: int64(9)}, []string{"1", "9", "5.0"}, []string{"0", "10", "1.5", "true", "null", "[]"}, nil},
		{Constraint{Type: Float, Max: 0.5}, []string{"0.5", "-1"}, []string{"0.6", "true"}, nil},
		{Constraint{Type: Bool}, []string{"true"}, []string{"1", `"yes"`, "null"}, nil},
		{Constraint{Type: String}, []string{`""`, `"x"`}, []string{"true", "[]", "{}"}, nil},
		{Constraint{Type: String, Pattern: "a|b+"}, []string{`"a"`, `"bb"`}, []string{`"ab"`, `""`}, nil},
		{Constraint{Type: Duration, Max: time.Minute},
			[]string{`"2s"`, `"-1.5ms"`, `"1m"`, `"0"`}, []string{`"2"`, "2", `""`, `"s"`}, []string{`"2m"`}},
		{Constraint{Type: Bitrate, Min: Bits(1000), Max: Bits(9000)},
			[]string{`"5k"`, "5000", `"1.5k"`}, []string{"10", `"5kb"`, "10000", "1000.5"},
			[]string{`"64k"`, `"10"`}},
		{Constraint{Type: Bytes}, []string{`"5T"`, "0"}, []string{"-1", `"-1"`}, []string{`"99999999T"`}},
		{Constraint{Type: Size}, []string{`"1280x720"`}, []string{`"1280"`, `"1280X720"`, `"x"`}, []string{`"0x5"`}},
		{Constraint{Type: Fraction}, []string{`"30000/1001"`, `"30"`, "30"}, []string{`"29.97"`, "29.97", `"1/"`}, []string{`"1/0"`}},
		{Constraint{Type: Enum, Of: []string{"a", "b"}}, []string{`"a"`}, []string{`"c"`}, nil},
		{Constraint{Type: List, Item: &Constraint{Type: Int}}, []string{"[]", "[1,2]"}, []string{`["x"]`, "[true]", "{}", "5"}, nil},
		{Constraint{Type: List, Of: []string{"a"}}, []string{`["a"]`}, []string{`["b"]`}, nil},
		{Constraint{Type: Map}, []string{"{}", `{"a":[1]}`}, []string{"[]", "5"}, []string{`{"a":null}`}},
		{Constraint{Type: URI}, []string{`"rtsp://h/x"`}, nil, []string{`"x"`}}, // format is an annotation
		{Constraint{Type: File}, []string{`"x"`}, []string{`""`}, nil},
		{Constraint{Type: Secret}, []string{`"x"`}, []string{"true"}, nil},
		{Constraint{Type: Codec}, []string{`"h264"`}, []string{`"H264"`, `""`}, nil},
	} {
		s := compiled(t, row.c.Schema())
		for want, list := range map[string][]string{"good good": row.good, "bad bad": row.bad, "good bad": row.loose} {
			for _, text := range list {
				v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				_, accept := row.c.Accept(v)
				if got := verdict(s.Validate(v)) + " " + verdict(accept); got != want {
					t.Errorf("%s of %s: schema and Accept say %s, want %s (%v)", text, row.c.Type, got, want, accept)
				}
			}
		}
	}
}

func verdict(err error) string {
	if err != nil {
		return "bad"
	}
	return "good"
}

// TestSchemaTakesEveryValue: what JSON writes of any value fits the schema of its type.
func TestSchemaTakesEveryValue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := typed(2).Draw(rt, "value")
		if p.c.Type == Enum {
			return // drawn without words to choose from
		}
		data, err := json.Marshal(JSON(p.v))
		if err != nil {
			rt.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
		if err != nil {
			rt.Fatal(err)
		}
		if err := compiled(t, p.c.Schema()).Validate(v); err != nil {
			rt.Fatalf("%s: %v", data, err)
		}
	})
}

func TestSchemaAnnotates(t *testing.T) {
	s := Constraint{Type: Secret}.Schema()
	if s["writeOnly"] != true {
		t.Error("a secret is not writeOnly")
	}
	s = Constraint{Type: Bitrate, Max: Bits(64_000)}.Schema()
	if s["x-max"] != "64k" || s["maximum"] != int64(64_000) || s["minimum"] != int64(0) || s["x-type"] != "bitrate" {
		t.Errorf("got %v", s)
	}
	s = Constraint{Type: Int, Unit: UnitKilobit}.Schema()
	if s["x-unit"] != "kbit/s" {
		t.Errorf("got %v", s)
	}
}
