package api

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"sluice/engine/enginetest"
)

// pipes is a listener whose connections count what they are to copy by themselves.
type pipes struct {
	net.Listener
	copied atomic.Int64
}

func (p *pipes) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &pipe{Conn: c, of: p}, nil
}

type pipe struct {
	net.Conn
	of *pipes
}

// ReadFrom implements io.ReaderFrom.
func (p *pipe) ReadFrom(r io.Reader) (int64, error) {
	n, err := p.Conn.(io.ReaderFrom).ReadFrom(r)
	p.of.copied.Add(n)
	return n, err
}

// TestFilesAreCopiedByTheConnection: nothing that counts answers or connections is in the way of a file, from the handler to the socket.
func TestFilesAreCopiedByTheConnection(t *testing.T) {
	content := bytes.Repeat([]byte("film"), 50_000)
	path := filepath.Join(t.TempDir(), "film")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	w, answered := NewWeb(WebOptions{}), make(chan struct{})
	handle(t, w, "/", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		defer close(answered)
		f, err := os.Open(path)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = f.Close() }()
		rw.Header().Set("Content-Type", "video/mp4")
		rw.Header().Set("Content-Length", strconv.Itoa(len(content)))
		if n, err := io.CopyN(rw, f, int64(len(content))); n != int64(len(content)) || err != nil {
			t.Errorf("%d bytes were sent, %v", n, err)
		}
		if a, ok := rw.(*answer); !ok || a.bytes != int64(len(content)) || a.code() != http.StatusOK {
			t.Errorf("the answer is noted as %+v", rw)
		}
	}))
	l, err := Bind(t.Context(), "test", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &pipes{Listener: l}
	served := make(chan error)
	go func() { served <- w.server.Serve(&gate{Listener: p, crowd: w.crowd}) }()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || !bytes.Equal(body, content) {
		t.Errorf("%d bytes came, %v", len(body), err)
	}
	enginetest.Await(t, "the answer", answered)
	const sniffed = 512 // which net/http (Go 1.26, response.ReadFrom) writes itself, since it may look at them
	if n := p.copied.Load(); n < int64(len(content))-sniffed {
		t.Errorf("the connection copied %d bytes of %d by itself", n, len(content))
	}
	if err := w.server.Close(); err != nil {
		t.Error(err)
	}
	enginetest.Await(t, "the end of Serve", served)
}

// TestHeldHeadGoesBeforeAFile: what a connection was given before is sent before what it copies.
func TestHeldHeadGoesBeforeAFile(t *testing.T) {
	c := &counting{}
	g := &guest{Conn: c, crowd: &crowd{}, joins: true}
	if _, err := g.Write([]byte("head")); err != nil {
		t.Fatal(err)
	}
	if n, err := g.ReadFrom(bytes.NewReader([]byte("and rest"))); n != 8 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if all := string(bytes.Join(c.pieces, nil)); all != "headand rest" {
		t.Errorf("%q was sent", all)
	}
}
