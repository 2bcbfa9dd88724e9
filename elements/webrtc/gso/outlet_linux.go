package gso

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// descriptor sends on a socket's descriptor itself. net.UDPConn has its writers wait for each other (the lock of
// internal/poll.FD), which the kernel does not ask for: two writer loops lose a fifth of their time by it.
type descriptor struct {
	udp   *net.UDPConn
	raw   syscall.RawConn
	inet6 bool
	calls sync.Pool
}

// call is one sendmsg, with what would be allocated for it otherwise.
type call struct {
	p, oob []byte
	to     unix.Sockaddr
	inet4  unix.SockaddrInet4
	inet6  unix.SockaddrInet6
	err    error
	do     func(fd uintptr)
	cmsg   []byte
}

// newOutlet tells also whether the kernel knows UDP_SEGMENT. Older ones would not refuse it but send one large datagram.
func newOutlet(udp *net.UDPConn) (outlet, bool) {
	raw, err := udp.SyscallConn()
	if err != nil {
		return plain{udp}, false
	}
	d := &descriptor{udp: udp, raw: raw, calls: sync.Pool{New: newCall}}
	segments := false
	err = raw.Control(func(fd uintptr) {
		family, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
		d.inet6 = err == nil && family == unix.AF_INET6
		_, err = unix.GetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_SEGMENT)
		segments = err == nil
	})
	if err != nil {
		return plain{udp}, false
	}
	return d, segments
}

func newCall() any {
	c := &call{cmsg: make([]byte, unix.CmsgSpace(2))}
	header := c.cmsg
	if unix.SizeofCmsghdr == 16 { // the length is a size_t
		binary.NativeEndian.PutUint64(header, uint64(unix.CmsgLen(2)))
		header = header[8:]
	} else {
		binary.NativeEndian.PutUint32(header, uint32(unix.CmsgLen(2)))
		header = header[4:]
	}
	binary.NativeEndian.PutUint32(header, unix.SOL_UDP)
	binary.NativeEndian.PutUint32(header[4:], unix.UDP_SEGMENT)
	c.do = func(fd uintptr) {
		for {
			if _, c.err = unix.SendmsgN(int(fd), c.p, c.oob, c.to, unix.MSG_DONTWAIT); !errors.Is(c.err, unix.EINTR) {
				return
			}
		}
	}
	return c
}

func (d *descriptor) send(p []byte, segment int, to netip.AddrPort) error {
	if to.Addr().Zone() != "" || !d.inet6 && !to.Addr().Is4() {
		_, err := d.udp.WriteToUDPAddrPort(p, to) // it knows how to look zones up, and how to refuse
		return err
	}
	c := d.calls.Get().(*call)
	defer d.calls.Put(c)
	c.p, c.oob = p, nil
	if segment > 0 {
		binary.NativeEndian.PutUint16(c.cmsg[unix.CmsgLen(0):], uint16(segment))
		c.oob = c.cmsg
	}
	if d.inet6 {
		c.inet6.Addr, c.inet6.Port, c.to = to.Addr().As16(), int(to.Port()), &c.inet6
	} else {
		c.inet4.Addr, c.inet4.Port, c.to = to.Addr().As4(), int(to.Port()), &c.inet4
	}
	err := d.raw.Control(c.do)
	if err == nil {
		err = c.err
	}
	if errors.Is(err, unix.EAGAIN) {
		_, _, err = d.udp.WriteMsgUDPAddrPort(p, c.oob, to) // waits for room in the socket's buffer
	}
	c.p = nil
	return err
}

// judge says what the answer to a segmented write means: EIO that the device cannot add checksums, EINVAL and EMSGSIZE that
// a segment is larger than what fits in a packet on the way to the peer. Sent singly it is fragmented there.
func judge(err error) verdict {
	switch {
	case err == nil:
		return sent
	case errors.Is(err, unix.EIO), errors.Is(err, unix.ENOPROTOOPT), errors.Is(err, unix.EOPNOTSUPP):
		return never
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EMSGSIZE):
		return notNow
	}
	return lost
}
