package config

import (
	"net/netip"
	"slices"
	"time"
)

// SIPConfig is the section "sip".
type SIPConfig struct {
	Ports, MediaPorts, Address, Public string
	Share                              int
	Listen, TLSListen                  []string
	Domains, MediaHosts                []string
	Accounts                           []SIPAccount
	Codecs, Digest                     []string
	SRTP                               string
	SRTPRequired                       bool
	DTMF                               string
	SessionTimer                       time.Duration
	Ring, Inactivity                   time.Duration
	Transfers                          bool
	Lines, Calls, PerLine, PerAddress  int
}

// SIPAccount is an account of the configuration: of the server at a registrar, of a trunk, or of a telephone that calls.
type SIPAccount struct {
	Name, Login, AuthName, Password  string
	Domain, Proxy, Outbound, Display string
	Register, TrustIdentity          bool
	From                             []string
}

// The ways to tell keys that sip.dtmf names.
const (
	dtmfAutomatic = "auto"
	dtmfRTP       = "rfc4733"
	dtmfInfo      = "info"
	dtmfRelay     = "info_relay"
)

func sip() []Key {
	return slices.Concat(telephonePlaces(), telephoneAccounts(), telephoneMedia(), telephoneBounds())
}

// telephonePlaces are where SIP and its media are, and whom they reach.
func telephonePlaces() []Key {
	const share, utmost = 16, 100_000
	return []Key{
		text("sip.ports", "30000-30999", func(c *Config) *string { return &c.SIP.Ports },
			"Ports of which lines to registrars take some, over UDP, or TCP and TLS where the account says so. None is bound before "+
				"somebody uses one.").checked(portRange),
		whole("sip.share", share, 1, utmost, func(c *Config) *int { return &c.SIP.Share },
			"Lines that share a port. 1 gives each one of its own, as some registrars want it."),
		text("sip.address", "", func(c *Config) *string { return &c.SIP.Address }, "Address that SIP and its media are bound to.").
			unset("all").like("192.0.2.7").checked(address),
		text("sip.public", "", func(c *Config) *string { return &c.SIP.Public },
			"Address that others are told, where it is another one than that of the machine: behind NAT.").
			unset("that of the machine").like("203.0.113.7").checked(address),
		texts("sip.listen", nil, func(c *Config) *[]string { return &c.SIP.Listen },
			"Addresses at which trunks and telephones call in, over UDP and TCP. Nobody may who is neither in `from` of an account nor "+
				"shows the password of one.").unset("none").like(":5060").checked(listens),
		texts("sip.tls_listen", nil, func(c *Config) *[]string { return &c.SIP.TLSListen },
			"The same over TLS. They are only listened on if there is a certificate: web.cert.").
			unset("none").like(":5061").checked(listens),
		texts("sip.domains", []string{"*"}, func(c *Config) *[]string { return &c.SIP.Domains },
			"Hosts of registrars and proxies that pages and callers of the REST API may name: names, `*.example.org`, addresses, networks, "+
				"each also with a port, or `*` for all. "+inside+" Accounts of the configuration need none of this.").
			like("sip.example.org").checked(reachable),
		text("sip.media_ports", "31001-31999", func(c *Config) *string { return &c.SIP.MediaPorts },
			"UDP ports for the media of calls, of which each call takes a pair for sound and one for pictures.").checked(portRange),
		texts("sip.media_hosts", nil, func(c *Config) *[]string { return &c.SIP.MediaHosts },
			"Hosts that media may go to beside the one that a call came from, as `sip.domains` has them. Calls through a registrar may "+
				"have theirs at any public address, too; those that come in at `sip.listen` may not.").
			unset("none").like("198.51.100.0/24").checked(reachable),
	}
}

func telephoneAccounts() []Key {
	return []Key{
		records("sip.accounts", func(c *Config) *[]SIPAccount { return &c.SIP.Accounts },
			"Accounts of the server's own: those it has at registrars, trunks, and telephones that call in.",
			text("name", "", func(a *SIPAccount) *string { return &a.Name }, "What graphs call it: the variable `account` of `sip.invite`."),
			text("login", "", func(a *SIPAccount) *string { return &a.Login }, "User of its address."),
			text("auth_name", "", func(a *SIPAccount) *string { return &a.AuthName }, "User whose password it is.").unset("as `login`"),
			secret("password", func(a *SIPAccount) *string { return &a.Password },
				"Password, for the registrar, and for who calls in as `login`.").unset("nobody logs in by it"),
			text("domain", "", func(a *SIPAccount) *string { return &a.Domain }, "Domain of its address.").like("sip.example.org").checked(host),
			text("proxy", "", func(a *SIPAccount) *string { return &a.Proxy },
				"Registrar, `host:port` or a SIP address such as `sip:192.0.2.1;transport=tcp`.").unset("the domain"),
			text("outbound", "", func(a *SIPAccount) *string { return &a.Outbound }, "Proxy through which everything goes, written likewise.").
				unset("none"),
			text("display", "", func(a *SIPAccount) *string { return &a.Display }, "Name that who is called sees.").unset("none"),
			toggle("register", func(a *SIPAccount) *bool { return &a.Register },
				"Registers when the server starts. What is called there starts a graph (`sip.invite`)."),
			toggle("trust_identity", func(a *SIPAccount) *bool { return &a.TrustIdentity },
				"Takes who calls to be who P-Asserted-Identity says (RFC 3325), where that is given: only for registrars and trunks that "+
					"take it out of what their own callers send. Otherwise From says it, which callers write themselves."),
			texts("from", nil, func(a *SIPAccount) *[]string { return &a.From },
				"Addresses and networks that call in on this account without a password: those of a trunk.").
				unset("nobody does").like("198.51.100.0/24").checked(network),
		),
		texts("sip.digest", []string{"md5"}, func(c *Config) *[]string { return &c.SIP.Digest },
			"Algorithms of the challenges to who calls in with a password, best first (RFC 8760): `sha-512-256`, `sha-256`, `md5`. Every "+
				"telephone knows `md5`. Those that know no other one may look at the first challenge only, or give up where any is unknown "+
				"to them, so add `sha-256` only if all your telephones can be asked for it; over TLS nobody overhears either.").checked(algorithm),
	}
}

