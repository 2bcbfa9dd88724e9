package phone_test

import (
	"net/http"
	"strings"
	"testing"

	"sluice/api/calls"
	"sluice/api/rest/wcs/phone"
	"sluice/api/rest/wcs/wcstest"
	"sluice/engine/enginetest"
)

// J is JSON.
type J = map[string]any

func TestMain(m *testing.M) { enginetest.Main(m) }

// TestWithoutTelephone: of each kind of call one; all paths are in the contract of the whole API.
func TestWithoutTelephone(t *testing.T) {
	all := phone.New(phone.Options{Clock: enginetest.NewClock()})
	t.Cleanup(all.Close)
	call := wcstest.New(t, phone.Routes(all))
	for _, c := range []struct {
		path   string
		body   J
		status int
		words  string
	}{
		{"/rest-api/call/startup", J{"callId": "1", "callee": "100", "sipLogin": "a", "sipDomain": "b"}, http.StatusNotImplemented, "has no SIP"},
		{"/rest-api/call/find", J{"callId": "1"}, http.StatusNotFound, "no such call"},
		{"/rest-api/call/terminate", J{"callId": "1"}, http.StatusNotFound, `no call "1"`},
		{"/rest-api/call/terminate", nil, http.StatusBadRequest, `"callId": it is missing`},
		{"/rest-api/call/send_dtmf", J{"callId": 1}, http.StatusBadRequest, `"dtmf": it is missing`},
		{"/rest-api/api/create-session", J{"sipLogin": "1000", "sipDomain": "b"}, http.StatusNotImplemented, "has no SIP"},
		{"/rest-api/api/find_all", nil, http.StatusNotFound, "no such agent"},
		{"/rest-api/cdn/show_routes", nil, http.StatusNotImplemented, "no content delivery network"},
		{"/RESTCall/call", J{"callee": "1", "connection": J{"sipLogin": "a", "sipDomain": "b"}}, http.StatusNotImplemented, "has no SIP"},
		{"/rest-api/call/startup", J{"callee": "1"}, http.StatusBadRequest, `"sipLogin": it is missing`},
		{"/rest-api/call/startup", J{"callee": "1", "sipLogin": "a", "sipDomain": "b", "callId": "../x"}, http.StatusBadRequest, `"callId"`},
		{"/rest-api/call/startup", J{"callee": "1", "sipLogin": "a", "sipDomain": "b", "toStream": "a/../b"}, http.StatusBadRequest, `"toStream"`},
		{"/rest-api/call/startup", J{"callee": "1", "sipLogin": "a", "sipDomain": "b", "rtmpUrl": "http://x"}, http.StatusBadRequest, `"rtmpUrl"`},
		{"/rest-api/call/send_dtmf", J{"callId": 1, "dtmf": 1, "type": "X"}, http.StatusBadRequest, `"type"`},
		{"/RESTCall/hangup", J{"callId": "1"}, http.StatusNotFound, `no call "1"`},
	} {
		call.Refused(c.path, c.body, c.status, c.words)
	}
	if a := call.Call("/RESTCall/getCalls", J{}); a.Code != http.StatusOK || strings.TrimSpace(a.Body.String()) != "[]" {
		t.Error(a.Code, a.Body)
	}
}

// pages is a call that a page has made.
type pages struct{ calls.Call }

func (pages) ID() string { return "page" }

// TestNamesAreTaken: no call begins with the name of another one, whoever made that.
func TestNamesAreTaken(t *testing.T) {
	all := phone.New(phone.Options{Clock: enginetest.NewClock(), All: func() []calls.Call { return []calls.Call{pages{}} }})
	t.Cleanup(all.Close)
	call := wcstest.New(t, phone.Routes(all))
	account := J{"sipLogin": "a", "sipDomain": "b"}
	one := J{"callId": "page", "callee": "100", "sipLogin": "a", "sipDomain": "b"}
	call.Refused("/rest-api/call/startup", one, http.StatusConflict, `call "page" already`)
	call.Refused("/RESTCall/call", J{"callId": "page", "callee": "100", "connection": account}, http.StatusConflict, `call "page" already`)
}
