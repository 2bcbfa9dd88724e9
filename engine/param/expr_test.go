package param

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

func scope() Values {
	return Values{
		"width": int64(1280), "stream": "cam/1", "size": value.Dimensions{Width: 2, Height: 3}, "wait": 2 * time.Second,
		"login": value.Hidden("pw"), "logins": []any{"a", value.Hidden("pw")}, "want.codec": "opus", "want.width": nil,
		"env.HOST": "h", "session.id": "7f", "list": []any{int64(1), "b"}, "_x1": true, "rate": value.Bits(64_000),
	}
}

func TestEval(t *testing.T) {
	for _, row := range []struct {
		text string
		want any
	}{
		{"", ""},
		{"plain", "plain"},
		{"$width", int64(1280)}, // alone it keeps its type
		{"$(width)", int64(1280)},
		{"$size", value.Dimensions{Width: 2, Height: 3}},
		{"$list", []any{int64(1), "b"}},
		{"$login", value.Hidden("pw")},
		{"$want.codec", "opus"},
		{"$want.width", nil}, // known, but without a value
		{"$_x1", true},
		{" $width", " 1280"}, // in text it becomes text
		{"width=$(width),height=$width", "width=1280,height=1280"},
		{"$(wait)/$rate/$size", "2s/64k/2x3"},
		{"[$list]", `[[1,"b"]]`},
		{"<$want.width>", "<>"},
		{"call/$session.id", "call/7f"},
		{"rtsp://$env.HOST/$(stream)/main", "rtsp://h/cam/1/main"},
		{"$stream.", "cam/1."}, // a dot that no name follows is a dot
		{"$stream..$width", "cam/1..1280"},
		{"$stream-$width", "cam/1-1280"},
		{"$(stream).mp4", "cam/1.mp4"},
		{"$$", "$"},
		{"$$$width$$", "$1280$"},
		{"$$(width)", "$(width)"},
		{"$${width}", "${width}"},
		{"u:$login@h", value.Hidden("u:pw@h")}, // one secret makes all of it secret
		{"u:$login@$(env.HOST)", value.Hidden("u:pw@h")},
		{"$logins!", value.Hidden("a,pw!")},
		{"ü$(width)ü", "ü1280ü"},
	} {
		e, err := ParseExpr(text(row.text))
		if err != nil {
			t.Errorf("%q: %v", row.text, err)
			continue
		}
		if got, err := e.Eval(scope()); err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%q: got %#v, %v; want %#v", row.text, got, err, row.want)
		}
	}
}

