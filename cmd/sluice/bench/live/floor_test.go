package live

import (
	"net"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"sluice/cmd/sluice/bench/benchtest"
)

// floor is what each packet costs at least without anything clever, in this run: it is protected with AES-GCM by a context of
// its reader's, and sent with one call.
func floor(b *testing.B, readers int) time.Duration {
	b.Helper()
	here, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = here.Close() }()
	type to struct {
		ctx  *srtp.Context
		conn *net.UDPConn
	}
	all := make([]to, readers)
	for i := range all {
		ctx, err := srtp.CreateContext(make([]byte, 16), make([]byte, 12), srtp.ProtectionProfileAeadAes128Gcm)
		if err != nil {
			b.Fatal(err)
		}
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		all[i] = to{ctx, conn}
	}
	header := rtp.Header{Version: 2, PayloadType: 96, SSRC: 1}
	payload, buf := make([]byte, mtu), make([]byte, 0, 1500)
	const rounds = 40_000
	drain := make([]byte, 1500)
	spent := time.Duration(0)
	for n := 0; n < rounds; n += readers {
		begin := benchtest.Used()
		for _, r := range all {
			header.SequenceNumber++
			raw, err := header.Marshal()
			if err != nil {
				b.Fatal(err)
			}
			out, err := r.ctx.EncryptRTP(buf[:0], append(raw, payload...), &header)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := here.WriteToUDPAddrPort(out, r.conn.LocalAddr().(*net.UDPAddr).AddrPort()); err != nil {
				b.Fatal(err)
			}
		}
		spent += benchtest.Used() - begin
		for _, r := range all { // what is sent is received, so that no buffer is full
			if _, err := r.conn.Read(drain); err != nil {
				b.Fatal(err)
			}
		}
	}
	return spent / rounds
}
