package hls

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"sluice/cmd/sluice/bench/benchtest"
)

// client is the least that a client of HTTP/1.1 can be: one connection that is kept, one request at a time, and bodies that are passed
// over, so that some hundreds of them leave the processors to the server.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
}

func dial(address string, buffer int) (*client, error) {
	conn, err := net.DialTimeout("tcp", address, benchtest.Patience)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, buffer)}, nil
}

func (c *client) Close() error { return c.conn.Close() }

// answer is what matters of one.
type answer struct {
	status int
	length int
	packed bool
	kind   string
	etag   string
}

// get sends a request, as a browser does in what matters to the server, and gives the head of the answer. The body is to be read next.
func (c *client) get(path, etag string) (answer, error) {
	c.out = append(c.out[:0], "GET "...)
	c.out = append(c.out, path...)
	c.out = append(c.out, " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"...)
	if etag != "" {
		c.out = append(append(append(c.out, "If-None-Match: "...), etag...), "\r\n"...)
	}
	c.out = append(c.out, "\r\n"...)
	if _, err := c.conn.Write(c.out); err != nil {
		return answer{}, err
	}
	a := answer{}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return a, err
	}
	if len(line) < 12 {
		return a, fmt.Errorf("%s is answered %q", path, line)
	}
	a.status, _ = strconv.Atoi(string(line[9:12]))
	for {
		line, err = c.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return a, nil
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) { // as Go writes them
		case "Content-Length":
			a.length, _ = strconv.Atoi(string(value))
		case "Content-Encoding":
			a.packed = true
		case "Content-Type":
			a.kind = string(value)
		case "Etag":
			a.etag = string(value)
		case "Transfer-Encoding":
			return a, fmt.Errorf("%s is answered in chunks", path)
		}
	}
}

// pass fetches something and passes over it.
func (c *client) pass(path string) (int, error) {
	a, err := c.get(path, "")
	if err != nil {
		return 0, err
	}
	if a.status != 200 {
		return 0, fmt.Errorf("%s is answered %d", path, a.status)
	}
	return c.in.Discard(a.length)
}

// fetch fetches something.
func (c *client) fetch(path string) (answer, []byte, error) {
	a, err := c.get(path, "")
	if err != nil {
		return a, nil, err
	}
	body := make([]byte, a.length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return a, nil, err
	}
	if a.status != 200 {
		return a, nil, fmt.Errorf("%s is answered %d: %s", path, a.status, body)
	}
	return a, body, nil
}

// open asks for the multivariant playlist of a stream as players do first, and gives the address of the only media playlist.
func (c *client) open(stream string) (string, error) {
	a, body, err := c.fetch("/" + stream + "/index.m3u8")
	if err != nil {
		return "", err
	}
	text, err := plain(a, body)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return "/" + stream + "/" + line, nil
		}
	}
	return "", fmt.Errorf("there is nothing to play in\n%s", text)
}

// plain is what was packed.
func plain(a answer, body []byte) (string, error) {
	if !a.packed {
		return string(body), nil
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}
