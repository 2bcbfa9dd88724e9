package param

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"sluice/engine/spec"
	"sluice/engine/value"
)

func TestDefine(t *testing.T) {
	defs := defined(t, `
stream: string
width: {type: int, default: 1280, min: 320, max: 1920, about: Picture width., example: 640}
room: {type: string, pattern: "[a-z$]{1,64}", example: $a}
layout: {type: enum, of: [grid, 1, on], default: 1}
wait: {type: duration, min: 0, max: 1m, default: 2s}
sizes: {type: list, item: {type: size, max: 1920x1080}, default: [1280x720, 640x360], example: [2x2]}
codecs: {type: list, item: codec, default: "opus,h264"}
audio: {type: codec, of: [opus, pcmu], default: pcmu}
name: {type: string, default: "$(stream)/$width"}
login: {type: secret, default: $env.LOGIN}
version: {type: string, default: 1.10}
`)
	byName := map[string]Def{}
	for _, d := range defs {
		byName[d.Name] = d
	}
	if defs[0].Name != "stream" || defs[len(defs)-1].Name != "version" {
		t.Error("the order written is lost")
	}
	codecs := []string{"opus", "h264", "pcmu"}
	for name, want := range map[string]value.Constraint{
		"stream": {Type: value.String},
		"width":  {Type: value.Int, Min: int64(320), Max: int64(1920)},
		"room":   {Type: value.String, Pattern: "[a-z$]{1,64}"},
		"layout": {Type: value.Enum, Of: []string{"grid", "1", "on"}},
		"wait":   {Type: value.Duration, Min: time.Duration(0), Max: time.Minute},
		"sizes":  {Type: value.List, Item: &value.Constraint{Type: value.Size, Max: value.Dimensions{Width: 1920, Height: 1080}}},
		"codecs": {Type: value.List, Item: &value.Constraint{Type: value.Codec, Of: codecs}},
		"audio":  {Type: value.Codec, Of: []string{"opus", "pcmu"}},
	} {
		if got := byName[name].Constraint; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if w := byName["width"]; w.About != "Picture width." || w.Example != "640" || w.Required() || w.Pos.Line != 2 {
		t.Errorf("got %+v", w)
	}
	if !byName["stream"].Required() || byName["room"].Example != "$a" || byName["sizes"].Example != "2x2" {
		t.Errorf("got %+v", defs)
	}
	values, errs := Bind(defs, map[string]any{"stream": "s", "room": "red"}, Values{"env.LOGIN": "pw"})
	want := Values{
		"stream": "s", "width": int64(1280), "room": "red", "layout": "1", "wait": 2 * time.Second,
		"sizes":  []any{value.Dimensions{Width: 1280, Height: 720}, value.Dimensions{Width: 640, Height: 360}},
		"codecs": []any{"opus", "h264"}, "audio": "pcmu", "name": "s/1280", "login": value.Hidden("pw"), "version": "1.10",
	}
	if len(errs) > 0 || !reflect.DeepEqual(values, want) {
		t.Errorf("got %#v, %v", values, errs)
	}
}

// TestDefineReports holds every diagnostic of Define, as users see it.
func TestDefineReports(t *testing.T) {
	for _, row := range []struct{ params, want string }{
		{"w: integer", `1:4 unknown_type: there is no type "integer" (did you mean "int"?)`},
		{"w: strin", `1:4 unknown_type: there is no type "strin" (did you mean "string"?)`},
		{"w: {type: boolean}", `1:11 unknown_type: there is no type "boolean" (did you mean "bool"?)`},
		{"w: caps", `1:4 unknown_type: there is no type "caps" (the types are string, int, float, bool, duration, bitrate, bytes, ` +
			`size, fraction, enum, list, map, uri, file, secret, codec)`},
		{"w: 5", `1:4 unknown_type: there is no type "5" (the types are string, int, float, bool, duration, bitrate, bytes, ` +
			`size, fraction, enum, list, map, uri, file, secret, codec)`},
		{"w: [int]", `1:4 wrong_kind: "type" must be text`},
		{"w: ~", `1:4 wrong_kind: "type" must be text`},
		{"w: {default: 5}", `1:4 missing_key: "type" is missing (write for example type: int)`},
		{"w: {type: int, defualt: 5}", `1:16 unknown_key: there is no key "defualt" here (did you mean "default"?)`},
		{"w: {type: list, item: {type: int, default: 5}}", `1:35 unknown_key: there is no key "default" here ` +
			`(the keys are type, min, max, of, pattern, item)`},
		{"w: {type: int, min: 5, max: 1}", `1:29 bad_constraint: max 1 is below min 5`},
		{"w: {type: int, min: 2s}", `1:21 bad_constraint: "min": "2s" is a duration; an int is wanted (write for example 5)`},
		{"w: {type: int, max: $x}", `1:21 bad_constraint: "max" cannot refer to other values`},
		{"w: {type: int, max: '${x}'}", `1:21 bad_reference: "${" begins no reference (write $x or $(x))`},
		{"w: {type: string, min: 5}", `1:24 bad_constraint: a string has no min`},
		{"w: {type: enum}", `1:4 bad_constraint: an enum needs of, the words to choose from`},
		{"w: enum", `1:4 bad_constraint: an enum needs of, the words to choose from`},
		{"w: {type: enum, of: [a, a]}", `1:21 bad_constraint: "a" is twice in of`},
		{"w: {type: enum, of: a}", `1:21 wrong_kind: "of" must be a list (as in [grid, speaker])`},
		{"w: {type: enum, of: [[a]]}", `1:22 wrong_kind: "of" must be text`},
		{"w: {type: int, of: [1]}", `1:20 bad_constraint: an int cannot be one of a few words; an enum can`},
		{"w: {type: string, pattern: '('}", `1:28 bad_constraint: the pattern "(" is not a regular expression: ` +
			"error parsing regexp: missing closing ): `(` (the syntax is RE2's)"},
		{"w: {type: string, pattern: [a]}", `1:28 wrong_kind: "pattern" must be text`},
		{"w: {type: int, item: int}", `1:22 bad_constraint: an int has no items; only a list has`},
		{"w: {type: list, item: {type: int, min: 5, max: 1}}", `1:48 bad_constraint: max 1 is below min 5`},
		{"w: {type: list, item: strin}", `1:23 unknown_type: there is no type "strin" (did you mean "string"?)`},
		{"w: {type: codec, of: [opsu]}", `1:23 bad_constraint: there is no codec "opsu" (did you mean "opus"?)`},
		{"w: {type: codec, of: [xyzzy]}", `1:23 bad_constraint: there is no codec "xyzzy" (the codecs are opus, h264, pcmu)`},
		{"w: {type: codec, default: oups}", `1:27 bad_default: the default of "w": "oups" is not one of opus, h264, pcmu (did you mean "opus"?)`},
		{"w: {type: list, item: codec, default: [opus, oups]}", `1:39 bad_default: the default of "w": item 2 "oups" is not one of ` +
			`opus, h264, pcmu (did you mean "opus"?)`},
		{"w: {type: int, max: 9, default: 10}", `1:33 bad_default: the default of "w": 10 is above the most allowed, 9 (choose 9 or less)`},
		{"w: {type: duration, default: 5}", `1:30 bad_default: the default of "w": 5 has no unit; a duration is wanted (write 5s or 5ms)`},
		{"w: {type: string, default: }", `1:28 bad_default: the default of "w" is empty ` +
			`(leave "default" out if the parameter is required, or write "" for empty text)`},
		{"w: {type: string, default: '${x}'}", `1:28 bad_reference: "${" begins no reference (write $x or $(x))`},
		{"w: {type: string, default: a$w}", `1:29 bad_default: the default of "w" refers to itself`},
		{"w: {type: string, default: $x}\nx: int", `1:28 bad_default: the default of "w" refers to "x", ` +
			`which is defined after it (define "x" before "w")`},
		{"x: int\nw: {type: string, default: $x}", ``},
		{"w: {type: int, example: many}", `1:25 bad_constraint: the example of "w": "many" is not an int (write for example 5)`},
		{"w: {type: list, example: [$x]}", `1:26 bad_constraint: the example of "w" refers to other values`},
		{"w: {type: list, example: ['${x}']}", `1:27 bad_reference: "${" begins no reference (write $x or $(x))`},
		{"w: {type: list, item: int, example: [x]}", `1:37 bad_constraint: the example of "w": item 1 "x" is not an int (write for example 5)`},
		{"w: {type: int, example: }", `1:25 wrong_kind: "example" must be text`},
		{"w: {type: int, about: [x]}", `1:23 wrong_kind: "about" must be text`},
		// What only follows from another error is left out.
		{"w: {type: strin, default: 5, min: x}", `1:11 unknown_type: there is no type "strin" (did you mean "string"?)`},
		{"w: {type: int, min: x, default: y}", `1:21 bad_constraint: "min": "x" is not an int (write for example 5)`},
		// All that is wrong is reported.
		{"a: strin\nb: {type: int, mni: 1, default: x}", `1:4 unknown_type: there is no type "strin" (did you mean "string"?)` + "\n" +
			`2:16 unknown_key: there is no key "mni" here (did you mean "min"?)` + "\n" +
			`2:33 bad_default: the default of "b": "x" is not an int (write for example 5)`},
	} {
		var r spec.Report
		defs := Define(graph(t, row.params), &r, WithCodecs([]string{"opus", "h264", "pcmu"}))
		var got []string
		for _, d := range r.List() {
			text := strings.TrimPrefix(d.String(), "f.yaml:")
			got = append(got, strings.NewReplacer(": error[", " ", "]:", ":").Replace(text))
		}
		if strings.Join(got, "\n") != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.params, strings.Join(got, "\n"), row.want)
		}
		if len(defs) != strings.Count(row.params, "\n")+1 {
			t.Errorf("%s: %d parameters", row.params, len(defs))
		}
	}
}

