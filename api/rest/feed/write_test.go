package feed

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/event"
)

// recorder notes what is written; after most bytes nothing can be.
type recorder struct {
	*httptest.ResponseRecorder
	most int
}

func (r recorder) Write(p []byte) (int, error) {
	if r.Body.Len() > r.most {
		return 0, errors.New("gone")
	}
	return r.ResponseRecorder.Write(p)
}

func data(id string, e event.Event) any {
	if e.Name == "bad.x" {
		return func() {} // no JSON
	}
	return map[string]string{"id": id, "text": "one\ntwo"}
}

func TestWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := event.NewBus(nil)
		f := New(bus, Options{Keep: 2})
		raise(t, bus, "a.x", "b.x", "c.x")
		c, _ := f.After(f.ID(1), nil)
		raise(t, bus, "d.x", "bad.x")
		w := recorder{httptest.NewRecorder(), 1 << 20}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.Write(t.Context(), w, false, Writing{Data: data, Alive: time.Minute})
		}()
		time.Sleep(90 * time.Second) //nolint:forbidigo // in a bubble
		f.Close()
		<-done
		want := "retry: 2000\n\n" + "event: feed.reset\ndata: {}\n\n" + "event: feed.lost\ndata: {\"count\":2}\n\n" +
			"id: BOOT-4\nevent: d.x\ndata: {\"id\":\"BOOT-4\",\"text\":\"one\\ntwo\"}\n\n" + ":\n\n"
		if got := strings.ReplaceAll(w.Body.String(), f.boot, "BOOT"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if w.Header().Get("Content-Type") != ContentType || !w.Flushed {
			t.Error(w.Header())
		}
	})
}

// TestWriteEnds: with the client, and with the request.
func TestWriteEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := event.NewBus(nil)
		f := New(bus, Options{})
		defer f.Close()
		c, _ := f.After("", nil)
		raise(t, bus, "a.x")
		c.Write(t.Context(), recorder{httptest.NewRecorder(), 0}, true, Writing{Data: data}) // whose client has gone
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w := recorder{httptest.NewRecorder(), 1 << 20}
		c.Write(ctx, w, true, Writing{Data: data})
		if ctx.Err() == nil {
			t.Error("it ended before")
		}
	})
}
