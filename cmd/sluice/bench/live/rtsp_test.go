package live

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// rtspPeer is the least that a client of RTSP over TCP can be, as rtmpPeer is for RTMP.
type rtspPeer struct {
	conn    net.Conn
	in      *bufio.Reader
	base    string
	session string
	number  int
}

func dialRTSP(address string) (*rtspPeer, error) {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return nil, err
	}
	return &rtspPeer{conn: conn, in: bufio.NewReaderSize(conn, 16<<10), base: "rtsp://" + address + "/cam"}, nil
}

// ask sends a request, and gives the body of the answer.
func (p *rtspPeer) ask(method, path, headers, body string) (string, error) {
	p.number++
	if p.session != "" {
		headers += "Session: " + p.session + "\r\n"
	}
	if body != "" {
		headers += "Content-Type: application/sdp\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	request := fmt.Sprintf("%s %s%s RTSP/1.0\r\nCSeq: %d\r\n%s\r\n%s", method, p.base, path, p.number, headers, body)
	if _, err := io.WriteString(p.conn, request); err != nil {
		return "", err
	}
	line, err := p.in.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s: %w", method, err)
	}
	if !strings.HasPrefix(line, "RTSP/1.0 200 ") {
		return "", fmt.Errorf("%s is answered %q", method, line)
	}
	fields, err := textproto.NewReader(p.in).ReadMIMEHeader()
	if err != nil {
		return "", err
	}
	if s := fields.Get("Session"); s != "" {
		p.session, _, _ = strings.Cut(s, ";")
	}
	length, _ := strconv.Atoi(fields.Get("Content-Length")) // none is none
	got := make([]byte, length)
	_, err = io.ReadFull(p.in, got)
	return string(got), err
}

// publishRTSP sends the stream of the benchmark, each picture with one call.
func publishRTSP(b *testing.B, address string) {
	b.Helper()
	p, err := dialRTSP(address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.conn.Close() })
	sps, pps := benchtest.Parameters()
	sdp := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=bench\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" +
		"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=" + base64.StdEncoding.EncodeToString(sps) + "," +
		base64.StdEncoding.EncodeToString(pps) + "\r\na=control:trackID=0\r\n"
	_, err = p.ask("ANNOUNCE", "", "", sdp)
	if err == nil {
		_, err = p.ask("SETUP", "/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n", "")
	}
	if err == nil {
		_, err = p.ask("RECORD", "", "", "")
	}
	if err != nil {
		b.Fatal(err)
	}
	seq := uint16(1)
	var out []byte
	benchtest.Pictures(b, func(n uint32, nal []byte, _ bool) error {
		out = packets264(out[:0], &seq, n, nal)
		_, err := p.conn.Write(out)
		return err
	})
}

// packets264 cuts a NAL unit into interleaved FU-A packets (RFC 6184 5.8).
func packets264(out []byte, seq *uint16, n uint32, nal []byte) []byte {
	kind, rest := nal[0], nal[1:]
	for first := true; len(rest) > 0; first = false {
		part := rest[:min(len(rest), mtu)]
		rest = rest[len(part):]
		end := len(rest) == 0
		out = append(out, '$', 0)
		out = binary.BigEndian.AppendUint16(out, uint16(12+2+len(part)))
		out = append(out, 0x80, 96|flag(end, 0x80))
		out = binary.BigEndian.AppendUint16(out, *seq)
		out = binary.BigEndian.AppendUint32(out, n*90000/fps)
		out = append(out, 0, 0, 0, 1, kind&0x60|28, kind&0x1f|flag(first, 0x80)|flag(end, 0x40))
		out = append(out, part...)
		*seq++
	}
	return out
}

func flag(set bool, bit byte) byte {
	if set {
		return bit
	}
	return 0
}

// readRTSP plays.
func readRTSP(address string, r *relayed) error {
	p, err := dialRTSP(address)
	if err != nil {
		return err
	}
	sdp, err := p.ask("DESCRIBE", "", "", "")
	if err != nil {
		return err
	}
	_, control, found := strings.Cut(sdp[strings.Index(sdp, "m=video"):], "a=control:")
	if !found {
		return errors.New("the description says no address of the pictures")
	}
	control, _, _ = strings.Cut(control, "\r\n")
	path := "/" + strings.TrimPrefix(strings.TrimPrefix(control, p.base), "/")
	_, err = p.ask("SETUP", path, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n", "")
	if err == nil {
		_, err = p.ask("PLAY", "", "", "")
	}
	if err != nil {
		return err
	}
	r.run(p.conn, p.picture)
	return nil
}

// picture reads to the end of one.
func (p *rtspPeer) picture() (n uint32, sent time.Time, key bool, err error) {
	const head = 4 + 12
	for found := false; ; {
		b, err := p.in.Peek(head)
		if err != nil {
			return 0, time.Time{}, false, err
		}
		if b[0] != '$' {
			return 0, time.Time{}, false, fmt.Errorf("no frame: %q", b)
		}
		length, video, last := 4+int(b[2])<<8+int(b[3]), b[1] == 0, b[5]&0x80 != 0
		if video && !found {
			if b, err = p.in.Peek(min(length, head+benchtest.HeadOf)); err != nil {
				return 0, time.Time{}, false, err
			}
			if n, sent, found = benchtest.Marked(b); found {
				key = b[head+1]&0x1f == 5
			}
		}
		if _, err := p.in.Discard(length); err != nil {
			return 0, time.Time{}, false, err
		}
		if found && video && last {
			return n, sent, key, nil
		}
	}
}