// TestForeignTypeNames: who comes from another language is told our word.
func TestForeignTypeNames(t *testing.T) {
	for word, want := range map[string]string{
		"integer": "int", "Boolean": "bool", "number": "float", "text": "string", "time": "duration", "url": "uri", "path": "file",
		"password": "secret", "array": "list", "object": "map", "resolution": "size", "choice": "enum", "bitrat": "bitrate",
	} {
		var r spec.Report
		Define(graph(t, "w: "+word), &r)
		if list := r.List(); len(list) != 1 || list[0].Hint != `did you mean "`+want+`"?` {
			t.Errorf("%s: got %v", word, list)
		}
	}
}

func TestSecretDefaultsStayOutOfReports(t *testing.T) {
	var r spec.Report
	Define(graph(t, "login: {type: secret, pattern: '[a-z]+', default: HUNTER2, example: HUNTER2}"), &r)
	if list := r.List(); len(list) != 2 || strings.Contains(list[0].String()+list[1].String(), "HUNTER2") {
		t.Errorf("got %v", list)
	}
}

func TestDefineWithoutCodecsTakesAny(t *testing.T) {
	var r spec.Report
	defs := Define(graph(t, "c: {type: codec, default: flac}"), &r)
	if r.Failed() || len(defs) != 1 || len(defs[0].Constraint.Of) != 0 {
		t.Errorf("got %+v, %v", defs, r.List())
	}
	if defs := Define(graph(t, ""), &r); len(defs) != 0 {
		t.Errorf("got %+v", defs)
	}
}

