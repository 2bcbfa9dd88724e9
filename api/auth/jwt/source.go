package jwt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// maxSet is how long a key set may be, in bytes.
const maxSet = 1 << 20

// source is where a key set is.
type source struct {
	from    string
	client  *http.Client // nil: a file
	timeout time.Duration
}

func newSource(from string, timeout time.Duration) source {
	s := source{from: from, timeout: timeout}
	if strings.Contains(from, "://") {
		s.client = &http.Client{
			Timeout:       timeout,
			Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxConnsPerHost: 1, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return s
}

func (s source) close() {
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
}

// name is what the log calls it: an address may have a secret behind its question mark.
func (s source) name() string {
	name, _, _ := strings.Cut(s.from, "?")
	return name
}

func (s source) read(ctx context.Context) ([]byte, error) {
	if s.client == nil {
		f, err := os.Open(s.from)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return all(f)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.from, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/jwk-set+json, application/json")
	answer, err := s.client.Do(r)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address, which may have a secret in it
	}
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", answer.Status)
	}
	return all(answer.Body)
}

// all reads everything, if it is not too much.
func all(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSet+1))
	if err == nil && len(text) > maxSet {
		err = fmt.Errorf("it is longer than %d bytes", maxSet)
	}
	return text, err
}
