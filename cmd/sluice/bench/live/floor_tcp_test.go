package live

import (
	"io"
	"net"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// floorTCP is what each picture costs at least, in this run: one group of pictures, each written whole to every socket with
// one call. What reading costs is not in it.
func floorTCP(b *testing.B, readers int) time.Duration {
	b.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	type pair struct{ out, in net.Conn }
	all := make([]pair, readers)
	for i := range all {
		in, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = in.Close() }()
		out, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = out.Close() }()
		all[i] = pair{out, in}
	}
	body, drain := make([]byte, keySize), make([]byte, keySize)
	spent := time.Duration(0)
	for n := range gop {
		length := size
		if n == 0 {
			length = keySize
		}
		begin := benchtest.Used()
		for _, p := range all {
			if _, err := p.out.Write(body[:length]); err != nil {
				b.Fatal(err)
			}
		}
		spent += benchtest.Used() - begin
		for _, p := range all { // so that no buffer is full
			if _, err := io.ReadFull(p.in, drain[:length]); err != nil {
				b.Fatal(err)
			}
		}
	}
	return spent / time.Duration(gop*readers)
}
