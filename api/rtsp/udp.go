package rtsp

import (
	"net"
	"strconv"

	"sluice/engine/fault"
)

// udp starts the server with the ports that it has for media. With UDP of 0 nothing is given over UDP; that of RTSPS are the
// two ports that follow.
func (s *server) udp() error {
	o := s.door.opt
	if o.UDP == 0 {
		return s.start()
	}
	port := o.UDP
	if s.secure {
		port += 2
	}
	s.rtsp.UDPRTPAddress = net.JoinHostPort(o.Host, strconv.Itoa(port))
	s.rtsp.UDPRTCPAddress = net.JoinHostPort(o.Host, strconv.Itoa(port+1))
	if o.Multicast != "" && !s.secure {
		s.rtsp.MulticastIPRange, s.rtsp.MulticastRTPPort, s.rtsp.MulticastRTCPPort = o.Multicast, o.MulticastPorts, o.MulticastPorts+1
	}
	return s.start()
}

func (s *server) start() error {
	if err := s.rtsp.Start(); err != nil {
		return fault.New(fault.Unreachable, s.door.opt.UDPKey, "the ports for media cannot be had").
			Advise("set %s to an even port that is free, as the next three are", s.door.opt.UDPKey).Because(err)
	}
	return nil
}
