package link_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/api/srt/link"
	"sluice/api/srt/link/linktest"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

// TestANewKey has both sides go over to other keys, on a way that loses packets.
func TestANewKey(t *testing.T) {
	l := listen(t, link.Options{Latency: 400 * time.Millisecond})
	r := linktest.New(t, l.Addr().String(), 0.03)
	called, accepted := pair(t, l, r.Addr(), link.Options{Latency: 400 * time.Millisecond, Passphrase: "a long enough one", KeyLength: 32})
	called.NearNewKey(10)
	accepted.NearNewKey(10)
	const count = link.Until + 500
	done := make(chan struct{})
	go func() {
		defer close(done)
		exchange(t, called, accepted, count, 300*time.Microsecond)
	}()
	exchange(t, accepted, called, count, 300*time.Microsecond)
	enginetest.Await(t, "the end of it", done)
}

// TestTheLibraryTakesANewKey has a player of libsrt's get one.
func TestTheLibraryTakesANewKey(t *testing.T) {
	program.Need(t, "srt-live-transmit")
	l := listen(t, link.Options{})
	out, err := os.Create(filepath.Join(t.TempDir(), "got.ts"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := program.Command(t, "srt-live-transmit", "-q", "-a:no", "srt://"+l.Addr().String()+"?streamid=cam&passphrase=a_long_enough_one", "file://con")
	cmd.Stdout = out
	player := program.Run(t, cmd)
	request, err := l.Accept(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := request.Unlock("a_long_enough_one"); err != nil {
		t.Fatal(err)
	}
	c, err := request.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.NearNewKey(10)
	const count = link.Until + 500
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for n := range count {
		c.Write(message(n))
		<-tick.C
	}
	for { // what is behind the last message is not the test's business
		c.Write(message(count))
		if info, err := out.Stat(); err != nil || info.Size() >= count*link.MessageSize {
			break
		}
		select {
		case <-tick.C:
		case <-patient(t).Done():
			t.Fatal("it has not got everything")
		}
	}
	c.Close()
	player.Kill()
	got, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	for n := range count {
		if at := n * link.MessageSize; !bytes.Equal(got[at:at+link.MessageSize], message(n)) {
			t.Fatalf("message %d of %d is another", n, count)
		}
	}
}
