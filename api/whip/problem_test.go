package whip

import (
	"errors"
	"net/http"
	"testing"

	"sluice/engine/fault"
)

// TestStatus has the table of the architecture, section 2.7, and what it leaves to doors. A code that is new fails here until
// somebody says what it is in HTTP.
func TestStatus(t *testing.T) {
	want := map[fault.Code]int{
		fault.InvalidRequest:     400,
		fault.InvalidParams:      422,
		fault.Unauthorized:       401,
		fault.Forbidden:          403,
		fault.StreamNotFound:     404,
		fault.GraphNotFound:      404,
		fault.ResourceNotFound:   404,
		fault.NoRoute:            404,
		fault.NameInUse:          409,
		fault.StaleVersion:       412,
		fault.CodecNotAvailable:  415,
		fault.ElementUnavailable: 501,
		fault.LintFailed:         422,
		fault.StartTimeout:       504,
		fault.Stalled:            504,
		fault.Overloaded:         503,
		fault.DiskFull:           507,
		fault.SlowReader:         503,
		fault.Closed:             503,
		fault.GstElement:         500,
		fault.GstNegotiation:     500,
		fault.GstUnavailable:     500,
		fault.MediaCorrupt:       502,
		fault.ProtocolViolation:  400,
		fault.Unreachable:        502,
		fault.ICEFailed:          502,
		fault.ICETimeout:         504,
		fault.ICEConsentLost:     502,
		fault.DTLSFailed:         502,
		fault.DTLSFingerprint:    400,
		fault.Lost:               500,
		fault.Internal:           500,
	}
	for _, c := range fault.Codes() {
		if want[c.Code] == 0 {
			t.Errorf("%s has no status", c.Code)
		}
		if got := status(c.Code); got != want[c.Code] {
			t.Errorf("%s: got %d, want %d", c.Code, got, want[c.Code])
		}
	}
	if got := status("no_such_code"); got != 500 {
		t.Errorf("an unknown code: got %d", got)
	}
}

func TestDescribe(t *testing.T) {
	f := fault.New(fault.NameInUse, "web/whip#1", "somebody publishes %q", "cam").Advise("take another name").
		Because(errors.New("inside"))
	for _, c := range []struct {
		name string
		err  error
		want problem
	}{
		{"a fault", f, problem{"Conflict", 409, `somebody publishes "cam"`, fault.NameInUse, "web/whip#1", "take another name"}},
		{"a fault inside", errors.Join(errors.New("x"), f), problem{"Conflict", 409, `somebody publishes "cam"`, fault.NameInUse, "web/whip#1", "take another name"}},
		{"another status", refuse(http.StatusTeapot, "short and stout"), problem{"I'm a teapot", 418, "short and stout", fault.InvalidRequest, "", ""}},
		{"any other error", errors.New("open /etc/shadow"), problem{"Internal Server Error", 500, "", fault.Internal, "", ""}},
	} {
		if got := describe(c.err); got != c.want {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}