// TestDefineReadsWhatSpecParses takes the parameters of whole documents, through package spec.
func TestDefineReadsWhatSpecParses(t *testing.T) {
	const file = `graph: v1
about: Every kind of parameter that the design's examples have.
params:
  stream: string
  jitter: {type: duration, default: 60ms, max: 500ms, about: How long RTP from the phone may be late.}
  url:    {type: uri, default: rtsp://$env.CAMERA_HOST/$(id)/main}
  login:  {type: secret, default: $env.CAMERA_LOGIN}
  room:   {type: string, pattern: "[a-z0-9-]{1,64}"}
  layout: {type: enum, of: [grid, speaker, pip], default: grid}
  rate:   {type: bitrate, default: 800k, min: 100k, max: 8M}
nodes:
  x: fakesrc
  y: fakesink
links:
  - x -> y
`
	graphs, found := spec.Parse("f.yaml", "f", []byte(file))
	if len(graphs) != 1 {
		t.Fatal(found)
	}
	var r spec.Report
	defs := Define(graphs[0], &r)
	if r.Failed() || len(defs) != 7 {
		t.Fatalf("got %d parameters, %v", len(defs), r.List())
	}
	values, errs := Bind(defs, map[string]any{"stream": "s", "room": "red"}, Values{
		"env.CAMERA_HOST": "h", "env.CAMERA_LOGIN": "pw", "id": "7",
	})
	want := Values{
		"stream": "s", "jitter": 60 * time.Millisecond, "url": "rtsp://h/7/main", "login": value.Hidden("pw"),
		"room": "red", "layout": "grid", "rate": value.Bits(800_000),
	}
	if len(errs) > 0 || !reflect.DeepEqual(values, want) {
		t.Errorf("got %#v, %v", values, errs)
	}
}
