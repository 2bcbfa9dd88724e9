package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"syscall"
)

// Port is a port, or a range of them, that a door opens unless the configuration says otherwise.
type Port struct {
	Door        string
	Key         string // of the configuration
	Network     string // "tcp" or "udp"
	First, Last int
	Loopback    bool // not for others
}

// Ports is what serve opens, or uses for what it calls, with nothing configured.
func Ports() []Port {
	one := func(door, key, network string, n int) Port {
		return Port{Door: door, Key: key, Network: network, First: n, Last: n}
	}
	span := func(door, key, network string, first, last int) Port {
		return Port{door, key, network, first, last, false}
	}
	return []Port{
		one("WebSocket, WHIP and pages", "web.listen", "tcp", 8080),
		one("the same with TLS", "web.tls_listen", "tcp", 8443),
		one("REST", "rest.port", "tcp", 8081),
		one("secure REST", "rest.tls_port", "tcp", 8444),
		one("HLS", "hls.listen", "tcp", 8082),
		one("secure HLS", "hls.tls_listen", "tcp", 8445),
		one("CDN", "cdn.port", "tcp", 8084),
		span("CDN clients", "cdn.client_ports", "tcp", 34001, 35000),
		one("RTMP", "rtmp.listen", "tcp", 1935),
		one("secure RTMP", "rtmp.tls_listen", "tcp", 1936),
		span("RTMP clients", "rtmp.client_ports", "tcp", 33001, 34000),
		one("RTMFP", "rtmfp.port", "udp", 1935),
		one("RTSP", "rtsp.port", "tcp", 554),
		span("RTSP clients", "rtsp.client_ports", "tcp", 32000, 32999),
		one("SRT", "srt.listen", "udp", 8890),
		span("SIP", "sip.ports", "udp", 30000, 30999),
		span("SIP", "sip.ports", "tcp", 30000, 30999),
		one("WebRTC", "webrtc.udp", "udp", 31000),
		one("WebRTC", "webrtc.tcp", "tcp", 31000),
		span("RTP of SIP", "sip.media_ports", "udp", 31001, 31999),
		one("JMX", "jmx.port", "tcp", 50999),
		{"metrics", "metrics.listen", "tcp", 7777, 7777, true},
		span("SSH console", "ssh.ports", "tcp", 2001, 2002),
	}
}

// telephony is where trunks and telephones call unless they are told otherwise (RFC 3261 19.1.2). serve only opens what sip.listen names.
func telephony() []Port {
	const usual = 5060
	return []Port{
		{Door: "SIP", Key: "sip.listen", Network: "udp", First: usual, Last: usual},
		{Door: "SIP", Key: "sip.listen", Network: "tcp", First: usual, Last: usual},
	}
}

// fewInRange is how many ports of a range of a thousand may be taken before it is worth a word: a taken one is passed over.
const fewInRange = 100

// ports tries to open each port. A server that already runs here holds them; run and test need none. So nothing is worse than a
// warning.
func ports(ctx context.Context, m *Machine) []Finding {
	var out []Finding
	for _, p := range Ports() {
		taken, err := m.taken(ctx, p)
		switch {
		case len(taken) == 0, p.many() && len(taken) < fewInRange:
			continue
		case p.many():
			out = append(out, Finding{
				Level: Warn, Says: fmt.Sprintf("%s: %d of %d cannot be opened", p, len(taken), p.Last-p.First+1),
				Do: "set " + p.Key + " to a range that is free",
			})
		default:
			out = append(out, m.closed(p, taken[0], err))
		}
	}
	if len(out) == 0 {
		out = good("all that serve opens by default are free")
	}
	for _, p := range telephony() {
		if taken, _ := m.taken(ctx, p); len(taken) > 0 {
			out = append(out, Finding{
				Level: Skip,
				Says:  p.String() + " is taken" + m.holder(p.Network, p.First) + ": " + p.Key + ", which opens none by default, needs another",
			})
		}
	}
	return out
}

// many tells whether the port is a range from which any free one will do.
func (p Port) many() bool { return p.Last-p.First >= fewInRange }

// String is "8080/tcp of WebSocket".
func (p Port) String() string {
	text := strconv.Itoa(p.First)
	if p.Last > p.First {
		text += "-" + strconv.Itoa(p.Last)
	}
	return text + "/" + p.Network + " of " + p.Door
}

// taken lists the ports that cannot be opened, and why the last of them cannot.
func (m *Machine) taken(ctx context.Context, p Port) (list []int, why error) {
	for n := p.First; n <= p.Last && ctx.Err() == nil; n++ {
		host := ""
		if p.Loopback {
			host = "127.0.0.1"
		}
		if err := m.System.Bind(ctx, p.Network, net.JoinHostPort(host, strconv.Itoa(n))); err != nil {
			list, why = append(list, n), err
		}
	}
	return list, why
}

// closed says why a port cannot be opened and what changes that.
func (m *Machine) closed(p Port, n int, err error) Finding {
	p.First, p.Last = n, n
	switch {
	case errors.Is(err, fs.ErrPermission):
		do := "`setcap cap_net_bind_service=+ep` on sluice, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or set " + p.Key
		if p.Key == "rtsp.port" {
			do += "; `serve --dev` takes 8554"
		}
		return Finding{Level: Warn, Says: p.String() + " is only for privileged users", Do: do}
	case errors.Is(err, syscall.EADDRINUSE):
		return Finding{Level: Warn, Says: p.String() + " is taken" + m.holder(p.Network, n), Do: "end that program, or set " + p.Key}
	}
	return Finding{Level: Warn, Says: fmt.Sprintf("%s cannot be opened: %v", p, err), Do: "set " + p.Key}
}

// holder finds out who has a port: " by nginx (process 812)". It is "" where the system does not say, as of other users'
// processes.
func (m *Machine) holder(network string, port int) string {
	inodes := map[string]bool{}
	for _, table := range []string{network, network + "6"} {
		for line := range strings.Lines(m.text("proc/net/" + table)) {
			// sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode: proc(5)
			f := strings.Fields(line)
			if len(f) > 9 && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) && (network == "udp" || f[3] == "0A") {
				inodes["socket:["+f[9]+"]"] = true
			}
		}
	}
	if len(inodes) == 0 {
		return ""
	}
	fds, err := fs.Glob(m.Root, "proc/[0-9]*/fd/*")
	if err != nil {
		return ""
	}
	for _, fd := range fds {
		if target, err := fs.ReadLink(m.Root, fd); err == nil && inodes[target] {
			pid, _, _ := strings.Cut(strings.TrimPrefix(fd, "proc/"), "/")
			return fmt.Sprintf(" by %s (process %s)", m.text("proc/"+pid+"/comm"), pid)
		}
	}
	return ""
}
