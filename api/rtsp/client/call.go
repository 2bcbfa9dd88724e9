// Package client is RTSP from the other side: it calls cameras and other servers. It serves nobody.
package client

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/rtsp/intake"
	"sluice/api/rtsp/sdp"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

const (
	// firstLocal and lastLocal are the ports that calls are made from, and firstMedia and lastMedia those that datagrams come to.
	firstLocal, lastLocal = 32000, 32999
	firstMedia, lastMedia = 31010, 31999
	// maxDials is how often one call may connect: again over TCP, and to where the camera sends it.
	maxDials = 5
)

// call is how a camera or server is called. It is a value.
type call struct {
	url       *base.URL
	transport string // auto, udp, tcp
	timeout   time.Duration
	reach     element.Reach
}

// callOf reads the settings that every call has.
func callOf(env element.Env, conf element.Conf) (call, error) {
	u, err := base.ParseURL(conf.Text("url"))
	// Both have to see the same host: what is allowed was decided by the one, and what is called by the other.
	if other, bad := url.Parse(conf.Text("url")); err != nil || bad != nil || other.Host != u.Host || u.Host == "" {
		return call{}, fault.New(fault.InvalidParams, "url", "it is no address of RTSP")
	}
	if login := conf.Text("login"); login != "" && u.User == nil {
		if u, err = withLogin(u, login); err != nil {
			return call{}, err
		}
	}
	return call{url: u, transport: conf.Text("transport"), timeout: conf.Duration("timeout"), reach: env.Reach}, nil
}

// withLogin puts user and password into an address.
func withLogin(u *base.URL, login string) (*base.URL, error) {
	user, password, ok := strings.Cut(login, ":")
	if !ok || user == "" {
		return nil, fault.New(fault.InvalidParams, "login", "it is not of the form user:password")
	}
	c := u.Clone()
	c.User = url.UserPassword(user, password)
	return c, nil
}

// called is one call that was answered.
type called struct {
	client *gortsplib.Client
	lines  []sdp.Line
	closed sync.Once
}

// dial calls and asks what there is. ctx bounds it.
func (c call) dial(ctx context.Context) (*called, error) {
	s := &called{client: c.client()}
	if err := s.client.Start(); err != nil {
		return nil, c.failed(err)
	}
	stop := context.AfterFunc(ctx, s.close)
	defer stop()
	err := s.setup(c.url)
	if err == nil {
		return s, nil
	}
	s.close()
	if ctx.Err() != nil {
		return nil, fault.New(fault.StartTimeout, "", "%s does not answer in time", c.url.Host).Because(err)
	}
	return nil, c.failed(err)
}

// setup asks what there is and says what of it is wanted.
func (s *called) setup(u *base.URL) error {
	d, _, err := s.client.Describe(u)
	if err != nil {
		return err
	}
	if s.lines, err = sdp.Read(d); err != nil {
		return err
	}
	wanted := make([]*description.Media, 0, len(s.lines))
	for _, l := range s.lines {
		wanted = append(wanted, l.Media)
	}
	return s.client.SetupAll(d.BaseURL, wanted)
}

// client makes one for a call.
func (c call) client() *gortsplib.Client {
	port := firstLocal + rand.IntN(lastLocal-firstLocal+1) //nolint:gosec // any will do
	o := &gortsplib.Client{
		Scheme: c.url.Scheme, Host: c.url.Host, ReadTimeout: c.timeout, WriteTimeout: c.timeout, UserAgent: "sluice",
		UDPSourcePortRange: [2]uint16{firstMedia, lastMedia},
		AnyPortEnable:      true, // some cameras do not say from which port they send
		DialContext:        c.connect(port),
		OnPacketsLost:      func(uint64) {}, OnDecodeError: func(error) {}, OnTransportSwitch: func(error) {},
		// Cameras have certificates that nobody vouches for; the address, and the password, are what they are known by.
		TLSConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
	}
	if c.reach != nil {
		o.ListenPacket = c.listen
	}
	forgive(o)
	var p gortsplib.Protocol
	switch c.transport {
	case "udp":
		p = gortsplib.ProtocolUDP
	case "tcp":
		p = gortsplib.ProtocolTCP
	default:
		return o
	}
	o.Protocol = &p
	return o
}

