package api

import (
	"io"
	"net"
	"testing"

	"sluice/engine/enginetest"
)

func TestLimit(t *testing.T) {
	bound, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Limit(bound, 3, 2)
	accepted := make(chan net.Conn, 10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	dial := func() net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", bound.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	dial()
	dial()
	first, second := <-accepted, <-accepted
	if _, err := dial().Read(make([]byte, 1)); err == nil {
		t.Error("a third of one address was let in")
	}
	if _, ok := first.(io.ReaderFrom); !ok {
		t.Error("it is no TCP connection any more")
	}
	first.Close()
	first.Close() // counts once
	dial()
	third := enginetest.Await(t, "a connection", accepted)
	if _, err := dial().Read(make([]byte, 1)); err == nil {
		t.Error("a third of one address was let in after one had left")
	}
	second.Close()
	third.Close()
	l.Close()
	enginetest.Await(t, "the end of it", done)
}
