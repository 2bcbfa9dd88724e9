package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestOf(t *testing.T) {
	width := fault.New(fault.InvalidParams, "/params/width", "must be at most 7680").Advise("write 1280")
	size := fault.New(fault.InvalidParams, "/params/size", "there is no such parameter")
	for _, row := range []struct {
		name string
		err  error
		want Problem
	}{
		{
			"a fault", fault.New(fault.GraphNotFound, "x", `there is no graph "x"`).Advise("look again").Because(errors.New("secret")),
			Problem{Title: "Not Found", Status: 404, Detail: `there is no graph "x"`, Code: "graph_not_found", Place: "x", Hint: "look again"},
		},
		{
			"a parameter", width, Problem{
				Title: "Unprocessable Entity", Status: 422, Detail: "must be at most 7680", Code: "invalid_params",
				Errors: []Detail{{Detail: "must be at most 7680", Code: "invalid_params", Pointer: "/params/width", Hint: "write 1280"}},
			},
		},
		{
			"two parameters", errors.Join(width, size), Problem{
				Title: "Unprocessable Entity", Status: 422, Detail: "2 things are wrong with the request", Code: "invalid_params",
				Errors: []Detail{
					{Detail: "must be at most 7680", Code: "invalid_params", Pointer: "/params/width", Hint: "write 1280"},
					{Detail: "there is no such parameter", Code: "invalid_params", Pointer: "/params/size"},
				},
			},
		},
		{
			"a field of a node", fault.New(fault.InvalidParams, "jobs/x#1/in", "it has no field"),
			Problem{Title: "Unprocessable Entity", Status: 422, Detail: "it has no field", Code: "invalid_params", Place: "jobs/x#1/in"},
		},
		{
			"something that is no fault", errors.New("/etc/shadow: permission denied"),
			Problem{Title: "Internal Server Error", Status: 500, Code: "internal"},
		},
		{
			"another status", &Refusal{
				Fault: fault.New(fault.InvalidParams, "in", "not now"), Status: 409, Errors: []Detail{{Detail: "x", State: "planned"}},
			},
			Problem{
				Title: "Conflict", Status: 409, Detail: "not now", Code: "invalid_params", Place: "in",
				Errors: []Detail{{Detail: "x", State: "planned"}},
			},
		},
		{
			"one that is wrapped", fmt.Errorf("later: %w", fault.New(fault.Overloaded, "", "no room")),
			Problem{Title: "Service Unavailable", Status: 503, Detail: "no room", Code: "overloaded"},
		},
		{"a problem", &Problem{Title: "A", Status: 418}, Problem{Title: "A", Status: 418}},
	} {
		if got := *Of(row.err); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s:\n%+v, want\n%+v", row.name, got, row.want)
		}
	}
}

func TestWrite(t *testing.T) {
	for _, row := range []struct {
		err         error
		status      int
		name, value string
	}{
		{fault.New(fault.Unauthorized, "", "not everybody may"), 401, "Www-Authenticate", "Bearer"},
		{fault.New(fault.Overloaded, "", "no room"), 503, "Retry-After", "2"},
		{fault.New(fault.NoRoute, "", "none"), 404, "Content-Type", ContentType},
	} {
		w := httptest.NewRecorder()
		Of(row.err).Write(w)
		if w.Code != row.status || !strings.HasPrefix(w.Header().Get(row.name), row.value) {
			t.Errorf("%v: %d %v", row.err, w.Code, w.Header())
		}
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != row.status || p.Error() == "" {
			t.Errorf("%v: %+v %v", row.err, p, err)
		}
	}
}
