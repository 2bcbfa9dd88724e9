package admin

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// closed lets nobody in.
type closed struct{}

func (closed) Authorise(context.Context, auth.Request) (string, error) {
	return "", fault.New(fault.Forbidden, "", "no")
}

// TestRefusalNamesTheRight: who is refused hears which right is missing.
func TestRefusalNamesTheRight(t *testing.T) {
	for action, want := range map[auth.Action]string{auth.Admin: "admin: true", auth.Metrics: "metrics: true"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = "192.0.2.1:5"
		if _, err := For(action, closed{}, "x").Admit(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", action, err)
		}
	}
}
