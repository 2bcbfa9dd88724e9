package message

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Errors of a Reader. After either, nothing more can be found in the stream: where the next message begins is not known.
var (
	errLong     = errors.New("a message is too long")
	errNoLength = errors.New("a message does not tell its length")
)

// Reader finds messages in a stream, such as a TCP connection (RFC 3261 18.3). It holds no more than one message.
type Reader struct {
	in *bufio.Reader
	// begun is called when the first octet of a message has come, so that the rest can be given a time limit.
	begun func()
}

// NewReader makes a Reader; begun may be nil.
func NewReader(in io.Reader, begun func()) *Reader {
	if begun == nil {
		begun = func() {}
	}
	return &Reader{in: bufio.NewReaderSize(in, 4096), begun: begun}
}

// Next is the next message, which is for Parse; or nil for a keep-alive, which is to be answered with CRLF (RFC 5626 4.4.1). With an error
// of a broken stream there may be the head of a message, so that it can be refused.
func (r *Reader) Next() ([]byte, error) {
	if ping, err := r.idle(); ping || err != nil {
		return nil, err
	}
	r.begun()
	data, err := r.head()
	if err != nil {
		return nil, err
	}
	length, ok := contentLength(data)
	switch {
	case !ok && length < 0:
		return nil, errNoLength // without any the message could be taken for one without a body
	case !ok:
		return data, errNoLength
	}
	if len(data)+length > MaxSize {
		return nil, errLong
	}
	head := len(data)
	data = append(data, make([]byte, length)...)
	if _, err := io.ReadFull(r.in, data[head:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return data, nil
}

// head is what a message begins with, with the empty line.
func (r *Reader) head() (data []byte, err error) {
	for from := 0; ; { // where the line begins
		line, err := r.in.ReadSlice('\n')
		data = append(data, line...)
		switch {
		case len(data) > maxSection:
			return nil, errLong
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		if len(bytes.TrimRight(data[from:], "\r\n")) == 0 {
			return data, nil
		}
		from = len(data)
	}
}

// idle passes over line ends between messages. Two of them are a keep-alive.
func (r *Reader) idle() (ping bool, err error) {
	for ends := 0; ; {
		c, err := r.in.ReadByte()
		if err != nil {
			return false, err
		}
		switch c {
		case '\r':
		case '\n':
			if ends++; ends == 2 {
				return true, nil
			}
		default:
			return false, r.in.UnreadByte()
		}
	}
}

// contentLength is what the head of a message tells; not ok if it tells nothing (-1), nothing that is right, or two things.
func contentLength(head []byte) (int, bool) {
	lines, _ := unfold(head)
	found := -1
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		if canonical(strings.TrimSpace(name)) != "Content-Length" {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
		if err != nil || found >= 0 && found != int(n) {
			return 0, false
		}
		found = int(n)
	}
	return found, found >= 0
}
