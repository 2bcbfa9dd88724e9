package client

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// settings are those of an element with an address, and others over the defaults.
func settings(url string, more map[string]any) element.Conf {
	c := element.Conf{"url": url, "latency": defaultLatency, "timeout": 5 * time.Second, "key_length": defaultKey}
	for key, v := range more {
		c[key] = v
	}
	return c
}

func TestAddresses(t *testing.T) {
	env := element.Env{Log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct {
		url              string
		more             map[string]any
		address, id, key string
		length           int
		latency          time.Duration
	}{
		{"srt://example.org:9999", nil, "example.org:9999", "", "", 16, defaultLatency},
		{"srt://[2001:db8::1]", nil, "[2001:db8::1]:8890", "", "", 16, defaultLatency},
		{"srt://h:1?streamid=read:cam&latency=500", nil, "h:1", "read:cam", "", 16, 500 * time.Millisecond},
		{"srt://h:1?mode=caller&passphrase=0123456789&pbkeylen=32&streamid=#!::r=cam,m=publish", nil, "h:1", "#!::r=cam,m=publish", "0123456789", 32, defaultLatency},
		{"srt://h:1?streamid=%23!::r=a%252Cb", nil, "h:1", "#!::r=a%2Cb", "", 16, defaultLatency},
		{"srt://h:1?streamid=a&latency=500&passphrase=0123456789&pbkeylen=24", map[string]any{
			"streamid": "b", "latency": time.Second, "passphrase": "9876543210", "key_length": "32",
		}, "h:1", "b", "9876543210", 32, time.Second},
	} {
		got, err := parse(env, settings(c.url, c.more))
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if o := got.opt; got.address != c.address || o.StreamID != c.id || o.Passphrase != c.key || o.KeyLength != c.length || o.Latency != c.latency {
			t.Errorf("%s: %s %+v", c.url, got.address, o)
		}
	}
	for _, url := range []string{
		"srt://", "rtmp://h/x", "srt://h:1?mode=listener", "srt://h:1?mode=rendezvous", "srt://h:1?passphrase=short", "srt://h:1?pbkeylen=8",
		"srt://h:1?latency=-1", "srt://h:1?latency=9s", "srt://h:1?transtype=file", "srt://h:1?x=%zz", "srt://h:1?streamid=" + strings.Repeat("x", 513),
	} {
		if _, err := parse(env, settings(url, nil)); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%s: %v", url, err)
		}
	}
}
