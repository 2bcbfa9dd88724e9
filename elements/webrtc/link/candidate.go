package link

import (
	"net/netip"

	"github.com/pion/ice/v4"

	"sluice/elements/webrtc/sdp"
)

// What a peer says of its addresses is believed so far only, or one message would have us send thousands of checks to
// somebody who never asked for them (RFC 8445 19.5.1). Who is not among the candidates, or comes late, is found all the same:
// it checks us, and is checked for that.
const (
	mostCandidates = 16 // of an ICE session
	mostChecks     = 7  // of a pair; pion's own default
	// A lite peer never checks us and may come up only with our answer, so few of its addresses are checked for longer.
	mostOfLite       = 4
	mostChecksOfLite = 28
)

func checks(r sdp.Remote) uint16 {
	if r.Lite {
		return mostChecksOfLite
	}
	return mostChecks
}

// Candidate adds one of the peer's candidates. One that cannot be used is left out: more may come, or checks tell.
func (l *Link) Candidate(value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.candidate(value)
}

// candidate does so. The caller holds l.mu.
func (l *Link) candidate(value string) {
	most := mostCandidates
	if l.conf.Remote.Lite {
		most = mostOfLite
	}
	c, err := ice.UnmarshalCandidate(value)
	if err != nil || c.Component() != ice.ComponentRTP || l.told >= most || !l.conf.checkable(c) {
		return
	}
	l.told++
	_ = l.agent.AddRemoteCandidate(c) // fails only when the agent is closed
}

// checkable tells whether a candidate may be checked. Over TCP peers come to us. Names are not looked up, and addresses that
// lead to this machine or to many are nobody's of whom we know.
func (c *Config) checkable(candidate ice.Candidate) bool {
	ip, err := netip.ParseAddr(candidate.Address())
	ip = ip.Unmap()
	switch {
	case err != nil, candidate.NetworkType().IsTCP(), candidate.Port() == 0:
		return false
	case ip.IsLoopback(), ip.IsLinkLocalUnicast():
		return c.Loopback
	}
	return !ip.IsUnspecified() && !ip.IsMulticast() && ip != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
