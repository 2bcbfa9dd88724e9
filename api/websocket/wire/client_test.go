package wire

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzClient: whatever a page says of itself, operators see no member whose name says that it is secret, however deep, and what the
// server says stands.
func FuzzClient(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"appKey":"a","sipPassword":"p","authToken":"t"}`, `{"custom":{"token":["a",{"b":1}],"deep":[[{"Secret":{"x":1}}]]}}`,
		`{"custom":"token","sessionId":"mine"}`, `{"custom":null,"a":1e400}`, `[]`, `{"":""}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		var c Connection
		if json.Unmarshal(object, &c.fields) != nil {
			return
		}
		text, err := json.Marshal(c.Client(map[string]any{"sessionId": "ours"}))
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if err := json.Unmarshal(text, &back); err != nil || back["sessionId"] != "ours" {
			t.Fatalf("%s: %v", text, err)
		}
		revealed(t, "", back)
	})
}

// revealed fails the test if there is a secret in a value.
func revealed(t *testing.T, name string, v any) {
	for _, word := range []string{"password", "token", "secret"} {
		if strings.Contains(strings.ToLower(name), word) && v != "" {
			t.Fatalf("%q is %v", name, v)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			revealed(t, name, one)
		}
	case []any:
		for _, one := range v {
			revealed(t, "", one)
		}
	}
}
