package rest_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// Of those who start at the same time for one name, one pipeline comes about and publishes; the others are told, and so is who asks for
// a name that no stream can have.
func TestOneNameOverHTTP(t *testing.T) {
	k := start(t, options{})
	body := J{"graph": "jobs/show", "params": J{"name": "st/two"}}
	var all sync.WaitGroup
	var begun, refused atomic.Int32
	for range 10 {
		all.Go(func() {
			switch a := k.call("POST /v1/pipelines?wait=5s", body); a.StatusCode {
			case http.StatusCreated:
				begun.Add(1)
			case http.StatusConflict:
				refused.Add(1)
			default:
				t.Errorf("%s %s", a.Status, a.text)
			}
		})
	}
	all.Wait()
	if begun.Load() != 1 || refused.Load() != 9 {
		t.Errorf("%d begun, %d refused", begun.Load(), refused.Load())
	}
	if list := want[wire.Page[wire.Pipeline]](k, 200, "GET /v1/pipelines", nil); list.Total != 1 || list.Items[0].State != "live" {
		t.Errorf("%+v", list)
	}
	want[J](k, 200, "GET /v1/streams/st%2Ftwo", nil)
	k.refused(400, fault.InvalidRequest, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/show", "params": J{"name": "a//b"}})
}