// telephoneMedia is how calls sound, and how long they last.
func telephoneMedia() []Key {
	return []Key{
		texts("sip.codecs", nil, func(c *Config) *[]string { return &c.SIP.Codecs },
			"Codecs that are offered and taken, best first where nobody prefers others.").
			unset("all there are, Opus first").like("opus").checked(codec),
		choice("sip.srtp", "off", []string{"off", "sdes", "offered", "dtls"}, func(c *Config) *string { return &c.SIP.SRTP },
			"How media of calls that the server makes is encrypted: not at all, with keys in the description (RFC 4568), likewise but only "+
				"if the other side can (offered), or by DTLS. What others offer is taken."),
		toggle("sip.srtp_required", func(c *Config) *bool { return &c.SIP.SRTPRequired }, "Refuses calls whose media is in the clear (488)."),
		choice("sip.dtmf", dtmfAutomatic, []string{dtmfAutomatic, dtmfRTP, dtmfInfo, dtmfRelay}, func(c *Config) *string { return &c.SIP.DTMF },
			"How keys are told where nobody says: as events in RTP, by INFO as `application/dtmf` or `application/dtmf-relay`, or whatever "+
				"was agreed on."),
		span("sip.session_timer", 30*time.Minute, 0, 24*time.Hour, func(c *Config) *time.Duration { return &c.SIP.SessionTimer },
			"How long a call goes on that nobody confirms (RFC 4028); less than 90 s turns that off."),
		span("sip.ring", 2*time.Minute, 5*time.Second, time.Hour, func(c *Config) *time.Duration { return &c.SIP.Ring },
			"How long a call may ring."),
		span("sip.inactivity", time.Minute, 0, time.Hour, func(c *Config) *time.Duration { return &c.SIP.Inactivity },
			"How long nothing may come of a call's media before it is ended; 0: for ever. While it is on hold nothing is expected."),
		toggle("sip.transfers", func(c *Config) *bool { return &c.SIP.Transfers },
			"Lets the far end of a call send us to somebody else (REFER): its line calls whom it names, and pays for that. Otherwise it is "+
				"refused (603)."),
	}
}

// telephoneBounds are how many there may be at a time.
func telephoneBounds() []Key {
	const (
		lines  = 10_000
		calls  = 1_000
		ofOne  = 100
		utmost = 100_000
	)
	return []Key{
		whole("sip.lines", lines, 1, utmost, func(c *Config) *int { return &c.SIP.Lines }, "Lines at a time."),
		whole("sip.calls", calls, 1, utmost, func(c *Config) *int { return &c.SIP.Calls }, "Calls at a time."),
		whole("sip.calls_per_line", 16, 1, utmost, func(c *Config) *int { return &c.SIP.PerLine }, "Calls of one line at a time."),
		whole("sip.calls_per_address", ofOne, 1, utmost, func(c *Config) *int { return &c.SIP.PerAddress },
			"Calls that come in at `sip.listen` from one address at a time."),
	}
}

// network checks an address or a range of them.
func network(text string) error {
	if _, err := netip.ParsePrefix(text); err == nil || address(text) == nil {
		return nil
	}
	return wrong("write for example 198.51.100.7 or 198.51.100.0/24", "%q is neither an address nor a network", text)
}

// algorithm checks the name of one for digests.
func algorithm(text string) error {
	if slices.Contains([]string{"sha-512-256", "sha-256", "md5"}, text) {
		return nil
	}
	return wrong("write sha-512-256, sha-256 or md5", "%q is no algorithm for digests", text)
}

// codec checks the name of a codec of telephones.
func codec(text string) error {
	if slices.Contains([]string{"pcmu", "pcma", "g722", "g729", "speex", "opus", "h264", "vp8", "h265"}, text) {
		return nil
	}
	return wrong("write pcmu, pcma, g722, g729, speex, opus, h264, vp8 or h265", "%q is no codec of telephones", text)
}