func TestEvalRefuses(t *testing.T) {
	long := Values{"long": strings.Repeat("x", value.MaxText)}
	for _, row := range []struct {
		text  string
		scope Scope
		want  string
	}{
		{"$nobody", scope(), "there is no $nobody here"},
		{"$nobody", nil, "there is no $nobody here"},
		{"a $nobody b", scope(), "there is no $nobody here"},
		{"$stream.mp4", scope(), `there is no $stream.mp4 here (write $(stream).mp4 for $stream followed by ".mp4")`},
		{"$want.codec.x.y", scope(), `there is no $want.codec.x.y here (write $(want.codec).x.y for $want.codec followed by ".x.y")`},
		{"$env.NONE", scope(), "$env.NONE is not set (set the environment variable NONE, and see that graphs may read it)"},
		{"$long$long", long, "the text with $long in it is longer than the most allowed, 65536 bytes"},
	} {
		e, err := ParseExpr(text(row.text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Eval(row.scope)
		if err == nil || err.Error() != row.want || got != nil || !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%q:\n got %v (value %v)\nwant %s", row.text, err, got, row.want)
		}
	}
}

func TestEvalOfCollections(t *testing.T) {
	e, err := ParseExpr(entries(t, "v: {a: $width, b: [$stream, 5, true, x$width], \"$c\": 1.50}")[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": int64(1280), "b": []any{"cam/1", json.Number("5"), true, "x1280"},
		"$c": json.Number("1.50"), // keys hold no references
	}
	if got, err := e.Eval(scope()); err != nil || !reflect.DeepEqual(got, any(want)) {
		t.Errorf("got %#v, %v; want %#v", got, err, want)
	}
	if _, ok := e.Literal(); ok {
		t.Error("an expression with references is a literal")
	}
	for _, bad := range []string{"v: [$nobody]", "v: {a: [x, $nobody]}"} {
		e, err := ParseExpr(entries(t, bad)[0].Value)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.Eval(scope()); err == nil || got != nil {
			t.Errorf("%s: got %v, %v", bad, got, err)
		}
	}
}

func TestLiteral(t *testing.T) {
	for yaml, want := range map[string]any{
		"v: text":                "text",
		"v: a$$b":                "a$b",
		"v: '5'":                 "5",
		"v: 5":                   json.Number("5"),
		"v: 1.10":                json.Number("1.10"), // as written, not 1.1
		"v: 0x1F":                "0x1F",              // not JSON's notation
		"v: true":                true,
		"v: True":                "True",
		"v: ~":                   nil,
		"v: []":                  []any{},
		"v: {}":                  map[string]any{},
		"v: [a, {b: [1, null]}]": []any{"a", map[string]any{"b": []any{json.Number("1"), nil}}},
	} {
		e, err := ParseExpr(entries(t, yaml)[0].Value)
		if err != nil {
			t.Errorf("%s: %v", yaml, err)
			continue
		}
		if got, ok := e.Literal(); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v; want %#v", yaml, got, ok, want)
		}
		if refs := e.Refs(); len(refs) > 0 {
			t.Errorf("%s refers to %v", yaml, refs)
		}
	}
	if got, ok := (Expr{}).Literal(); got != nil || !ok {
		t.Errorf("the zero Expr is %v, %v", got, ok)
	}
}

func TestRefs(t *testing.T) {
	e, err := ParseExpr(entries(t, "v: [a, {x: $one, y: 'ü$(two.x)'}, \"$three$$$four.\"]")[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range e.Refs() {
		got = append(got, fmt.Sprintf("%s@%d:%d", r.Name, r.Pos.Line, r.Pos.Col))
	}
	// Those in quotes are a column off: what was written is not known exactly.
	if want := "one@1:12 two.x@1:22 three@1:35 four@1:43"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if e.Pos() != (spec.Pos{File: "f.yaml", Line: 1, Col: 4}) {
		t.Errorf("the value is at %v", e.Pos())
	}
}

// TestBadReferences holds message, hint, offset and place of each.
func TestBadReferences(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"${name}", `0 3:10 "${" begins no reference (write $name or $(name))`},
		{"x${want.codec}", `1 3:11 "${" begins no reference (write $want.codec or $(want.codec))`},
		{"${}", `0 3:10 "${" begins no reference (write $name or $(name))`},
		{"ü$", `2 3:11 a "$" is followed by no name (write $$ for a dollar sign)`},
		{"5 $ a", `2 3:12 a "$" is followed by no name (write $$ for a dollar sign)`},
		{"$5", `0 3:10 a "$" is followed by no name (write $$ for a dollar sign)`},
		{"$()", `0 3:10 a "$(" is followed by no name (write $(name), or $$( for a dollar sign)`},
		{"$(a b)", `0 3:10 the ")" after "$(a" is missing (write $(a))`},
		{"$(a.", `0 3:10 the ")" after "$(a" is missing (write $(a))`},
		{"line\n${x}", `5 3:10 "${" begins no reference (write $x or $(x))`}, // several lines: where the text begins
		{"$a ${b} $c $", `3 3:13 "${" begins no reference (write $b or $(b))` + "\n" +
			`11 3:21 a "$" is followed by no name (write $$ for a dollar sign)`},
	} {
		_, err := ParseExpr(text(row.text))
		if err == nil {
			t.Errorf("%q is taken", row.text)
			continue
		}
		var got []string
		for _, one := range err.(interface{ Unwrap() []error }).Unwrap() {
			var e *SyntaxError
			if !errors.As(one, &e) || !errors.Is(one, fault.LintFailed) {
				t.Fatalf("%q: %#v", row.text, one)
			}
			got = append(got, fmt.Sprintf("%d %d:%d %v", e.Offset, e.Pos.Line, e.Pos.Col, e))
		}
		if strings.Join(got, "\n") != row.want {
			t.Errorf("%q:\n got %s\nwant %s", row.text, strings.Join(got, "\n"), row.want)
		}
	}
}

func TestExplain(t *testing.T) {
	_, err := ParseExpr(entries(t, "v: [a, {x: '${one}'}, $]")[0].Value)
	var r spec.Report
	Explain(&r, err)
	Explain(&r, nil)
	var got []string
	for _, d := range r.List() {
		got = append(got, d.String())
	}
	want := []string{
		`f.yaml:1:12: error[bad_reference]: "${" begins no reference (write $one or $(one))`,
		`f.yaml:1:23: error[bad_reference]: a "$" is followed by no name (write $$ for a dollar sign)`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseExprIsBounded(t *testing.T) {
	deep := text("x")
	for range 40 {
		deep = spec.Value{Kind: spec.List, Items: []spec.Value{deep}}
	}
	var r spec.Report
	for _, v := range []spec.Value{deep, text(strings.Repeat("$a", value.MaxText/2+1))} {
		_, err := ParseExpr(v)
		Explain(&r, err)
	}
	if list := r.List(); len(list) != 2 {
		t.Errorf("got %v", list)
	}
}
