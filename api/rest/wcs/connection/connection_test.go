package connection_test

import (
	"fmt"
	"net/http"
	"testing"

	"sluice/api/rest/wcs/connection"
	"sluice/api/rest/wcs/wcstest"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// J is JSON.
type J = map[string]any

// clients are who would be connected.
type clients struct {
	list []wire.Client
	did  []string
}

func (c *clients) List() []wire.Client { return append([]wire.Client(nil), c.list...) }

func (c *clients) Terminate(id string) error { return c.do(id, "terminate "+id) }

func (c *clients) SetLogLevel(id, level string) error { return c.do(id, "log "+id+" "+level) }

func (c *clients) do(id, what string) error {
	for _, one := range c.list {
		if one["sessionId"] == id {
			c.did = append(c.did, what)
			return nil
		}
	}
	return fault.New(fault.ResourceNotFound, "", "there is no session %q", id)
}

func TestConnections(t *testing.T) {
	c := &clients{}
	call := wcstest.New(t, connection.Routes(c))
	call.Refused("/rest-api/connection/find_all", nil, http.StatusNotFound, "no such connection")
	c.list = []wire.Client{
		{"sessionId": "a", "clientVersion": "2.0", "appKey": "shop", "msePacketizationVersion": 2.0, "keepAlive": true, "status": "ESTABLISHED"},
		{"sessionId": "b", "clientVersion": "2.0", "appKey": "defaultApp", "custom": J{"login": "bob"}},
		{"sessionId": "c", "clientVersion": "2.0.218"},
	}
	for _, x := range []struct {
		path string
		ask  J
		want string
	}{
		{"find_all", nil, "[a b c]"},
		{"find_all", J{"offset": "1", "size": 1}, "[b]"},
		{"find", J{}, "[a b c]"},
		{"find", J{"clientVersion": nil}, "[a b c]"}, // as the SDK sends it
		{"find", J{"clientVersion": "2.0"}, "[a b]"},
		{"find", J{"clientVersion": "2.0", "appKey": "shop"}, "[a]"},
		{"find", J{"msePacketizationVersion": 2}, "[a]"},
		{"find", J{"keepAlive": "true", "offset": 0}, "[a]"},
		{"find", J{"nothing": "like it"}, "[]"},
	} {
		var got []any
		for _, one := range call.List("/rest-api/connection/"+x.path, x.ask) {
			got = append(got, one["sessionId"])
		}
		if fmt.Sprint(got) != x.want {
			t.Errorf("%s %v: %v, want %s", x.path, x.ask, got, x.want)
		}
	}
	call.Refused("/rest-api/connection/find", J{"custom": J{"login": "bob"}}, http.StatusBadRequest, `"custom": it is an object`)
}

func TestWhatIsDoneToConnections(t *testing.T) {
	c := &clients{list: []wire.Client{{"sessionId": "a"}}}
	call := wcstest.New(t, connection.Routes(c))
	const terminate, level = "/rest-api/connection/terminate", "/rest-api/connection/set_log_level"
	call.Refused(terminate, J{}, http.StatusBadRequest, `"sessionId": it is missing`)
	call.Refused(terminate, J{"sessionId": "b"}, http.StatusNotFound, "no session")
	call.Refused(level, J{"sessionId": "a"}, http.StatusBadRequest, `"logLevel": it is missing`)
	call.Refused(level, J{"sessionId": "b", "logLevel": "DEBUG"}, http.StatusNotFound, "no session")
	call.Good(level, J{"sessionId": "a", "logLevel": "DEBUG"})
	call.Good(terminate, J{"sessionId": "a"})
	if got := fmt.Sprint(c.did); got != "[log a DEBUG terminate a]" {
		t.Error(got)
	}
}
