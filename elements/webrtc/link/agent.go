package link

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5"

	"sluice/elements/webrtc/mux"
	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
)

// Config is what a link is made of.
type Config struct {
	Mux         *mux.Mux
	Net         transport.Net // what is known of this machine's interfaces; shared, as it is costly to find out
	Log         logging.LoggerFactory
	Certificate *Certificate
	Transport   string // "udp" or "tcp" if only that; "" for both
	Lite        bool
	Loopback    bool
	Interfaces  []string
	NAT1To1     []string // "public" or "public/local"
	Hosts       []netip.Addr
	Relays      []*stun.URI   // TURN
	Connect     time.Duration // for ICE, and again for DTLS
	Consent     time.Duration
	Remote      sdp.Remote // as offered; what Start is told counts
	Offers      bool       // the offer is ours: we control (RFC 8445 6.1.1)
}

const (
	// keepAlive is how often a connected peer is checked: often enough that consent does not run out for a lost packet or
	// two (RFC 7675 5.1 has 5 s).
	keepAlive = 2500 * time.Millisecond
	// checks of pairs that have not answered yet are repeated this often. Peers that can be reached check us, and are
	// checked at once for that; this is for those that must be opened a way.
	checkInterval = 200 * time.Millisecond
)

func (l *Link) makeAgent() error {
	fragment, password := credentials()
	l.expect(fragment)
	options := append(l.options(), ice.WithLocalCredentials(fragment, password))
	agent, err := ice.NewAgentWithOptions(options...)
	if err != nil {
		return fault.New(fault.Internal, "ice", "no agent").Because(err)
	}
	l.agent = agent
	err = agent.OnCandidate(func(c ice.Candidate) {
		if c == nil {
			l.gathered()
		}
	})
	if err == nil {
		err = agent.OnConnectionStateChange(l.state)
	}
	if err == nil {
		err = agent.OnSelectedCandidatePairChange(l.selected)
	}
	if err != nil {
		_ = agent.Close()
		return fault.New(fault.Internal, "ice", "no agent").Because(err)
	}
	return nil
}

func (l *Link) options() []ice.AgentOption {
	c := &l.conf
	options := []ice.AgentOption{
		ice.WithNet(c.Net), ice.WithLoggerFactory(c.Log), ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled),
		ice.WithNetworkTypes(c.networks()), ice.WithDisableActiveTCP(),
		// With a failed timeout of 0 the agent never gives up by itself. We do, and know why.
		ice.WithDisconnectedTimeout(c.Consent), ice.WithFailedTimeout(0),
		ice.WithKeepaliveInterval(min(keepAlive, c.Consent/4)), ice.WithCheckInterval(checkInterval),
		ice.WithMaxBindingRequests(checks(c.Remote)),
		ice.WithInterfaceFilter(func(name string) bool { return len(c.Interfaces) == 0 || slices.Contains(c.Interfaces, name) }),
		// A peer whose candidates we do not know must not wait for better ones that never come.
		ice.WithPrflxAcceptanceMinWait(0), ice.WithSrflxAcceptanceMinWait(0), ice.WithRelayAcceptanceMinWait(0),
		ice.WithBindingRequestHandler(func(*stun.Message, ice.Candidate, ice.Candidate, *ice.CandidatePair) bool {
			l.heard.Store(true)
			return false
		}),
	}
	kinds := []ice.CandidateType{ice.CandidateTypeHost}
	if len(c.Relays) > 0 && !c.Lite && c.Transport != "tcp" {
		kinds = append(kinds, ice.CandidateTypeRelay)
		options = append(options, ice.WithUrls(c.Relays))
	}
	options = append(options, ice.WithCandidateTypes(kinds))
	if c.Lite {
		options = append(options, ice.WithICELite(true))
	}
	if c.Loopback {
		options = append(options, ice.WithIncludeLoopback())
	}
	if rules := c.rewrite(); len(rules) > 0 {
		options = append(options, ice.WithAddressRewriteRules(rules...))
	}
	if u := c.Mux.UDP(); u != nil && c.Transport != "tcp" {
		options = append(options, ice.WithUDPMux(u))
	}
	if t := c.Mux.TCP(); t != nil && c.Transport != "udp" {
		options = append(options, ice.WithTCPMux(t))
	}
	return options
}

// networks without UDP sockets of ours has no UDP: the agent would open some of its own.
func (c *Config) networks() []ice.NetworkType {
	var out []ice.NetworkType
	if c.Mux.UDP() != nil && c.Transport != "tcp" {
		out = append(out, ice.NetworkTypeUDP4, ice.NetworkTypeUDP6)
	}
	if c.Mux.TCP() != nil && c.Transport != "udp" {
		out = append(out, ice.NetworkTypeTCP4, ice.NetworkTypeTCP6)
	}
	return out
}

// rewrite has one rule for all public addresses that stand for any of ours, as only one of a scope is applied.
func (c *Config) rewrite() []ice.AddressRewriteRule {
	every := ice.AddressRewriteRule{AsCandidateType: ice.CandidateTypeHost}
	var out []ice.AddressRewriteRule
	for _, entry := range c.NAT1To1 {
		public, local, one := strings.Cut(entry, "/")
		if one {
			out = append(out, ice.AddressRewriteRule{External: []string{public}, Local: local, AsCandidateType: ice.CandidateTypeHost})
		} else {
			every.External = append(every.External, public)
		}
	}
	if len(every.External) > 0 {
		out = append(out, every)
	}
	return out
}