// connect dials from the next port for it that is free, after one of them. A camera that sends us to another host is not followed: that
// one nobody allowed.
func (c call) connect(port int) func(ctx context.Context, network, address string) (net.Conn, error) {
	dials := 0
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil || !strings.EqualFold(host, c.url.Hostname()) {
			return nil, fault.New(fault.Forbidden, "", "%s sends to another host, %q", c.url.Host, address)
		}
		if dials++; dials > maxDials {
			return nil, fault.New(fault.ProtocolViolation, "", "%s sends round in circles", c.url.Host)
		}
		for range lastLocal - firstLocal + 1 {
			if port++; port > lastLocal {
				port = firstLocal
			}
			d := net.Dialer{LocalAddr: &net.TCPAddr{Port: port}, Control: c.reach.Control}
			conn, err := d.DialContext(ctx, network, address)
			if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
				return conn, err
			}
		}
		return nil, fault.New(fault.Overloaded, "", "no port from %d to %d is free to call from", firstLocal, lastLocal)
	}
}

// failed says what went wrong in our words.
func (c call) failed(err error) error {
	var f *fault.Fault
	var status liberrors.ErrClientBadStatusCode
	switch {
	case errors.As(err, &f):
		return err
	case errors.As(err, &status):
		return c.refused(status)
	}
	return fault.New(fault.Unreachable, "", "%s cannot be reached", c.url.Host).Because(err)
}

// refused says what a camera's status means.
func (c call) refused(s liberrors.ErrClientBadStatusCode) error {
	code := fault.Unreachable
	switch s.Code {
	case base.StatusUnauthorized:
		code = fault.Unauthorized
	case base.StatusForbidden:
		code = fault.Forbidden
	case base.StatusNotFound:
		code = fault.StreamNotFound
	}
	return fault.New(code, "", "%s answers %d %.200q", c.url.Host, s.Code, s.Message)
}

// play passes on what comes until stop, or an error.
func (s *called) play(stop <-chan struct{}, to *hub.Publication) error {
	told := make(chan struct{}) // closed when the answer to PLAY has said what it says of times
	in := intake.New(s.lines)
	var reports atomic.Bool
	reports.Store(true)
	s.listen(to, in, told, &reports)
	over := make(chan struct{})
	defer func() { <-over }()
	go func() {
		defer close(over)
		select {
		case <-stop:
			s.close()
		case <-s.done():
		}
	}()
	r, err := s.client.Play(nil)
	if err == nil {
		reports.Store(!s.info(r, in))
	}
	close(told)
	if err != nil {
		s.close()
		return err
	}
	return s.client.Wait()
}

// listen passes packets on, and reports. The first ones wait until it is told how tracks belong together, or that reports have to do.
func (s *called) listen(to *hub.Publication, in *intake.Intake, told <-chan struct{}, reports *atomic.Bool) {
	for i, l := range s.lines {
		s.client.OnPacketRTP(l.Media, l.Format, func(p *rtp.Packet) {
			<-told
			in.Packet(to, i, p)
		})
		s.client.OnPacketRTCP(l.Media, func(p rtcp.Packet) {
			if sr, ok := p.(*rtcp.SenderReport); ok {
				<-told
				if reports.Load() {
					in.Tell(i, sr.RTPTime, intake.Wall(sr.NTPTime))
				}
				in.Report(to, i, sr)
			}
		})
	}
}

// info reads of an answer which timestamps the tracks have at one and the same time (RFC 2326 12.33); false if it does not say so of
// all of them.
func (s *called) info(r *base.Response, in *intake.Intake) bool {
	var list headers.RTPInfo
	if list.Unmarshal(r.Header["RTP-Info"]) != nil {
		return false
	}
	stamps := make([]*uint32, len(s.lines))
	for i, l := range s.lines {
		for _, entry := range list {
			if l.Media.Control != "" && strings.HasSuffix(entry.URL, l.Media.Control) {
				stamps[i] = entry.Timestamp
			}
		}
	}
	if slices.Contains(stamps, nil) {
		return false
	}
	began := time.Unix(1, 0) // any will do
	for i, stamp := range stamps {
		in.Tell(i, *stamp, began)
	}
	return true
}

// done is closed when the session has ended.
func (s *called) done() <-chan struct{} {
	done := make(chan struct{})
	go func() { defer close(done); _ = s.client.Wait() }()
	return done
}

// close ends the session and returns when nothing of it runs.
func (s *called) close() { s.closed.Do(s.client.Close) }
