package benchtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"testing"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
)

// RTMP is the least that a client of RTMP can be: it looks at the head of each message, and passes over the rest, so that two
// hundred of them leave the processors to the server. It knows only chunks whose messages have whole headers and do not mix.
type RTMP struct {
	conn   net.Conn
	in     *bufio.Reader
	size   int
	stream uint32
}

// HeadOf is how much of each message is looked at, in bytes.
const HeadOf = 128

// Close ends the connection.
func (p *RTMP) Close() error { return p.conn.Close() }

// DialRTMP connects, and begins to publish or to play.
func DialRTMP(address, name, command string) (*RTMP, error) {
	conn, err := (&net.Dialer{Timeout: Patience}).Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	p := &RTMP{conn: conn, in: bufio.NewReaderSize(conn, 16<<10), size: 128}
	if err := p.begin(address, name, command); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return p, nil
}

func (p *RTMP) begin(address, name, command string) error {
	hello := make([]byte, 1+1536)
	hello[0] = 3
	if _, err := p.conn.Write(hello); err != nil {
		return err
	}
	answer := make([]byte, 1+2*1536)
	if _, err := io.ReadFull(p.in, answer); err != nil {
		return err
	}
	if _, err := p.conn.Write(answer[1 : 1+1536]); err != nil {
		return err
	}
	if err := p.send(2, chunk.SetChunkSize, binary.BigEndian.AppendUint32(nil, 1<<20)); err != nil {
		return err
	}
	object := amf.Object{{Key: "app", Value: "live"}, {Key: "tcUrl", Value: "rtmp://" + address + "/live"}}
	if err := p.send(3, chunk.CommandAMF0, amf.Append(nil, "connect", 1, object)); err != nil {
		return err
	}
	if _, err := p.await("_result"); err != nil {
		return err
	}
	if err := p.send(3, chunk.CommandAMF0, amf.Append(nil, "createStream", 2, nil)); err != nil {
		return err
	}
	made, err := p.await("_result")
	if err != nil {
		return err
	}
	p.stream = uint32(math.Float64frombits(binary.BigEndian.Uint64(made[len(made)-8:])))
	values := []any{command, 3, nil, name}
	if command == "publish" {
		values = append(values, "live")
	}
	if err := p.send(3, chunk.CommandAMF0, amf.Append(nil, values...)); err != nil || command == "play" {
		return err
	}
	_, err = p.await("onStatus")
	return err
}

// send writes a command; our chunks are larger than all of them once the server knows.
func (p *RTMP) send(id, kind uint8, body []byte) error {
	stream := p.stream
	if kind == chunk.SetChunkSize {
		stream = 0
	}
	_, err := p.conn.Write(chunk.Append(nil, id, &chunk.Message{Type: kind, Stream: stream, Body: body}, 1<<20))
	return err
}

// await passes over what comes until the answer does.
func (p *RTMP) await(name string) ([]byte, error) {
	for {
		kind, head, _, err := p.Next()
		if err != nil {
			return nil, fmt.Errorf("before %s: %w", name, err)
		}
		if kind == chunk.CommandAMF0 && len(head) > len(name)+3 && string(head[3:3+len(name)]) == name {
			return head, nil
		}
	}
}

// Next gives the type of a message, the beginning of its body and the length.
func (p *RTMP) Next() (kind uint8, head []byte, length int, err error) {
	b, err := p.in.Peek(1 + 11)
	if err != nil {
		return 0, nil, 0, err
	}
	if b[0]>>6 != 0 {
		return 0, nil, 0, fmt.Errorf("a message begins with 0x%02x", b[0])
	}
	length, kind = int(b[4])<<16|int(b[5])<<8|int(b[6]), b[7]
	header := 1 + 11
	if b[1]&b[2]&b[3] == 0xff {
		header += 4
	}
	_, _ = p.in.Discard(header) // it was peeked at
	for left := length; left > 0; {
		n := min(left, p.size)
		if left == length {
			seen, err := p.in.Peek(min(n, HeadOf))
			if err != nil {
				return 0, nil, 0, err
			}
			head = append(head, seen...)
		} else if _, err := p.in.Discard(1); err != nil { // the header of a later chunk
			return 0, nil, 0, err
		}
		// Small messages come before there are large chunks, so the whole of an answer may be in several.
		if left < length && length <= 512 {
			seen, err := p.in.Peek(n)
			if err != nil {
				return 0, nil, 0, err
			}
			head = append(head, seen...)
		}
		if _, err := p.in.Discard(n); err != nil {
			return 0, nil, 0, err
		}
		left -= n
	}
	if kind == chunk.SetChunkSize && len(head) >= 4 {
		p.size = int(binary.BigEndian.Uint32(head))
	}
	return kind, head, length, nil
}

// PublishRTMP publishes the pictures of Pictures. What it gives ends them, and leaves the connection, which ends with the benchmark.
func PublishRTMP(b *testing.B, address, name string) (end func()) {
	b.Helper()
	p, err := DialRTMP(address, name, "publish")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.conn.Close() })
	meta := amf.Append(nil, "@setDataFrame", "onMetaData", amf.Array{{Key: "videocodecid", Value: 7}})
	if err := p.send(4, chunk.DataAMF0, meta); err != nil {
		b.Fatal(err)
	}
	if err := p.send(6, chunk.Video, configuration()); err != nil {
		b.Fatal(err)
	}
	var message, out []byte
	return Pictures(b, func(n uint32, nal []byte, key bool) error {
		message = append(message[:0], 0x27, 1, 0, 0, 0)
		if key {
			message[0] = 0x17
		}
		message = append(binary.BigEndian.AppendUint32(message, uint32(len(nal))), nal...)
		stamp := uint32(time.Duration(n) * Interval / time.Millisecond)
		out = chunk.Append(out[:0], 6, &chunk.Message{Type: chunk.Video, Stream: p.stream, Timestamp: stamp, Body: message}, 1<<20)
		_, err := p.conn.Write(out)
		return err
	})
}

// configuration is an AVC sequence header (ISO 14496-15, 5.3.3.1).
func configuration() []byte {
	sps, pps := Parameters()
	out := []byte{0x17, 0, 0, 0, 0, 1, sps[1], sps[2], sps[3], 0xff, 0xe1, 0, byte(len(sps))}
	out = append(append(out, sps...), 1, 0, byte(len(pps)))
	return append(out, pps...)
}
