package api

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// counting counts what is written in how many pieces.
type counting struct {
	net.Conn
	pieces [][]byte
}

func (c *counting) Write(p []byte) (int, error) {
	c.pieces = append(c.pieces, bytes.Clone(p))
	return len(p), nil
}

// TestHeldWriteGoesWithTheNext: nothing is sent until the second Write, which tells of its own bytes only.
func TestHeldWriteGoesWithTheNext(t *testing.T) {
	c := &counting{}
	g := &guest{Conn: c, crowd: &crowd{}}
	for range 2 { // its memory is used again
		c.pieces, g.joins = nil, true
		head := []byte("head")
		if n, err := g.Write(head); n != 4 || err != nil || len(c.pieces) != 0 {
			t.Errorf("%d %v, and %q was sent", n, err, c.pieces)
		}
		copy(head, "????") // net/http uses it again
		if n, err := g.Write([]byte("and rest")); n != 8 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		if all := string(bytes.Join(c.pieces, nil)); all != "headand rest" {
			t.Errorf("%q was sent", all)
		}
		if n, err := g.Write([]byte("more")); n != 4 || err != nil || string(c.pieces[len(c.pieces)-1]) != "more" {
			t.Errorf("%d %v, and %q was sent", n, err, c.pieces)
		}
	}
}

// TestWhole: answers are the same with it, of any length and on one connection.
func TestWhole(t *testing.T) {
	w := open(t, WebOptions{}, func(w *Web) {
		handle(t, w, "/{length}", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.PathValue("length"))
			rw.Header().Set("Content-Length", strconv.Itoa(n))
			Whole(r, int64(n))
			if r.Method != http.MethodHead {
				_, _ = rw.Write(bytes.Repeat([]byte("x"), n))
			}
		}))
	})
	for _, n := range []int{0, 100, 4096, 8191, 8192, 10_000, 1 << 20, 50_000, 20} {
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			q, err := http.NewRequestWithContext(t.Context(), method, w.url("/"+strconv.Itoa(n)), http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatalf("%s %d: %v", method, n, err)
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			want := n
			if method == http.MethodHead {
				want = 0
			}
			if err != nil || len(body) != want || res.ContentLength != int64(n) || bytes.Count(body, []byte("x")) != want {
				t.Errorf("%s %d: %d bytes of %d, %v", method, n, len(body), res.ContentLength, err)
			}
		}
	}
}
