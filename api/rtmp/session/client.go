package session

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"sluice/api/amf"
	"sluice/api/rtmp/flv"
	"sluice/engine/media"
)

// Client is what a client said of itself when it connected.
type Client struct {
	App    string     // without what is behind a "?"
	TcURL  string     // without a Login: there may be a password in it
	Query  url.Values // of both
	User   string     // of the address; there is commonly none
	Pass   string
	Login  *Login     // what it says to log in as Adobe's servers ask for it; nil: nothing
	Page   string     // the authToken of a page with the Web SDK, whose Flash client this is; "" of others
	Object amf.Object // of the command
	Remote netip.AddrPort
	TLS    bool
}

// newClient reads the object of a connect command, and those that a Flash client adds to it as arguments of its own.
func newClient(o amf.Object, more []any, remote netip.AddrPort, tls bool) *Client {
	c := &Client{Query: url.Values{}, Object: o, Remote: remote, TLS: tls}
	app, login := cutLogin(o.Text("app"))
	c.TcURL, _ = cutLogin(o.Text("tcUrl"))
	c.Login = login
	app, query, _ := strings.Cut(app, "?")
	c.App = strings.Trim(app, "/")
	if u, err := url.Parse(c.TcURL); err == nil {
		merge(c.Query, u.RawQuery)
		c.User = u.User.Username()
		c.Pass, _ = u.User.Password()
		if c.App == "" {
			c.App = strings.Trim(u.Path, "/")
		}
	}
	merge(c.Query, query)
	c.custom(o)
	for _, one := range more {
		members := amf.Members(one)
		c.custom(members)
		if c.Page == "" {
			c.Page = members.Text("token")
		}
	}
	return c
}

// custom adds what a client says of its own in the command's object (appKey, say) to the parameters of its address.
func (c *Client) custom(o amf.Object) {
	for _, p := range o {
		var text string
		switch v := p.Value.(type) {
		case string:
			text = v
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			text = strconv.FormatBool(v)
		default:
			continue
		}
		if _, there := c.Query[p.Key]; !there && !known(p.Key) && len(c.Query) < maxParams {
			c.Query[p.Key] = []string{text}
		}
	}
}

// known tells whether a member of the command's object is one that everybody sends (RTMP 1.0, 7.2.1.1).
func known(key string) bool {
	switch key {
	case "app", "flashVer", "flashver", "swfUrl", "tcUrl", "fpad", "capabilities", "audioCodecs", "videoCodecs", "videoFunction", "pageUrl",
		"objectEncoding", "type", "capsEx", "fourCcList":
		return true
	}
	return false
}

// maxParams is how many values of an address are kept.
const maxParams = 64

// merge adds the parameters of a query that are not there yet. What cannot be read is left out.
func merge(to url.Values, query string) {
	values, _ := url.ParseQuery(query)
	for name, list := range values {
		if _, there := to[name]; !there && len(to) < maxParams {
			to[name] = list[:1]
		}
	}
}

// Request is what a client wants to publish or play.
type Request struct {
	*Client
	Publish bool
	Name    string     // of the stream, without what is behind a "?" or "&"
	Params  url.Values // of the name, and of the connection
}

// newRequest reads the name of a stream as clients write it: "cam", "cam?key=secret", "cam&key=secret", "mp4:cam". A client
// that gives none means the last part of what it connected to: rtmp://host/cam.
func newRequest(c *Client, name string, publish bool) *Request {
	r := &Request{Client: c, Publish: publish, Params: url.Values{}}
	name, query, found := strings.Cut(name, "?")
	own := "" // of an address
	switch {
	case isAddress(name):
		query, own = split(query)
	case !found:
		name, query, _ = strings.Cut(name, "&")
	}
	merge(r.Params, query)
	for key, list := range c.Query {
		if _, there := r.Params[key]; !there {
			r.Params[key] = list
		}
	}
	for _, prefix := range []string{"mp4:", "flv:", "mp3:", "rtmp:"} {
		if rest, found := strings.CutPrefix(name, prefix); found && !strings.HasPrefix(rest, "//") { // an address is a name, too
			name = rest
		}
	}
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	r.Name = strings.Trim(name+own, "/")
	if r.Name == "" {
		r.Name = c.App[strings.LastIndexByte(c.App, '/')+1:]
	}
	return r
}

