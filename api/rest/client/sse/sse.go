// Package sse reads server-sent events (HTML standard, 9.2.6) from a stream of bytes. It opens no connection: who reconnects, and with
// which Last-Event-ID, is the caller's business.
package sse

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// ErrTooLong is said of a line, or of all the lines of one event, that hold more than a Reader takes.
var ErrTooLong = errors.New("an event is too long")

// Event is one event. Events without data are not given, as the standard has it.
type Event struct {
	ID   string // the last ID that was named, by this event or one before
	Name string // "message" if it has none
	Data string
}

// Reader reads events. It is for one goroutine.
type Reader struct {
	in    *bufio.Reader
	most  int
	begun bool // the first line was read, which may begin with a byte order mark
	cr    bool // the last line ended with CR: an LF that follows belongs to it

	id    string
	retry time.Duration
}

// NewReader makes a Reader that takes events of so many bytes at most; 0: 1 MiB.
func NewReader(in io.Reader, most int) *Reader {
	const usual = 1 << 20
	if most <= 0 {
		most = usual
	}
	return &Reader{in: bufio.NewReader(in), most: most}
}

// Retry is how long the other side wants to be left in peace before somebody connects again; 0 if it has not said.
func (r *Reader) Retry() time.Duration { return r.retry }

// Next gives the next event. An event that the stream's end cut off is not given: its error is io.EOF.
func (r *Reader) Next() (Event, error) {
	e := Event{}
	var data strings.Builder
	some := false
	for size := 0; ; {
		line, err := r.line()
		if err != nil {
			return Event{}, err
		}
		if size += len(line); size > r.most {
			return Event{}, ErrTooLong
		}
		if len(line) == 0 {
			if !some {
				e.Name, size = "", 0
				continue
			}
			e.ID, e.Data = r.id, strings.TrimSuffix(data.String(), "\n")
			if e.Name == "" {
				e.Name = "message"
			}
			return e, nil
		}
		name, text, _ := strings.Cut(string(line), ":")
		text = strings.TrimPrefix(text, " ")
		switch name {
		case "event":
			e.Name = text
		case "data":
			some = true
			data.WriteString(text)
			data.WriteByte('\n')
		case "id":
			if !strings.ContainsRune(text, 0) {
				r.id = text
			}
		case "retry":
			r.patience(text)
		}
	}
}

// patience reads a retry field, which has nothing but digits.
func (r *Reader) patience(text string) {
	const most = time.Hour
	if strings.Trim(text, "0123456789") != "" {
		return
	}
	if ms, err := strconv.ParseInt(text, 10, 32); err == nil {
		r.retry = min(time.Duration(ms)*time.Millisecond, most)
	}
}

// line reads a line without its end, which is CR, LF, or both.
func (r *Reader) line() ([]byte, error) {
	var line []byte
	for {
		b, err := r.in.ReadByte()
		if err != nil {
			return nil, err
		}
		after := r.cr
		r.cr = b == '\r'
		switch {
		case b == '\n' && after:
			continue
		case b == '\n', b == '\r':
			if !r.begun {
				r.begun = true
				line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
			}
			return line, nil
		case len(line) >= r.most:
			return nil, ErrTooLong
		}
		line = append(line, b)
	}
}
