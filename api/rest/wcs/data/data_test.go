package data_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"sluice/api/rest/wcs/data"
	"sluice/api/rest/wcs/wcstest"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// J is JSON.
type J = map[string]any

// pages remember what they are sent.
type pages struct{ got []string }

func (p *pages) Send(id string, d wire.ServerData) error {
	if id != "a" {
		return fault.New(fault.ResourceNotFound, "", "there is no session %q", id)
	}
	text, err := json.Marshal(d)
	p.got = append(p.got, string(text))
	return err
}

func TestSend(t *testing.T) {
	p := &pages{}
	call := wcstest.New(t, data.Routes(p, "node-1"))
	const send = "/rest-api/data/send"
	for want, body := range map[string]J{
		`{"operationId":"o","payload":{"list":[true,null],"n":1}}`: {
			"nodeId": "node-1", "sessionId": "a", "operationId": "o", "payload": J{"n": 1, "list": []any{true, nil}},
		},
		`"payload":null}`:     {"sessionId": "a"},
		`"payload":"a text"}`: {"sessionId": "a", "payload": "a text", "operationId": 23},
	} {
		call.Good(send, body)
		last := p.got[len(p.got)-1]
		if !strings.HasSuffix(last, want) || strings.Contains(last, `"operationId":""`) {
			t.Errorf("%v: %s, want %s", body, last, want)
		}
	}
	before := len(p.got)
	call.Refused(send, J{}, http.StatusBadRequest, `"sessionId": it is missing`)
	call.Refused(send, J{"sessionId": "a", "operationId": J{}}, http.StatusBadRequest, `"operationId"`)
	call.Refused(send, J{"sessionId": "a", "operationId": strings.Repeat("x", 1000)}, http.StatusBadRequest, `"operationId"`)
	call.Refused(send, J{"sessionId": "b"}, http.StatusNotFound, "no session")
	call.Refused(send, J{"sessionId": "a", "nodeId": "node-2"}, http.StatusNotFound, "no node")
	if len(p.got) != before {
		t.Error("refused, and sent:", p.got)
	}
}
