// Package client is the elements that call other SRT servers: srt.pull plays there, srt.push publishes. Both come back when the
// server loses them. It serves nobody.
package client

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sluice/api/srt/link"
	"sluice/api/srt/wire"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// usual is the port of an address that has none.
const usual = "8890"

// answers is how long a call may take.
const answers = 5 * time.Second

// target is where to call, and how.
type target struct {
	address string // host and port
	opt     link.Options
}

// dial calls, with patience.
func (t *target) dial(ctx context.Context) (*link.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, answers)
	defer cancel()
	return link.Dial(ctx, t.address, t.opt)
}

// parse reads the settings of an element. Of what stands in the address and is a setting too, the setting counts.
func parse(env element.Env, conf element.Conf) (target, error) {
	u, err := url.Parse(conf.Text("url"))
	if err != nil || u.Scheme != "srt" || u.Hostname() == "" {
		return target{}, wrong("url", "it is no address of SRT").Advise("write srt://HOST:PORT?streamid=…")
	}
	t := target{address: u.Host, opt: link.Options{
		Latency: conf.Duration("latency"), Silence: conf.Duration("timeout"), Log: env.Log, Reach: env.Reach,
	}}
	if u.Port() == "" {
		t.address = net.JoinHostPort(u.Hostname(), usual)
	}
	if t.opt.KeyLength, err = strconv.Atoi(conf.Text("key_length")); err != nil {
		return target{}, wrong("key_length", "it is no number").Because(err)
	}
	values, err := parameters(u)
	if err != nil {
		return target{}, err
	}
	for key := range values {
		if err := t.set(key, values.Get(key), conf); err != nil {
			return target{}, err
		}
	}
	t.opt.Passphrase, t.opt.StreamID = cmp.Or(conf.Text("passphrase"), t.opt.Passphrase), cmp.Or(conf.Text("streamid"), t.opt.StreamID)
	return t, t.check()
}

// parameters are what is behind the ? of an address. "#!::…" is often written as it is there, and would be no part of it else.
func parameters(u *url.URL) (url.Values, error) {
	query := u.RawQuery
	if u.Fragment != "" {
		query += "%23" + strings.ReplaceAll(u.EscapedFragment(), "+", "%2B")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, wrong("url", "what is behind the ? cannot be read").Because(err)
	}
	return values, nil
}

// check says what cannot be sent.
func (t *target) check() error {
	if n := len(t.opt.Passphrase); n > 0 && (n < link.MinPassphrase || n > link.MaxPassphrase) {
		return wrong("passphrase", "passphrases have %d to %d characters", link.MinPassphrase, link.MaxPassphrase)
	}
	if len(t.opt.StreamID) > wire.MaxStreamID {
		return wrong("streamid", "stream ids have %d bytes at most", wire.MaxStreamID)
	}
	return nil
}

// set takes one parameter of the address, in the words that ffmpeg and libsrt have for them. What concerns only them is passed over.
func (t *target) set(key, text string, conf element.Conf) error {
	switch key {
	case "streamid", "srt_streamid":
		t.opt.StreamID = text
	case "passphrase":
		t.opt.Passphrase = text
	case "pbkeylen":
		return t.length(text, conf.Text("key_length") == defaultKey)
	case "latency":
		return t.delay(text, conf.Duration("latency") == defaultLatency)
	case "mode":
		if text != "caller" {
			return wrong("url", "the mode %q", text).Advise("only callers are known; to listen is the server's own business")
		}
	case "transtype":
		if text != "live" {
			return wrong("url", "only live streams are known")
		}
	}
	return nil
}

// length takes the length of a key, if it counts.
func (t *target) length(text string, counts bool) error {
	n, err := strconv.Atoi(text)
	if err != nil || n != 16 && n != 24 && n != 32 {
		return wrong("url", "pbkeylen is 16, 24 or 32")
	}
	if counts {
		t.opt.KeyLength = n
	}
	return nil
}

// delay takes the latency, if it counts.
func (t *target) delay(text string, counts bool) error {
	most := int(link.MaxLatency.Milliseconds())
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return wrong("url", "latency is 0 to %d, in milliseconds", most)
	}
	if counts {
		t.opt.Latency = time.Duration(n) * time.Millisecond
	}
	return nil
}

func wrong(place, format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, place, format, args...)
}
