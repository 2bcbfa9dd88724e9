package benchtest

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// Packet is how long the sound in one packet of a telephone's is.
const Packet = 20 * time.Millisecond

// Ear is a socket of loopback at which telephones have their media: it counts what comes, and may look at it.
type Ear struct {
	conn *net.UDPConn
	came atomic.Int64
	done chan struct{}
}

// Listen opens one, which is closed with the benchmark. hear gets every packet, from where it comes and when; nil: nobody looks.
func Listen(b testing.TB, hear func(from netip.AddrPort, at time.Time, packet []byte)) *Ear {
	b.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	const room = 4 << 20 // while the readers do not get a processor
	_ = conn.SetReadBuffer(room)
	e := &Ear{conn: conn, done: make(chan struct{})}
	go func() {
		defer close(e.done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil || n < 12 || buf[0]>>6 != 2 || buf[1]&0x7f >= 72 && buf[1]&0x7f < 96 { // RTCP (RFC 5761 4)
				continue
			}
			e.came.Add(1)
			if hear != nil {
				hear(from, time.Now(), buf[:n])
			}
		}
	}()
	b.Cleanup(func() {
		_ = conn.Close()
		<-e.done
	})
	return e
}

// Port is that of the socket.
func (e *Ear) Port() int { return e.conn.LocalAddr().(*net.UDPAddr).Port }

// Came is how many packets of RTP have come so far.
func (e *Ear) Came() int64 { return e.came.Load() }

// Mouth says the same over and over again, as RTP from the socket of an ear. One goroutine at a time.
type Mouth struct {
	From   *Ear
	To     netip.AddrPort
	Sound  Sound
	Frames [][]byte // each is a packet's
	Source uint32

	said uint32
	buf  []byte
}

// Say sends the next packet, and gives its number.
func (m *Mouth) Say() uint32 {
	n := m.said
	m.said++
	step, _ := m.Sound.step()
	m.buf = append(m.buf[:0], 0x80, byte(m.Sound))
	m.buf = binary.BigEndian.AppendUint16(m.buf, uint16(n))
	m.buf = binary.BigEndian.AppendUint32(m.buf, n*step)
	m.buf = binary.BigEndian.AppendUint32(m.buf, m.Source)
	m.buf = append(m.buf, m.Frames[int(n)%len(m.Frames)]...)
	_, _ = m.conn().WriteToUDPAddrPort(m.buf, m.To) // what is lost does not come
	return n
}

func (m *Mouth) conn() *net.UDPConn { return m.From.conn }

// Talk has all say a packet every 20 ms for so long, spread over the time, since real calls have nothing to do with each other.
func Talk(mouths []*Mouth, length time.Duration) (packets int64) {
	began := time.Now()
	for n := 0; ; n++ {
		for i, m := range mouths {
			due := began.Add(time.Duration(n)*Packet + Packet*time.Duration(i)/time.Duration(len(mouths)))
			if due.Sub(began) >= length {
				return packets
			}
			if ahead := time.Until(due); ahead > time.Millisecond {
				<-time.After(ahead)
			}
			m.Say()
			packets++
		}
	}
}
