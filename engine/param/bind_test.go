package param

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/value"
)

const roomParams = `
room: {type: string, pattern: "[a-z]+", example: red}
width: {type: int, default: 1280, min: 320, max: 1920}
half: {type: int, default: $width}
layout: {type: enum, of: [grid, speaker], default: grid}
kinds: {type: list, item: {type: enum, of: [audio, video]}, default: []}
url: {type: uri, default: "rtsp://$env.HOST/$(room)"}
login: {type: secret, default: $env.LOGIN}
`

func outer() Values { return Values{"env.HOST": "h", "env.LOGIN": "pw", "id": "7"} }

func TestBind(t *testing.T) {
	defs := defined(t, roomParams)
	for _, row := range []struct {
		given map[string]any
		want  Values
	}{
		{map[string]any{"room": "red"}, Values{
			"room": "red", "width": int64(1280), "half": int64(1280), "layout": "grid", "kinds": []any{},
			"url": "rtsp://h/red", "login": value.Hidden("pw"),
		}},
		{map[string]any{"room": "red", "width": 640.0, "layout": "speaker", "kinds": "audio,video", "url": "rtmp://x/", "login": "other"}, Values{
			"room": "red", "width": int64(640), "half": int64(640), "layout": "speaker", "kinds": []any{"audio", "video"},
			"url": "rtmp://x/", "login": value.Hidden("other"),
		}},
		{map[string]any{"room": "red", "width": nil, "half": "400"}, Values{ // nil is "not given"
			"room": "red", "width": int64(1280), "half": int64(400), "layout": "grid", "kinds": []any{},
			"url": "rtsp://h/red", "login": value.Hidden("pw"),
		}},
	} {
		got, errs := Bind(defs, row.given, outer())
		if len(errs) > 0 || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%v: got %#v, %v", row.given, got, errs)
		}
	}
}

// TestBindReportsAll: every error at once, in a fixed order, with places that point into the request.
func TestBindReportsAll(t *testing.T) {
	defs := defined(t, roomParams)
	values, errs := Bind(defs, map[string]any{
		"width": 4000, "layout": "spekaer", "kinds": []any{"audio", "vdieo"}, "rom": "red", "a/b": 1, "login": 5,
	}, Values{})
	want := []string{
		`/params/room: room is required (give it a value of type string, for example red)`,
		`/params/width: width 4000 is above the most allowed, 1920 (choose 320 to 1920)`,
		// half and url only follow from width and room
		`/params/layout: layout "spekaer" is not one of grid, speaker (did you mean "speaker"?)`,
		`/params/kinds/1: kinds item 2 "vdieo" is not one of audio, video (did you mean "video"?)`,
		`/params/login: login is an int; a secret is wanted (write for example s3cr3t)`,
		`/params/a~1b: there is no parameter "a/b" (the parameters are room, width, half, layout, kinds, url, login)`,
		`/params/rom: there is no parameter "rom" (did you mean "room"?)`,
	}
	var got []string
	for _, err := range errs {
		got = append(got, err.Error())
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != fault.InvalidParams {
			t.Errorf("%v is no fault of that code", err)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(values) != 0 {
		t.Errorf("got %v", values)
	}
}

func TestBindDefaults(t *testing.T) {
	for _, row := range []struct {
		params string
		outer  Scope
		want   string // the error, or the values
	}{
		{"u: {type: uri, default: 'rtsp://$env.HOST/'}", nil,
			"/params/u: u was not given, and its default cannot be made: $env.HOST is not set " +
				"(set the environment variable HOST, and see that graphs may read it)"},
		{"w: {type: int, default: $env.W}", Values{"env.W": "wide"},
			`/params/w: w was not given, and its default is refused: "wide" is not an int (write for example 5)`},
		{"w: {type: int, default: $env.W}", Values{"env.W": "7"}, "map[w:7]"},
		{"w: {type: int, default: $want.w}", Values{"want.w": nil}, "map[w:<nil>]"}, // no value wanted, none had
		{"s: {type: string, default: 'u:$p'}", Values{"p": value.Hidden("pw")}, "map[s:***]"},
		{"w: {type: int, default: $p}", Values{"p": value.Hidden("5")},
			"/params/w: w was not given, and its default is refused: is a secret, which cannot be used as an int (declare the parameter as int)"},
		{"a: {type: int, default: $id}\nb: {type: string, default: $a-$id}", Values{"id": "7"}, "map[a:7 b:7-7]"},
		{"id: {type: int, default: 5}\nb: {type: int, default: $id}", Values{"id": "7"}, "map[b:5 id:5]"}, // the inner name wins
		{"a: {type: int, default: $x}\nb: {type: int, default: $a}\nc: {type: int, default: $b}", nil,
			"/params/a: a was not given, and its default cannot be made: there is no $x here"},
	} {
		values, errs := Bind(defined(t, row.params), nil, row.outer)
		got := fmt.Sprint(map[string]any(values))
		if len(errs) > 0 {
			got = errors.Join(errs...).Error()
		}
		if got != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.params, got, row.want)
		}
	}
}

func TestBindIsBounded(t *testing.T) {
	given := map[string]any{strings.Repeat("ü", 1000): 1}
	for i := range 1000 {
		given[fmt.Sprintf("x%03d", i)] = 1
	}
	_, errs := Bind(nil, given, nil)
	if len(errs) != maxUnknown+1 {
		t.Errorf("%d errors", len(errs))
	}
	if want := `/params/x000: there is no parameter "x000" (there are no parameters)`; errs[0].Error() != want {
		t.Errorf("got %v, want %s", errs[0], want)
	}
	if want := "/params: more unknown parameters are not listed"; errs[maxUnknown].Error() != want {
		t.Errorf("got %v", errs[maxUnknown])
	}
	_, errs = Bind(nil, map[string]any{strings.Repeat("ü", 1000): 1}, nil)
	if len(errs) != 1 || len(errs[0].Error()) > 300 {
		t.Errorf("got %v", errs)
	}
}
