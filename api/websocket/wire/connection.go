package wire

import (
	"encoding/json"
	"maps"
	"strings"

	"sluice/engine/fault"
)

// MaxConnection is how large the message "connection" may be, in bytes: it is sent back, and kept with its session.
const MaxConnection = 64 << 10

// Connection is what a client says of itself, first of all.
type Connection struct {
	AppKey              Text            `json:"appKey"`
	MediaProviders      Words           `json:"mediaProviders"` // best first
	KeepAlive           Flag            `json:"keepAlive"`
	AuthToken           Text            `json:"authToken"` // of an earlier session, to go on with it
	ClientVersion       Text            `json:"clientVersion"`
	Custom              json.RawMessage `json:"custom"`
	SIPRegisterRequired *Flag           `json:"sipRegisterRequired"` // nil: yes

	SIPLogin              Text   `json:"sipLogin"`
	SIPAuthenticationName Text   `json:"sipAuthenticationName"`
	SIPPassword           Text   `json:"sipPassword"`
	SIPDomain             Text   `json:"sipDomain"`
	SIPOutboundProxy      Text   `json:"sipOutboundProxy"`
	SIPProxy              Text   `json:"sipProxy"`
	SIPPort               Number `json:"sipPort"`

	fields map[string]json.RawMessage // all members, also those that nobody knows
}

// ParseConnection reads the argument of the message "connection". What cannot be read, or is larger than MaxConnection, is
// fault.InvalidRequest.
func ParseConnection(m Message) (Connection, error) {
	var c Connection
	if len(m.Args) > 0 && len(m.Args[0]) > MaxConnection {
		return c, fault.New(fault.InvalidRequest, "", "a connection object of %d bytes is too large", len(m.Args[0])).
			Advise("at most %d", MaxConnection)
	}
	if err := m.Into(&c); err != nil {
		return c, err
	}
	if err := m.Into(&c.fields); err != nil {
		return c, err
	}
	if c.AppKey == "" {
		c.AppKey = "defaultApp"
	}
	return c, nil
}

// Object is all that the client said of itself.
func (c Connection) Object() map[string]json.RawMessage { return maps.Clone(c.fields) }

// Changed is what a client would have said of itself with other members: what it says by them is what counts from then on. What cannot be
// read is fault.InvalidRequest.
func (c Connection) Changed(members map[string]json.RawMessage) (Connection, error) {
	text, err := json.Marshal(members)
	if err != nil {
		return c, fault.New(fault.InvalidRequest, "", "the connection object cannot be written").Because(err)
	}
	now, err := ParseConnection(Message{Name: "connection", Args: []json.RawMessage{text}})
	if err != nil {
		return c, err
	}
	now.AppKey = c.AppKey // it is of this application that the client is
	return now, nil
}

// Echo is what the client gets back: what it sent, with more or other members, and without passwords.
func (c Connection) Echo(set map[string]any) map[string]any {
	out := make(map[string]any, len(c.fields)+len(set))
	for name, raw := range c.fields {
		if strings.Contains(strings.ToLower(name), "password") {
			out[name] = ""
			continue
		}
		out[name] = raw
	}
	maps.Copy(out, set)
	return out
}

// Registers tells whether the client wants to be registered with a SIP server, and does nothing before it is.
func (c Connection) Registers() bool {
	return c.SIPLogin != "" && (c.SIPRegisterRequired == nil || bool(*c.SIPRegisterRequired))
}

// Login is who a page says it is, in custom: the room API does (custom: {login}). Nothing proves it.
func (c Connection) Login() string {
	var who struct {
		Login Text `json:"login"`
	}
	if absent(c.Custom) || json.Unmarshal(c.Custom, &who) != nil {
		return ""
	}
	return string(who.Login)
}

// Dated tells whether the client is an SDK up to 2.0.218, which hears of picture sizes, snapshots and bandwidth by statuses;
// later ones do by stream events. From 2.0.233 on SDKs say that they are "2.0", whatever they are.
func (c Connection) Dated() bool {
	build, ok := strings.CutPrefix(string(c.ClientVersion), "2.0.")
	if !ok || build == "" || len(build) > 3 || strings.Trim(build, "0123456789") != "" {
		return false
	}
	return len(build) < 3 || build <= "218"
}
