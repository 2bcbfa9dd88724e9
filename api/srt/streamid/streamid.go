// Package streamid reads the stream ids of SRT, by which a caller says what he wants: the standard form of the access control
// document, "#!::m=publish,r=cam,u=ann,s=secret", the short one "publish:cam:ann:secret", and a bare name, which is played. It
// decides nothing, and knows no socket.
package streamid

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"sluice/engine/fault"
)

// Max is how long a stream id may be, in bytes; the protocol carries no longer one.
const Max = 512

// What a stream id asks for that is not here. They are causes of a fault.InvalidRequest.
var (
	ErrMode = errors.New("only publishing and playing")
	ErrType = errors.New("only streams")
)

// ID is what a stream id says.
type ID struct {
	Publish        bool // else: play
	Name           string
	User, Password string
	Token, Key     string
	// Query is all that is said beside that, by key: "h" and "s" of the standard form mean what their sender means by them.
	Query map[string]string
}

// standard is what the standard form begins with, nested what its form with braces does.
const (
	standard = "#!::"
	nested   = "#!:{"
)

// Parse reads a stream id. What cannot be understood is fault.InvalidRequest.
func Parse(text string) (ID, error) {
	if len(text) > Max {
		return ID{}, bad("a stream id of %d bytes", len(text))
	}
	// Some programs pass on addresses as people have to write them there.
	if plain := unescape(text); strings.HasPrefix(plain, standard) && !strings.HasPrefix(text, standard) {
		text = plain
	}
	id := ID{Query: map[string]string{}}
	var err error
	switch {
	case strings.HasPrefix(text, standard):
		err = id.standard(text[len(standard):])
	case strings.HasPrefix(text, nested):
		err = bad("the form of stream ids with braces is not understood").Advise(`write "#!::m=publish,r=NAME"`)
	default:
		err = id.short(text)
	}
	if err != nil {
		return ID{}, err
	}
	return id, id.check()
}

// Encode writes the key and the query as those of an address are.
func (id *ID) Encode() string {
	values := url.Values{}
	for key, value := range id.Query {
		values.Set(key, value)
	}
	if id.Key != "" {
		values.Set("key", id.Key)
	}
	return values.Encode()
}

// check says what is wrong with the whole.
func (id *ID) check() error {
	id.Name = strings.TrimPrefix(id.Name, "/")
	if id.Name == "" {
		return bad("the stream id names no stream").Advise(`write "publish:NAME" or "read:NAME"`)
	}
	for _, s := range []string{id.Name, id.User, id.Password, id.Token, id.Key} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return bad("the stream id is no text")
		}
	}
	return nil
}

// standard reads keys and values between commas. Values may have percent signs, as those of addresses: a comma is "%2C".
func (id *ID) standard(text string) error {
	seen, part := map[string]bool{}, 0
	for pair := range strings.SplitSeq(text, ",") {
		part++
		if pair == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" || seen[key] {
			return bad("part %d of the stream id is no key with its only value", part) // nor said, as it may be of a password
		}
		seen[key] = true
		if err := id.set(key, unescape(value)); err != nil {
			return err
		}
	}
	if id.Password == "" { // what the document calls the session is where people put it
		id.Password = id.Query["s"]
	}
	delete(id.Query, "s")
	return nil
}

// set takes one key of the standard form.
func (id *ID) set(key, value string) error {
	switch key {
	case "r":
		id.Name = value
	case "u", "user":
		id.User = value
	case "pass", "password":
		id.Password = value
	case "token", "jwt":
		id.Token = value
	case "key":
		id.Key = value
	case "m":
		switch value {
		case "publish":
			id.Publish = true
		case "request", "":
		default: // bidirectional
			return bad("the mode %.40q", value).Because(ErrMode)
		}
	case "t":
		if value != "stream" && value != "" {
			return bad("the type %.40q", value).Because(ErrType)
		}
	default:
		id.Query[key] = value
	}
	return nil
}

// short reads "publish:NAME", "publish:NAME:QUERY", "publish:NAME:USER:PASSWORD" and "publish:NAME:USER:PASSWORD:QUERY", the same
// with "read", "play" and "request", and a name with a query behind a question mark.
func (id *ID) short(text string) error {
	word, rest, found := strings.Cut(text, ":")
	switch {
	case found && word == "publish":
		id.Publish = true
	case found && (word == "read" || word == "play" || word == "request"):
	default:
		name, query, _ := strings.Cut(text, "?")
		id.Name = name
		return id.query(query)
	}
	parts := strings.Split(rest, ":")
	id.Name = parts[0]
	switch len(parts) {
	case 1:
		name, query, _ := strings.Cut(parts[0], "?")
		id.Name = name
		return id.query(query)
	case 2:
		return id.query(parts[1])
	case 3, 4:
		id.User, id.Password = parts[1], parts[2]
		if len(parts) == 4 {
			return id.query(parts[3])
		}
		return nil
	}
	return bad("the stream id has more than five parts").
		Advise(`what has colons goes into the standard form: "#!::m=publish,r=NAME,u=USER,s=PASSWORD"`)
}

// query takes "token=abc&key=value".
func (id *ID) query(text string) error {
	values, err := url.ParseQuery(text)
	if err != nil {
		return bad("the query of the stream id cannot be read").Because(err)
	}
	for key, all := range values {
		switch key {
		case "token", "jwt":
			id.Token = all[0]
		case "key":
			id.Key = all[0]
		case "user":
			id.User = all[0]
		case "pass", "password":
			id.Password = all[0]
		default:
			id.Query[key] = all[0]
		}
	}
	return nil
}

// unescape takes percent signs for what they stand for; text that has others stays as it is.
func unescape(text string) string {
	if out, err := url.PathUnescape(text); err == nil {
		return out
	}
	return text
}

func bad(format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidRequest, "", format, args...)
}
