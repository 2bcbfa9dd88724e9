package api_test

import (
	"net/http"
	"testing"

	"sluice/api"
	"sluice/engine/fault"
)

// TestStatus: each code has a status that is none of success.
func TestStatus(t *testing.T) {
	for _, c := range fault.Codes() {
		if s := api.Status(c.Code); s < 400 || http.StatusText(s) == "" {
			t.Errorf("%s: %d", c.Code, s)
		}
		if s := api.Status(c.Code); c.Blame == fault.Request && s >= 500 && c.Code != fault.Overloaded && c.Code != fault.Closed {
			t.Errorf("%s: %d blames the server for what the caller did", c.Code, s)
		}
	}
	for code, want := range map[fault.Code]int{
		fault.LintFailed: 422, fault.StaleVersion: 412, fault.MediaCorrupt: 502, fault.Lost: 500, fault.StartTimeout: 504, fault.DiskFull: 507, "unheard of": 500,
	} {
		if got := api.Status(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}
