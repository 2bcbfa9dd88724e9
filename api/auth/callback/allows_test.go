package callback

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/auth"
)

// TestRemembered: who was let in is not asked about again, for a short time, and for exactly this; who was refused is.
func TestRemembered(t *testing.T) {
	var asked atomic.Int32
	j := judge(t, auth.HTTPConfig{Cache: time.Hour}, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) > 1 {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	q := auth.Request{Action: auth.Play, Stream: "a", Token: "x"}
	for range 3 {
		if v := j.Judge(t.Context(), q); v.Outcome != auth.Allow {
			t.Errorf("got %+v", v)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
	q.Action = auth.Publish
	for range 3 {
		if v := j.Judge(t.Context(), q); v.Outcome != auth.Wrong {
			t.Errorf("got %+v", v)
		}
	}
	if n := asked.Load(); n != 4 {
		t.Errorf("it was asked %d times", n)
	}
}

func TestForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAllows(time.Minute)
		q := auth.Request{Action: auth.Play, Stream: "a"}
		a.add(q)
		<-time.After(time.Minute - 1)
		if !a.has(q) {
			t.Error("it is forgotten too early")
		}
		<-time.After(1)
		if a.has(q) {
			t.Error("it is not forgotten")
		}
		for i := range maxAllows + 100 {
			a.add(auth.Request{Stream: strconv.Itoa(i)})
		}
		if len(a.of) != maxAllows || a.old.Len() != maxAllows || a.has(auth.Request{Stream: "99"}) || !a.has(auth.Request{Stream: "100"}) {
			t.Errorf("%d, %d", len(a.of), a.old.Len())
		}
		for range 10 {
			a.add(auth.Request{Stream: "100"})
		}
		if a.old.Len() != maxAllows {
			t.Errorf("%d", a.old.Len())
		}
	})
	var none *allows
	none.add(auth.Request{})
	if none.has(auth.Request{}) {
		t.Error("nothing remembers something")
	}
}

// TestMarks: requests that differ in anything that a back end is told differ here, too; and so will fields that are added.
func TestMarks(t *testing.T) {
	seen := map[mark]string{marked(auth.Request{}): "none"}
	add := func(name string, q auth.Request) {
		m := marked(q)
		if other, ok := seen[m]; ok {
			t.Errorf("%s is like %s", name, other)
		}
		seen[m] = name
	}
	kind := reflect.TypeFor[auth.Request]()
	for i := range kind.NumField() {
		switch f := kind.Field(i); f.Name {
		case "Proof", "Salted", "Listing", "Local", "brake": // are not asked about
		case "Remote":
			add(f.Name, auth.Request{Remote: at("192.0.2.1")})
		default:
			var q auth.Request
			reflect.ValueOf(&q).Elem().Field(i).SetString("x")
			add(f.Name, q)
		}
	}
	add("two", auth.Request{User: "xx"})
	add("two fields", auth.Request{User: "x", Password: "x"})
}

// FuzzBody: whatever clients say, a back end is told that and nothing else.
func FuzzBody(f *testing.F) {
	f.Add("ann", `","action":"publish`, "t", "live/cam", "a=b")
	f.Fuzz(func(t *testing.T, user, password, token, stream, query string) {
		m := decoded(t, body("id", auth.Request{Action: auth.Play, User: user, Password: password, Token: token, Stream: stream, Query: query}))
		want := decoded(t, mustJSON(t, map[string]any{
			"user": user, "password": password, "token": token, "path": stream, "stream": stream, "query": query,
			"action": "read", "id": "id", "ip": "", "protocol": "",
		}))
		if !reflect.DeepEqual(m, want) {
			t.Errorf("got %v, want %v", m, want)
		}
	})
}

func decoded(t *testing.T, b []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
