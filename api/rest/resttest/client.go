// Package resttest holds a server of the REST API to its own description: it calls every operation and compares what comes back with
// the OpenAPI document. What a request needs that no document can know is given by who tests. It knows no graph and starts no server.
package resttest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Client calls one server. The zero value of HTTP is http.DefaultClient.
type Client struct {
	Base string // "http://127.0.0.1:8081"
	HTTP *http.Client
}

// Answer is what came back.
type Answer struct {
	*http.Response
	Text string
}

// Call makes a request: "POST /v1/pipelines", with a body that is text, bytes or anything that can be JSON. Headers are "Name: value".
// Of events, which have no end, only the head is read. A request without an answer ends the test.
func (c Client) Call(t testing.TB, what string, body any, headers ...string) Answer {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(written(t, body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, v, _ := strings.Cut(h, ": ")
		req.Header.Set(name, v)
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return Answer{resp, ""}
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{resp, string(text)}
}

// written is a body.
func written(t testing.TB, body any) []byte {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	case []byte:
		return b
	}
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
