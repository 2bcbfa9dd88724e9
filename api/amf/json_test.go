package amf

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"
)

func TestPlain(t *testing.T) {
	v := Object{
		{"n", 1.5}, {"b", true}, {"s", "x"}, {"none", nil}, {"never", Undefined{}}, {"inf", math.Inf(1)}, {"raw", []byte{1}},
		{"a", Array{{"k", List{1.0, "y"}}}}, {"d", Date(time.Unix(0, 0))},
	}
	b, err := json.Marshal(Plain(v))
	const want = `{"a":{"k":[1,"y"]},"b":true,"d":"1970-01-01T00:00:00Z","inf":null,"n":1.5,"never":null,"none":null,"raw":null,"s":"x"}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
	var back any
	if err := json.Unmarshal([]byte(`{"b":[1,{"y":null,"x":true}],"a":"t"}`), &back); err != nil {
		t.Fatal(err)
	}
	if got := Of(back); !reflect.DeepEqual(got, Object{{"a", "t"}, {"b", List{1.0, Object{{"x", true}, {"y", nil}}}}}) {
		t.Errorf("%v", got)
	}
}

// FuzzPlain: whatever is read can be written as JSON, and what that says again in AMF.
func FuzzPlain(f *testing.F) {
	f.Add(Append(nil, "onMetaData", Array{{"a", 1}, {"b", List{"x", nil, Object{{"c", true}}}}}))
	f.Fuzz(func(t *testing.T, in []byte) {
		values, err := Read(in)
		if err != nil {
			return
		}
		for _, v := range values {
			b, err := json.Marshal(Plain(v))
			if err != nil {
				t.Fatalf("%v: %v", v, err)
			}
			var back any
			if err := json.Unmarshal(b, &back); err != nil {
				t.Fatal(err)
			}
			if again, err := Read(Append(nil, Of(back))); err != nil || len(again) != 1 {
				t.Fatalf("%s: %v, %v", b, again, err)
			}
		}
	})
}
