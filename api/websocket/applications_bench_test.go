package websocket

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"sluice/api/hooks"
)

// BenchmarkConnectBesideOneThatHangs connects pages of an application that answers to two doors in turn: at one of them the back end of
// another application hangs, with a hundred pages of its own that want to come in. beside/alone is the ratio of the 99th percentiles; 1
// is what is wanted.
func BenchmarkConnectBesideOneThatHangs(b *testing.B) {
	const hanging, least = 100, 300
	stop := make(chan struct{})
	arrived := make(chan struct{}, hanging)
	bad := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived <- struct{}{}; <-stop }))
	good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	doors := []*kit{}
	for range 2 {
		h, err := hooks.New(hooks.Options{Apps: found{
			"shop": {Key: "shop", URL: good.URL}, "bad": {Key: "bad", URL: bad.URL, Methods: []string{hooks.Connect}},
		}, Timeout: time.Hour, Calls: hanging})
		if err != nil {
			b.Fatal(err)
		}
		k := newKit(b, Options{Hooks: &application{TB: b, hooks: h}})
		k.log.off = true
		b.Cleanup(func() { h.Close(b.Context()) })
		doors = append(doors, k)
	}
	b.Cleanup(func() {
		close(stop)
		bad.Close()
		good.Close()
	})
	for i := range hanging {
		doors[1].dial("/").say(fmt.Sprintf(`{"message":"connection","data":[{"appKey":"bad","custom":%d}]}`, i))
	}
	for range hanging {
		<-arrived
	}
	var took [2][]time.Duration
	each := func() {
		for n, k := range doors {
			begun := time.Now()
			c := k.connect(`{"appKey":"shop"}`)
			took[n] = append(took[n], time.Since(begun))
			c.conn.Close()
		}
	}
	for b.Loop() {
		each()
	}
	for len(took[0]) < least {
		each()
	}
	var late [2]time.Duration
	for n := range took {
		slices.Sort(took[n])
		late[n] = took[n][len(took[n])*99/100]
	}
	b.ReportMetric(float64(late[1])/float64(late[0]), "beside/alone")
	b.ReportMetric(float64(late[1].Microseconds()), "µs-p99")
}
