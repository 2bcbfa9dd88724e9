package call_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

func TestFound(t *testing.T) {
	all := []int{1, 2, 3, 4, 5}
	for text, want := range map[string]string{
		`{}`: "[1 2 3 4 5]", `{"offset":2}`: "[3 4 5]", `{"size":2}`: "[1 2]", `{"offset":"3","size":"1"}`: "[4]", `{"offset":4,"size":9}`: "[5]",
	} {
		got, err := call.Found(&call.Request{Object: decode(t, text)}, "number", all)
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for text, want := range map[string]fault.Code{
		`{"offset":5}`: fault.ResourceNotFound, `{"size":0}`: fault.ResourceNotFound, `{"offset":-1}`: fault.InvalidParams, `{"size":"x"}`: fault.InvalidParams,
	} {
		if _, err := call.Found(&call.Request{Object: decode(t, text)}, "number", all); !errors.Is(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := call.Found(&call.Request{}, "number", []int{}); err == nil || !strings.Contains(err.Error(), "no such number") {
		t.Error(err)
	}
}

func TestProblems(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_123)
	inner := errors.New("secret of the inside")
	several := errors.Join(fault.New(fault.InvalidParams, "/encoder/width", "too wide"), fault.New(fault.InvalidParams, "/uri", "missing"))
	for name, c := range map[string]struct {
		err    error
		status int
		want   call.Problem
	}{
		"not found": {fault.New(fault.StreamNotFound, "x", "no stream %q", "a").Advise("publish it").Because(inner), 404, call.Problem{
			Exception: "NotFoundException", Error: "Not Found", Message: `no stream "a"`, Reason: `stream_not_found: no stream "a" (publish it)`,
		}},
		"several": {several, 400, call.Problem{
			Exception: "BadRequestException", Error: "Bad Request", Message: `"encoder.width": too wide; "uri": missing`,
			Reason: `invalid_params: "encoder.width": too wide; "uri": missing`,
		}},
		"no fault": {inner, 500, call.Problem{
			Exception: "InternalErrorException", Error: "Internal Server Error", Message: "something went wrong in the server",
			Reason: "internal: something went wrong in the server",
		}},
		"wrapped": {fmt.Errorf("x: %w", fault.New(fault.Overloaded, "", "no CPU")), 503, call.Problem{
			Exception: "ServiceUnavailableException", Error: "Service Unavailable", Message: "no CPU", Reason: "overloaded: no CPU",
		}},
	} {
		c.want.Path, c.want.Status, c.want.Timestamp = "/rest-api/x", c.status, now.UnixMilli()
		if got := call.Of(c.err, "/rest-api/x", now); got != c.want {
			t.Errorf("%s: %+v\nnot %+v", name, got, c.want)
		}
	}
}

// TestStatuses: every code has one of the statuses that WCS has, and every status one name.
func TestStatuses(t *testing.T) {
	names := map[int]string{}
	for _, c := range fault.Codes() {
		status, exception := call.Status(c.Code)
		if names[status] != "" && names[status] != exception {
			t.Errorf("%d is %s and %s", status, names[status], exception)
		}
		names[status] = exception
	}
	for _, status := range []int{400, 401, 403, 404, 409, 500, 501, 503} {
		if names[status] == "" {
			t.Errorf("nothing is %d", status)
		}
		delete(names, status)
	}
	if len(names) > 0 {
		t.Error(names)
	}
}
