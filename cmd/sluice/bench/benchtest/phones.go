package benchtest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Sound is a codec of telephones, by its payload type.
type Sound uint8

// The codecs of telephones that are measured.
const (
	PCMU Sound = 0
	G729 Sound = 18
	Opus Sound = 111
)

// step is how many ticks of its clock 20 ms are, and what a=rtpmap says of it. Opus has a clock of 48 kHz, whatever it carries
// (RFC 7587 4.1).
func (s Sound) step() (ticks uint32, rtpmap string) {
	switch s {
	case Opus:
		return 960, "opus/48000/2"
	case G729:
		return 160, "G729/8000"
	}
	return 160, "PCMU/8000"
}

// Phones are telephones that call a server in, all from one socket, and do the least of SIP over UDP that a call needs.
type Phones struct {
	b    testing.TB
	conn *net.UDPConn

	mu   sync.Mutex
	all  map[string]*Phone // by Call-ID
	left int               // calls that the server has ended
	done chan struct{}
}

// Phone is one in a call.
type Phone struct {
	phones         *Phones
	account, whom  string
	id, tag        string
	media          int
	sound          Sound
	final          chan string // answers that are final, of the request that is under way
	remote, target string      // headers of the dialog: To with its tag, and where requests within it go
}

// NewPhones makes telephones, which are gone with the benchmark. They call at server, "host:port".
func NewPhones(b testing.TB, server string) *Phones {
	b.Helper()
	to, err := net.ResolveUDPAddr("udp4", server)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := net.DialUDP("udp4", nil, to)
	if err != nil {
		b.Fatal(err)
	}
	p := &Phones{b: b, conn: conn, all: map[string]*Phone{}, done: make(chan struct{})}
	go p.read()
	b.Cleanup(func() {
		_ = conn.Close()
		<-p.done
	})
	return p
}

// Left is how many calls the server has ended.
func (p *Phones) Left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left
}

var header = regexp.MustCompile(`(?im)^(Via|From|To|Call-ID|CSeq|Contact): *(.*?)\r?$`)

// read takes what comes, until the socket is closed.
func (p *Phones) read() {
	defer close(p.done)
	buf := make([]byte, 1<<16)
	for {
		n, err := p.conn.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // the server is not there, or not any more
		}
		text := string(buf[:n])
		p.mu.Lock()
		phone := p.all[headerOf(text, "Call-ID")]
		p.mu.Unlock()
		if phone == nil {
			continue
		}
		if status, ok := strings.CutPrefix(text, "SIP/2.0 "); ok {
			if status[0] >= '2' {
				select {
				case phone.final <- text:
				default: // it was sent again
				}
			}
			continue
		}
		p.answer(text)
	}
}

// answer says yes to what the server asks within a call.
func (p *Phones) answer(text string) {
	if strings.HasPrefix(text, "ACK ") {
		return
	}
	if strings.HasPrefix(text, "BYE ") {
		p.mu.Lock()
		p.left++
		p.mu.Unlock()
	}
	out := "SIP/2.0 200 OK\r\n"
	for _, h := range header.FindAllStringSubmatch(text, -1) {
		if !strings.EqualFold(h[1], "Contact") {
			out += h[1] + ": " + h[2] + "\r\n"
		}
	}
	_, _ = p.conn.Write([]byte(out + "Content-Length: 0\r\n\r\n"))
}

func headerOf(text, name string) string {
	for _, h := range header.FindAllStringSubmatch(text, -1) {
		if strings.EqualFold(h[1], name) {
			return h[2]
		}
	}
	return ""
}

// Call calls somebody, as an account that the server tells by its name, with media at a port of 127.0.0.1. Up waits for the answer.
func (p *Phones) Call(account, whom string, sound Sound, media int) *Phone {
	p.b.Helper()
	p.mu.Lock()
	id := fmt.Sprintf("%d-%s-%s@%s", len(p.all), account, whom, p.conn.LocalAddr())
	phone := &Phone{
		phones: p, account: account, whom: whom, id: id, tag: strconv.Itoa(len(p.all)), media: media, sound: sound,
		final: make(chan string, 1), remote: fmt.Sprintf("<sip:%s@%s>", whom, p.conn.RemoteAddr()),
		target: fmt.Sprintf("sip:%s@%s", whom, p.conn.RemoteAddr()),
	}
	p.all[id] = phone
	p.mu.Unlock()
	phone.send("INVITE", 1, phone.offer())
	return phone
}

func (c *Phone) offer() string {
	_, rtpmap := c.sound.step()
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP %d\r\na=rtpmap:%d %s\r\n",
		c.media, c.sound, c.sound, rtpmap)
}

func (c *Phone) send(method string, number int, body string) {
	here, kind := c.phones.conn.LocalAddr(), ""
	if body != "" {
		kind = "Content-Type: application/sdp\r\n"
	}
	_, _ = fmt.Fprintf(c.phones.conn, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%s%d\r\nMax-Forwards: 70\r\n"+
		"From: <sip:%s@%s>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:%s@%s>\r\n%sContent-Length: %d\r\n\r\n%s",
		method, c.target, here, c.tag, method, number, c.account, here, c.tag, c.remote, c.id, number, method, c.account, here, kind,
		len(body), body) // what is lost is sent again
}

// await gives the final answer to a request, which it sends again as long as there is none.
func (c *Phone) await(method string, number int, body string) string {
	c.phones.b.Helper()
	again := time.NewTicker(time.Second)
	defer again.Stop()
	late := time.NewTimer(Patience)
	defer late.Stop()
	for {
		select {
		case text := <-c.final:
			return text
		case <-again.C:
			c.send(method, number, body)
		case <-late.C:
			c.phones.b.Fatalf("%s of %s to %s is not answered", method, c.account, c.whom)
		}
	}
}

var audioPort = regexp.MustCompile(`(?m)^m=audio (\d+) RTP/AVP (\d+)`)

// Up waits until the call is up, and gives where its media goes.
func (c *Phone) Up() netip.AddrPort {
	c.phones.b.Helper()
	text := c.await("INVITE", 1, c.offer())
	m := audioPort.FindStringSubmatch(text)
	if !strings.HasPrefix(text, "SIP/2.0 200") || m == nil || m[2] != strconv.Itoa(int(c.sound)) {
		c.phones.b.Fatalf("%s is not put through to %s:\n%s", c.account, c.whom, text)
	}
	c.remote = headerOf(text, "To")
	c.target = strings.Trim(strings.Split(headerOf(text, "Contact"), ">")[0], "<")
	c.send("ACK", 1, "")
	port, _ := strconv.ParseUint(m[1], 10, 16)
	host, _, _ := net.SplitHostPort(c.phones.conn.RemoteAddr().String())
	return netip.AddrPortFrom(netip.MustParseAddr(host), uint16(port))
}

// Leave ends the call.
func (c *Phone) Leave() {
	c.phones.b.Helper()
	select {
	case <-c.final: // the first answer came twice
	default:
	}
	c.send("BYE", 2, "")
	if text := c.await("BYE", 2, ""); !strings.HasPrefix(text, "SIP/2.0 200") {
		c.phones.b.Errorf("%s cannot leave: %s", c.account, text)
	}
}
