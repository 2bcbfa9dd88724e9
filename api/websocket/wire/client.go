package wire

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Client is a connection as operators may see it: what the client said of itself, without the secrets that are known as such, and what
// the server says of it.
type Client map[string]any

// ServerData is what an operator's back end sends to a page, as the object of OnDataEvent.
type ServerData struct {
	OperationID string `json:"operationId"`
	Payload     any    `json:"payload"`
}

// Client makes a Client of what was said, and more or other members.
func (c Connection) Client(set map[string]any) Client {
	out := make(Client, len(c.fields)+len(set))
	for name, raw := range c.fields {
		var v any
		if json.Unmarshal(raw, &v) == nil {
			out[name] = masked(name, v)
		}
	}
	maps.Copy(out, set)
	return out
}

// masked is a value without the secrets in it, by their names.
func masked(name string, v any) any {
	if secret(name) {
		return ""
	}
	switch v := v.(type) {
	case string:
		if strings.EqualFold(name, AddressMember) {
			return Address(v)
		}
	case map[string]any:
		for name, one := range v {
			v[name] = masked(name, one)
		}
	case []any:
		for i, one := range v {
			v[i] = masked(name, one)
		}
	}
	return v
}

// Secrets are the names of members that are not to be shown to anybody, in small letters: those with one of parts in them, and whole.
// Names of other members, such as appKey, have words of whole in them.
func Secrets() (parts, whole []string) {
	return []string{"password", "passwd", "token", "secret", "credential", "authorization", "streamkey"}, []string{"key", "jwt", "pass"}
}

func secret(name string) bool {
	name = strings.ToLower(name)
	parts, whole := Secrets()
	return slices.Contains(whole, name) || slices.ContainsFunc(parts, func(word string) bool { return strings.Contains(name, word) })
}

// AddressMember is the name of the member that has an address in it.
const AddressMember = "rtmpUrl"

// Address is an address without what may be secret in it: its last part, which is the stream key at many services, with all that
// follows, and a name and a password.
func Address(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndex(host, "@")+1:]
	path = path[:strings.LastIndex(path, "/")+1]
	return scheme + "://" + host + "/" + path + "***"
}
