package call_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

func decode(t *testing.T, text string) call.Object {
	t.Helper()
	o, err := call.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return o
}

// wrongs are the places of what is wrong.
func wrongs(err error) []string {
	var out []string
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			if f, ok := errors.AsType[*fault.Fault](one); ok && f.Code == fault.InvalidParams {
				out = append(out, f.Place)
			}
		}
	}
	return out
}

func TestMembers(t *testing.T) {
	o := decode(t, `{"s":"x","n":7,"f":"2.5","whole":"25.0","yes":"true","no":false,"blank":"","gone":null,"in":{"w":"640"},"list":["a",1,true],"extra":{}}`)
	w, given := o.Object("in").Whole("w", 0, 4096)
	n, _ := o.Whole("n", 0, 10)
	f, _ := o.Number("f", 0, 10)
	whole, _ := o.Whole("whole", 0, 100)
	if w != 640 || !given || n != 7 || f != 2.5 || whole != 25 {
		t.Error(w, given, n, f, whole)
	}
	if o.Text("s") != "x" || o.Text("n") != "7" || o.Text("no") != "false" || o.Text("none") != "" || o.Need("s") != "x" {
		t.Error("texts")
	}
	for name, want := range map[string][2]bool{"yes": {true, true}, "no": {false, true}, "blank": {}, "gone": {}, "none": {}} {
		if is, given := o.Flag(name); [2]bool{is, given} != want {
			t.Errorf("%s: %v %v", name, is, given)
		}
	}
	if _, given := o.Whole("blank", 1, 2); given || o.Has("gone") || !o.Has("in") {
		t.Error("what is not there is there")
	}
	if got := o.Texts("list"); !slices.Equal(got, []string{"a", "1", "true"}) || !slices.Equal(o.Texts("s"), []string{"x"}) || o.Texts("none") != nil {
		t.Error(got)
	}
	if _, given := o.Object("none").Object("deeper").Whole("x", 0, 1); given {
		t.Error("a member of nothing")
	}
	if got := strings.Join(o.Names(), " "); got != "blank extra f in list n no s whole yes" {
		t.Error(got)
	}
	if err := o.Err(); err != nil {
		t.Error(err)
	}
}

func TestWrongMembers(t *testing.T) {
	o := decode(t, `{"s":{},"n":"x","big":11,"small":-1,"half":1.5,"nan":"NaN","inf":"1e999","flag":"yes","number":{},"one":1,"list":[{}],"in":[],"obj":{"w":true},"empty":""}`)
	o.Text("s")
	o.Need("absent")
	o.Need("empty")
	o.Need("in")
	for _, name := range []string{"n", "big", "small", "half", "nan", "inf", "number"} {
		if got, given := o.Whole(name, 0, 10); got != 0 || given {
			t.Errorf("%s is %d", name, got)
		}
	}
	o.Flag("flag")
	o.Flag("one")
	o.Texts("list")
	o.Object("in")
	o.Object("obj").Whole("w", 0, 1)
	want := []string{
		"/s", "/absent", "/empty", "/in", "/n", "/big", "/small", "/half", "/nan", "/inf", "/number", "/flag", "/one", "/list/0", "/in", "/obj/w",
	}
	if got := wrongs(o.Err()); !slices.Equal(got, want) {
		t.Errorf("%v\nnot %v", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`[]`: "a list, not an object", `"x"`: "text, not an object", `1`: "a number", `true`: "a boolean", `{`: "not JSON", `{} {}`: "not JSON",
		`{"a":1,}`: "not JSON", "{\"a\":\"\xff\"}": "not UTF-8", strings.Repeat("[", 20_000): "not JSON",
		`{"a":"` + strings.Repeat("x", call.MaxBody) + `"}`: "longer than",
	} {
		_, err := call.Decode([]byte(text))
		if fault.CodeOf(err) != fault.InvalidRequest || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
	for _, text := range []string{"", " \n", "null", "{}"} {
		if o, err := call.Decode([]byte(text)); err != nil || len(o.Names()) != 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzDecode: whatever comes, what is read of it is within the limits that were given, or told to be wrong.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"uri":"transcoder://tcode1","remoteStreamName":"test","localStreamName":"testT","encoder":{"width":640,"height":"480","fps":30}}`,
		`{"encoder":[],"a":"true","width":1e400}`, `{"width":"0x10"}`, `{"width":-0}`, `{"width":"  5"}`, `null`, `{"a":{"a":{"a":[]}}}`, "\xff", `{"list":["a"]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := call.Decode(body)
		if err != nil {
			if fault.CodeOf(err) != fault.InvalidRequest {
				t.Error(err)
			}
			return
		}
		for _, name := range o.Names() {
			before := len(wrongs(o.Err()))
			n, given := o.Whole(name, 16, 4096)
			if given && (n < 16 || n > 4096) || !given && n != 0 {
				t.Errorf("%q: %d %v", name, n, given)
			}
			if is, given := o.Flag(name); is && !given {
				t.Errorf("%q is true and not there", name)
			}
			o.Texts(name)
			o.Text(name)
			in := o.Object(name)
			for _, deeper := range in.Names() {
				in.Number(deeper, 0, 1)
			}
			if !given && o.Text(name) != "" && len(wrongs(o.Err())) == before {
				t.Errorf("%q is no number, and nothing is wrong", name)
			}
		}
	})
}
