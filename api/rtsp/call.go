package rtsp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/rtsp/sdp"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

const (
	// firstLocal and lastLocal are the ports that calls are made from, and firstMedia and lastMedia those that datagrams come to.
	firstLocal, lastLocal = 32000, 32999
	firstMedia, lastMedia = 31010, 31999
	// maxDials is how often one call may connect: again over TCP, and to where the camera sends it.
	maxDials = 5
)

// call is how a camera is called. It is a value.
type call struct {
	url       *base.URL
	transport string // auto, udp, tcp
	timeout   time.Duration
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
	o := &gortsplib.Client{
		Scheme: c.url.Scheme, Host: c.url.Host, ReadTimeout: c.timeout, WriteTimeout: c.timeout, UserAgent: "sluice",
		UDPSourcePortRange: [2]uint16{firstMedia, lastMedia},
		DialContext:        c.connect(),
		OnPacketsLost:      func(uint64) {}, OnDecodeError: func(error) {}, OnTransportSwitch: func(error) {},
		// Cameras have certificates that nobody vouches for; the address, and the password, are what they are known by.
		TLSConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
	}
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

// connect dials from one of the ports for it. A camera that sends us to another host is not followed: that one nobody allowed.
func (c call) connect() func(ctx context.Context, network, address string) (net.Conn, error) {
	dials, port := 0, firstLocal+int(time.Now().UnixNano()%(lastLocal-firstLocal+1))
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
			d := net.Dialer{LocalAddr: &net.TCPAddr{Port: port}}
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
	return fault.New(fault.Unreachable, "", "%s cannot be played", c.url.Host).Because(err)
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
	return fault.New(code, "", "%s answers %d %s", c.url.Host, s.Code, phrase(s.Message))
}

// play passes on what comes until stop, or an error.
func (s *called) play(stop <-chan struct{}, to *hub.Publication) error {
	told := make(chan struct{}) // closed when the answer to PLAY has said what it says of times
	a := align(s.lines)
	s.listen(to, a, told)
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
		s.info(r, a)
	}
	close(told)
	if err != nil {
		s.close()
		return err
	}
	return s.client.Wait()
}

// listen passes packets on, and reports. The first ones wait until it is told how tracks belong together.
func (s *called) listen(to *hub.Publication, a *aligner, told <-chan struct{}) {
	for i, l := range s.lines {
		sets := newParameters(l.Track)
		s.client.OnPacketRTP(l.Media, l.Format, func(p *rtp.Packet) {
			<-told
			batch := a.admit(i, []media.Packet{{Header: p.Header, Payload: p.Payload, Arrival: time.Now()}})
			_ = to.Write(i, sets.complete(batch)) // its end is told otherwise
		})
		s.client.OnPacketRTCP(l.Media, func(p rtcp.Packet) {
			if sr, ok := p.(*rtcp.SenderReport); ok {
				<-told
				_ = to.Report(i, sr.RTPTime, wall(sr.NTPTime), a.moment(i, time.Now())) // as above
			}
		})
	}
}

// info reads of an answer which timestamps the tracks have at one and the same time (RFC 2326 12.33).
func (s *called) info(r *base.Response, a *aligner) {
	var list headers.RTPInfo
	if list.Unmarshal(r.Header["RTP-Info"]) != nil {
		return
	}
	began := time.Unix(1, 0) // any will do
	for i, l := range s.lines {
		for _, entry := range list {
			if entry.Timestamp != nil && l.Media.Control != "" && strings.HasSuffix(entry.URL, l.Media.Control) {
				a.tell(i, *entry.Timestamp, began)
			}
		}
	}
}

// done is closed when the session has ended.
func (s *called) done() <-chan struct{} {
	done := make(chan struct{})
	go func() { defer close(done); _ = s.client.Wait() }()
	return done
}

// close ends the session and returns when nothing of it runs.
func (s *called) close() { s.closed.Do(s.client.Close) }

func userinfo(user, password string) *url.Userinfo { return url.UserPassword(user, password) }
