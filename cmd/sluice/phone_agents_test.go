package main

import (
	"encoding/json"
	"net/http"
	"testing"
)

// list makes a request that answers with a list.
func (s *switchboard) list(path string, body any) []J {
	s.t.Helper()
	a := s.Call(s.t, "POST "+path, body)
	var all []J
	if err := json.Unmarshal([]byte(a.Text), &all); err != nil || a.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s %s", path, a.Status, a.Text)
	}
	return all
}

// TestSeveralCalls: of two calls each is found by what it is, gets its own keys, and ends alone.
func TestSeveralCalls(t *testing.T) {
	s := serveSwitchboard(t, anybody("trunk"))
	ann, ben := s.telephone("1001", 440), s.telephone("1002", 1000)
	s.want(http.StatusOK, "POST /rest-api/call/startup", s.call("one", ann, "1001"))
	s.want(http.StatusOK, "POST /rest-api/call/startup", s.call("two", ben, "1002"))
	ann.AwaitCall()
	ben.AwaitCall()
	s.until("two calls", func() bool {
		a := s.Call(t, "POST /rest-api/call/find", J{"status": "ESTABLISHED"})
		var all []J
		return json.Unmarshal([]byte(a.Text), &all) == nil && len(all) == 2
	})
	if all := s.list("/rest-api/call/find_all", nil); len(all) != 2 || all[0]["callId"] != "one" || all[1]["callId"] != "two" {
		t.Errorf("%v", all)
	}
	for _, by := range []J{{"callId": "two"}, {"callee": "1002"}, {"callee": "1002", "caller": "100", "incoming": false}} {
		if all := s.list("/rest-api/call/find", by); len(all) != 1 || all[0]["callId"] != "two" || all[0]["callee"] != "1002" {
			t.Errorf("%v: %v", by, all)
		}
	}
	for _, by := range []J{{"callId": "three"}, {"callee": "1003"}, {"incoming": true}, {"status": "HOLD"}, {"rtmpUrl": "rtmp://example.org"}} {
		s.want(http.StatusNotFound, "POST /rest-api/call/find", by)
	}
	s.want(http.StatusOK, "POST /rest-api/call/send_dtmf", J{"callId": "one", "dtmf": "12", "type": "RFC2833"})
	s.want(http.StatusOK, "POST /rest-api/call/send_dtmf", J{"callId": "two", "dtmf": "#", "type": "RFC2833"})
	s.want(http.StatusNotFound, "POST /rest-api/call/send_dtmf", J{"callId": "three", "dtmf": "1"})
	s.want(http.StatusBadRequest, "POST /rest-api/call/send_dtmf", J{"callId": "one", "dtmf": "x"})
	if a, b := ann.AwaitKeys(2), ben.AwaitKeys(1); a != "12" || b != "#" {
		t.Errorf("keys %q and %q", a, b)
	}
	s.want(http.StatusOK, "POST /rest-api/call/terminate", J{"callId": "one"})
	ann.AwaitEnd()
	s.want(http.StatusNotFound, "POST /rest-api/call/terminate", J{"callId": "one"})
	if all := s.list("/rest-api/call/find_all", nil); len(all) != 1 || all[0]["callId"] != "two" {
		t.Errorf("%v", all)
	}
	ben.Hangup()
	s.until("no call", func() bool { return s.Call(t, "POST /rest-api/call/find_all", nil).StatusCode == http.StatusNotFound })
}

// TestAgents: an agent keeps a line open, calls on it, and hangs up; its end ends its calls.
func TestAgents(t *testing.T) {
	s := serveSwitchboard(t, anybody("trunk"))
	ann := s.telephone("1001", 440)
	who := s.call("", ann, "")
	made := s.want(http.StatusOK, "POST /rest-api/api/create-session", who)
	id, _ := made["id"].(string)
	if about, _ := made["connection"].(J); id == "" || about["sipLogin"] != "100" || about["sipPassword"] != nil {
		t.Fatalf("%v", made)
	}
	s.want(http.StatusConflict, "POST /rest-api/api/create-session", who)
	s.want(http.StatusNotFound, "POST /rest-api/api/call", J{"wcsCallAgentId": "nobody", "callee": "1001"})
	s.want(http.StatusBadRequest, "POST /rest-api/api/call", J{"wcsCallAgentId": id})
	for _, name := range []string{"one", "two"} {
		s.want(http.StatusOK, "POST /rest-api/api/call", J{"wcsCallAgentId": id, "callee": "1001", "callId": name})
		ann.AwaitCall()
		s.until("the call of the agent", func() bool {
			all := s.list("/rest-api/api/find_all", nil)
			calls, _ := all[0]["calls"].([]any)
			return len(all) == 1 && all[0]["id"] == id && len(calls) == 1 && calls[0].(J)["status"] == "ESTABLISHED"
		})
		if name == "two" {
			break
		}
		s.want(http.StatusNotFound, "POST /rest-api/api/hangup", J{"wcsCallAgentId": id, "callId": "three"})
		s.want(http.StatusOK, "POST /rest-api/api/hangup", J{"wcsCallAgentId": id, "callId": name})
		ann.AwaitEnd()
	}
	s.want(http.StatusOK, "POST /rest-api/api/terminate", J{"sipLogin": "100"})
	s.want(http.StatusNotFound, "POST /rest-api/api/terminate", J{"sipLogin": "100"})
	s.want(http.StatusNotFound, "POST /rest-api/api/find_all", nil)
	s.want(http.StatusNotFound, "POST /rest-api/api/call", J{"wcsCallAgentId": id, "callee": "1001"})
}