// credentials are a user fragment and a password with more chance in them than RFC 8445 5.3 asks for.
func credentials() (fragment, password string) {
	return rand.Text()[:16], rand.Text() + rand.Text()[:6]
}

func (l *Link) expect(fragment string) {
	if u := l.conf.Mux.UDP(); u != nil {
		u.Expect(fragment, l.inbox)
	}
}

func (l *Link) gathered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.gather:
	default:
		close(l.gather)
	}
}

// Local waits until all candidates are gathered and gives them, with the credentials.
func (l *Link) Local(ctx context.Context) (sdp.Local, error) {
	l.mu.Lock()
	gather := l.gather
	l.mu.Unlock()
	select {
	case <-gather:
	case <-ctx.Done():
		return sdp.Local{}, ctx.Err()
	case <-l.done:
		return sdp.Local{}, fault.New(fault.Closed, "ice", "the connection was closed").Because(l.err)
	}
	local := sdp.Local{Lite: l.conf.Lite, Setup: l.setup(), Fingerprint: l.conf.Certificate.Fingerprint}
	list, err := l.agent.GetLocalCandidates()
	if err == nil {
		local.Ufrag, local.Pwd, err = l.agent.GetLocalUserCredentials()
	}
	if err != nil {
		return local, fault.New(fault.Internal, "ice", "no candidates").Because(err)
	}
	public := l.public(ctx)
	for _, c := range list {
		local.Candidates = append(local.Candidates, l.describe(c, public)...)
	}
	slices.SortStableFunc(local.Candidates, func(a, b string) int { return priority(b) - priority(a) })
	if len(local.Candidates) == 0 {
		return local, fault.New(fault.Unreachable, "ice", "there is no address that the peer could be told").
			Advise("look at the addresses to listen on, the interfaces and the transport that was asked for")
	}
	return local, nil
}

// public are the addresses under which our sockets are seen from outside.
func (l *Link) public(ctx context.Context) map[netip.AddrPort]netip.AddrPort {
	if u := l.conf.Mux.UDP(); u != nil {
		return u.Public(ctx)
	}
	return nil
}

// describe writes a candidate, and its like for each further host that leads here and for the public address of its socket. The
// agent need not know of those: checks that come by them come to the same socket.
func (l *Link) describe(c ice.Candidate, public map[netip.AddrPort]netip.AddrPort) []string {
	out := []string{line(c.Foundation(), c, c.Address(), 0)}
	if c.Type() != ice.CandidateTypeHost {
		return out
	}
	if ip, err := netip.ParseAddr(c.Address()); err == nil && !c.NetworkType().IsTCP() {
		if at, ok := public[netip.AddrPortFrom(ip, uint16(c.Port()))]; ok {
			out = append(out, reflexive(c, at))
		}
	}
	for i, host := range l.conf.Hosts {
		if host.Is4() == (c.NetworkType() == ice.NetworkTypeUDP4 || c.NetworkType() == ice.NetworkTypeTCP4) {
			out = append(out, line(fmt.Sprintf("%sh%d", c.Foundation(), i), c, host.String(), uint32(i+1)))
		}
	}
	return out
}

// reflexive writes the server-reflexive candidate of a host candidate (RFC 8445 5.1.1.2).
func reflexive(c ice.Candidate, at netip.AddrPort) string {
	const preference = 100 << 24
	return fmt.Sprintf("%ss %d udp %d %s %d typ srflx raddr %s rport %d", c.Foundation(), c.Component(), preference|c.Priority()&(1<<24-1),
		at.Addr(), at.Port(), c.Address(), c.Port())
}

func line(foundation string, c ice.Candidate, address string, less uint32) string {
	out := fmt.Sprintf("%s %d %s %d %s %d typ %s", foundation, c.Component(), c.NetworkType().NetworkShort(),
		c.Priority()-less<<8, address, c.Port(), c.Type())
	if r := c.RelatedAddress(); r != nil {
		out += fmt.Sprintf(" raddr %s rport %d", r.Address, r.Port)
	}
	if t := c.TCPType(); t != ice.TCPTypeUnspecified {
		out += " tcptype " + t.String()
	}
	return out
}

func priority(candidate string) int {
	var foundation, component, transport string
	var n int
	_, _ = fmt.Sscan(candidate, &foundation, &component, &transport, &n)
	return n
}

// Restart gets new credentials, and gathers anew. The media stays where it is until a new pair is selected.
func (l *Link) Restart(r sdp.Remote) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	fragment, password := credentials()
	l.gather = make(chan struct{})
	l.expect(fragment)
	err := l.agent.Restart(fragment, password)
	if err == nil {
		err = l.agent.SetRemoteCredentials(r.Ufrag, r.Pwd)
	}
	if err == nil {
		err = l.agent.GatherCandidates()
	}
	if err != nil {
		return fault.New(fault.Internal, "ice", "cannot restart").Because(err)
	}
	l.told = 0
	for _, c := range r.Candidates {
		l.candidate(c)
	}
	l.conf.Remote.Ufrag, l.conf.Remote.Pwd = r.Ufrag, r.Pwd
	l.heard.Store(false)
	l.wait()
	return nil
}

// Remote is what is known of the peer.
func (l *Link) Remote() sdp.Remote {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conf.Remote
}
