package link

import (
	"net/netip"
	"time"

	"github.com/pion/ice/v4"

	"sluice/engine/fault"
)

// wait begins to wait for a connection. Its caller holds the lock.
func (l *Link) wait() {
	if l.patient != nil {
		l.patient.Stop()
	}
	l.patient = time.AfterFunc(l.conf.Connect, l.late)
}

func (l *Link) stopWaiting() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.patient != nil {
		l.patient.Stop()
	}
}

// late is when no pair was selected in time. Whether the peer was heard says whose move it is: nothing of it coming is a
// firewall or a wrong address before us, checks that lead to nothing are our answers getting lost.
func (l *Link) late() {
	if l.heard.Load() {
		l.Close(fault.New(fault.ICEFailed, "ice", "the peer was heard, but within %s no pair of addresses worked both ways", l.conf.Connect).
			Advise("look at what of the UDP and TCP that this server sends is let through"))
		return
	}
	l.Close(fault.New(fault.ICETimeout, "ice", "nothing was heard of the peer within %s", l.conf.Connect).
		Advise("look whether the addresses in the answer lead here: the public address (NAT), and the firewall's UDP and TCP ports"))
}

// state hears of the agent's states. Disconnected is when the peer has not been heard of for the time of its consent.
func (l *Link) state(s ice.ConnectionState) {
	switch s {
	case ice.ConnectionStateConnected:
		l.stopWaiting()
	case ice.ConnectionStateDisconnected:
		l.Close(fault.New(fault.ICEConsentLost, "ice", "nothing was heard of the peer for %s", l.conf.Consent))
	}
}

// selected takes the way to the peer.
func (l *Link) selected(local, remote ice.Candidate) {
	r := &route{name: "UDP"}
	if local.NetworkType().IsTCP() {
		r.name = "TCP"
	}
	if ip, err := netip.ParseAddr(remote.Address()); err == nil && local.Type() != ice.CandidateTypeRelay && r.name == "UDP" {
		r.to = netip.AddrPortFrom(ip, uint16(remote.Port()))
		r.conn = l.conf.Mux.UDP().Way(l.inbox, r.to)
	}
	l.route.Store(r)
	l.line.Aim(r.conn, r.to)
	if r.conn == nil {
		l.readAgent()
	}
}

// readAgent takes what arrives on ways that are the agent's own. On our sockets nothing comes to it but checks.
func (l *Link) readAgent() {
	l.mu.Lock()
	defer l.mu.Unlock()
	conn := l.conn.Load()
	if conn == nil || l.reading {
		return
	}
	l.reading = true
	l.work.Go(func() {
		buf := make([]byte, 1<<12)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			l.inbox.Put(buf[:n], time.Now())
		}
	})
}