// isAddress tells whether a name as clients write it is an address, such as rtsp://camera/main.
func isAddress(name string) bool {
	plain, err := url.PathUnescape(name)
	return strings.Contains(name, "://") || err == nil && strings.Contains(plain, "://")
}

// split parts the query behind an address that is a name into what says who the client is, which is for us, and what stays with the
// address.
func split(query string) (ours, own string) {
	var us, them []string
	for one := range strings.SplitSeq(query, "&") {
		switch key, _, _ := strings.Cut(one, "="); key {
		case "":
		case "token", "jwt", "user", "pass", "password":
			us = append(us, one)
		default:
			them = append(them, one)
		}
	}
	if len(them) > 0 {
		own = "?" + strings.Join(them, "&")
	}
	return strings.Join(us, "&"), own
}

// Takes says which codecs a player takes, best first: what it has told, or what every player takes.
func (c *Client) Takes() media.Want {
	w := media.Want{
		Audio: c.flags("audioCodecs", []flag{
			{0x0400, media.AAC}, {0x0004, media.MP3}, {0x0800, media.Speex}, {0x0040, media.Nellymoser}, {0x0080, media.PCMA},
			{0x0100, media.PCMU},
		}, media.AAC, media.MP3),
		Video: c.flags("videoCodecs", []flag{
			{0x0080, media.H264}, {0x0004, media.Sorenson}, {0x0010, media.VP6}, {0x0008, media.ScreenFlv},
		}, media.H264),
	}
	for _, name := range c.fourCCs() {
		codec := flv.ParseFourCC(name)
		switch {
		case codec == "" || codec == media.AC3:
		case codec.Kind() == media.Audio:
			w.Audio = with(w.Audio, codec)
		default:
			w.Video = with(w.Video, codec)
		}
	}
	return w
}

// flag is a bit of audioCodecs or videoCodecs (RTMP 1.0, 7.2.1.1).
type flag struct {
	bit   int
	codec media.Codec
}

// flags reads one of those numbers; usual is for clients that say nothing, or 0.
func (c *Client) flags(name string, list []flag, usual ...media.Codec) []media.Codec {
	n := int(c.Object.Number(name))
	if n <= 0 {
		return usual
	}
	var out []media.Codec
	for _, f := range list {
		if n&f.bit != 0 {
			out = append(out, f.codec)
		}
	}
	if len(out) == 0 {
		return usual
	}
	return out
}

// fourCCs are the names of codecs by which a client shows that it speaks Enhanced RTMP.
func (c *Client) fourCCs() []string {
	var out []string
	add := func(v any) {
		switch name, _ := v.(string); name {
		case "":
		case "*":
			out = append(out, "av01", "vp09", "vp08", "hvc1", "Opus")
		default:
			out = append(out, name)
		}
	}
	if list, ok := c.Object.Get("fourCcList").(amf.List); ok {
		for _, v := range list {
			add(v)
		}
	}
	const canDecode = 1
	for _, key := range []string{"videoFourCcInfoMap", "audioFourCcInfoMap"} {
		for _, p := range amf.Members(c.Object.Get(key)) {
			if n, _ := p.Value.(float64); int(n)&canDecode != 0 {
				add(p.Key)
			}
		}
	}
	return out
}

// Enhanced tells whether the client speaks Enhanced RTMP.
func (c *Client) Enhanced() bool { return len(c.fourCCs()) > 0 }

// with adds a codec that is not there yet.
func with(list []media.Codec, c media.Codec) []media.Codec {
	for _, there := range list {
		if there == c {
			return list
		}
	}
	return append(list, c)
}
