package phone_test

import (
	"net/http"
	"strings"
	"testing"

	"sluice/api/rest/wcs/phone"
	"sluice/api/rest/wcs/wcstest"
)

// J is JSON.
type J = map[string]any

// TestWhatIsNotThere: of each kind of call one; all paths are in the contract of the whole API.
func TestWhatIsNotThere(t *testing.T) {
	call := wcstest.New(t, phone.Routes())
	for _, c := range []struct {
		path   string
		body   J
		status int
		words  string
	}{
		{"/rest-api/call/startup", J{"callId": "1", "callee": "100"}, http.StatusNotImplemented, "has no SIP"},
		{"/rest-api/call/find", J{"callId": "1"}, http.StatusNotFound, "no such call"},
		{"/rest-api/call/terminate", J{"callId": "1"}, http.StatusNotFound, `no call "1"`},
		{"/rest-api/call/terminate", nil, http.StatusBadRequest, `"callId": it is missing`},
		{"/rest-api/call/send_dtmf", J{"callId": 1}, http.StatusBadRequest, `"dtmf": it is missing`},
		{"/rest-api/api/create-session", J{"sipLogin": "1000"}, http.StatusNotImplemented, "has no SIP"},
		{"/rest-api/api/find_all", nil, http.StatusNotFound, "no such agent"},
		{"/rest-api/cdn/show_routes", nil, http.StatusNotImplemented, "no content delivery network"},
		{"/RESTCall/call", J{}, http.StatusNotImplemented, "has no SIP"},
		{"/RESTCall/hangup", J{"callId": "1"}, http.StatusNotFound, `no call "1"`},
	} {
		call.Refused(c.path, c.body, c.status, c.words)
	}
	if a := call.Call("/RESTCall/getCalls", J{}); a.Code != http.StatusOK || strings.TrimSpace(a.Body.String()) != "[]" {
		t.Error(a.Code, a.Body)
	}
}
