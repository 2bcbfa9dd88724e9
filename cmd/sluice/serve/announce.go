package serve

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sluice/api"
)

// announce tells everybody who asked that the server serves, and where.
func (s *Server) announce() {
	a := s.addresses()
	s.log.Info("ready", "pages", strings.Join(a.pages(), " "), "media", strings.Join(a.media, " "),
		"graphs", len(s.graphs.Current().Graphs()), "gstreamer", s.workers != nil)
	for _, h := range s.graphs.Current().Held() {
		s.log.Warn("graph held back", "file", h.File, "kept", h.Kept, "err", h.Why)
	}
	s.opt.Tell("READY=1\nSTATUS=serving on " + strings.Join(a.pages(), " "))
	_, _ = fmt.Fprint(s.opt.Say, s.summary(a)) // for people, who have the log if nobody looks
}

// addresses are where the server can be reached.
type addresses struct {
	plain, secure []string // "localhost:8080"
	media         []string // "31000/udp"
}

func (s *Server) addresses() addresses {
	var a addresses
	plain, secure := s.web.Addresses()
	for _, p := range plain {
		a.plain = append(a.plain, reachable(p))
	}
	for _, p := range secure {
		a.secure = append(a.secure, reachable(p))
	}
	udp, tcp := s.peers.Addresses()
	for _, p := range udp {
		a.media = append(a.media, portOf(p)+"/udp")
	}
	for _, p := range tcp {
		a.media = append(a.media, portOf(p)+"/tcp")
	}
	if own := s.config.WebRTC.Ports; own != "" {
		a.media = append(a.media, own+"/udp", own+"/tcp")
	}
	return a
}

// pages are the addresses of the built-in page.
func (a addresses) pages() []string {
	var out []string
	for _, p := range a.plain {
		out = append(out, "http://"+p+"/")
	}
	for _, p := range a.secure {
		out = append(out, "https://"+p+"/")
	}
	return out
}

// of writes where a door is reached: each address with its path.
func (a addresses) of(list []api.Endpoint) []string {
	var out []string
	for _, e := range list {
		if e.Addr != nil {
			if at := where(e); !slices.Contains(out, at) { // SIP is the same over UDP and TCP
				out = append(out, at)
			}
			continue
		}
		for _, page := range a.pages() {
			out = append(out, strings.TrimSuffix(page, "/")+e.Path)
		}
	}
	return out
}

// where is the address of a door that listens by itself.
func where(e api.Endpoint) string {
	if e.Scheme == "sip" || e.Scheme == "sips" { // RFC 3261 19.1.1: no slashes
		return e.Scheme + ":" + reachable(e.Addr)
	}
	return e.Scheme + "://" + reachable(e.Addr) + e.Path
}

// reachable is an address that a client on this machine can use: every interface is one that it can, too. Only localhost may use
// the camera without TLS, so that is what it is called.
func reachable(a net.Addr) string {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := ap.Addr(); ip.IsUnspecified() || ip.IsLoopback() {
		return "localhost:" + strconv.Itoa(int(ap.Port()))
	}
	return a.String()
}

func portOf(a net.Addr) string {
	_, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return port
}

// summary is what people want to know when the server has started.
func (s *Server) summary(a addresses) string {
	var b strings.Builder
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-14s %s\n", name, text)
		}
	}
	fmt.Fprintf(&b, "%s is ready.\n\n", s.opt.About)
	row("page", strings.Join(a.pages(), "  "))
	row("Web SDK", sdk(a))
	for _, p := range a.pages()[:min(1, len(a.pages()))] {
		row("WHIP, WHEP", p+"STREAM/whip  "+p+"STREAM/whep")
	}
	for _, d := range s.rooms {
		if p, ok := public(d); ok {
			row(strings.ToUpper(p.Name()), strings.Join(a.of(p.Endpoints()), "  "))
		}
	}
	for _, own := range s.aparts {
		row(own.where())
	}
	row("media", strings.Join(a.media, "  "))
	row("graphs", s.graphWords())
	if s.workers == nil {
		row("GStreamer", "is not in this build: what codes is refused")
	}
	if f := s.config.File; f != "" {
		row("configuration", f)
	} else {
		row("configuration", "none: defaults, and SLUICE_… of the environment")
	}
	if s.certs != nil && s.config.Web.SelfSigned {
		row("certificate", "self-signed; its SHA-256 is\n                 "+s.certs.Fingerprint())
	}
	if pages := a.pages(); len(pages) > 0 {
		fmt.Fprintf(&b, "\nOpen %s in a browser to publish the camera and play it back. Ctrl-C stops the server.\n", pages[0])
	}
	return b.String()
}

func sdk(a addresses) string {
	var out []string
	for _, p := range a.plain {
		out = append(out, "ws://"+p)
	}
	for _, p := range a.secure {
		out = append(out, "wss://"+p)
	}
	return strings.Join(out, "  ")
}

// graphWords counts graphs.
func (s *Server) graphWords() string {
	shipped, own := 0, 0
	set := s.graphs.Current()
	for _, g := range set.Graphs() {
		if src, ok := set.Source(g.Name); ok && src.Shipped {
			shipped++
		} else {
			own++
		}
	}
	text := fmt.Sprintf("%d shipped", shipped)
	if f := s.config.Graphs; f != "" {
		text += fmt.Sprintf(", %d in %s", own, f)
	}
	if n := len(set.Held()); n > 0 {
		text += fmt.Sprintf(", %d held back because of errors: `sluice lint` tells why", n)
	}
	return text
}
