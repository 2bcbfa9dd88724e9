package wire

import (
	"encoding/json"
	"strings"
)

// MaxNumber is how long the number or address may be that is called, in bytes.
const MaxNumber = 256

// Call is what messages of a client about a call say. Which members count depends on the message.
type Call struct {
	CallID        Text            `json:"callId"` // chosen by the client, if it calls
	Caller        Text            `json:"caller"`
	Callee        Text            `json:"callee"` // a number, a user or a SIP address
	HasVideo      Flag            `json:"hasVideo"`
	HasAudio      Flag            `json:"hasAudio"`
	MediaProvider Text            `json:"mediaProvider"`
	SDP           Text            `json:"sdp"`    // the offer of call, the answer of answer
	SIPSDP        Words           `json:"sipSDP"` // lines for the description that the phone gets
	VisibleName   Text            `json:"visibleName"`
	Custom        json.RawMessage `json:"custom,omitempty"`
	SIPHeaders    json.RawMessage `json:"sipHeaders,omitempty"`

	HoldForTransfer Flag `json:"holdForTransfer"` // of hold
	Target          Text `json:"target"`          // of transfer: a number or address, or another call of the client
	DTMF            Text `json:"dtmf"`            // of sendDtmf: the keys
	Type            Text `json:"type"`            // of sendDtmf: RFC2833, INFO or INFO_RELAY
}

// Headers are the SIP headers that a page adds to its call: all of sipHeaders, and of custom those that SIP leaves to its users (X-…).
func (c Call) Headers() map[string]string {
	out := map[string]string{}
	add := func(raw json.RawMessage, all bool) {
		var members map[string]json.RawMessage
		if absent(raw) || json.Unmarshal(raw, &members) != nil {
			return
		}
		for name, member := range members {
			var value Text
			if (all || strings.HasPrefix(strings.ToLower(name), "x-")) && json.Unmarshal(member, &value) == nil {
				out[name] = string(value)
			}
		}
	}
	add(c.Custom, false)
	add(c.SIPHeaders, true)
	return out
}

// Lines are the lines of SIPSDP.
func (c Call) Lines() []string {
	var out []string
	for _, text := range c.SIPSDP {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}

// States of calls, as clients know them. Finish and Failed are the last of their call.
const (
	CallTrying      = "TRYING"
	CallRing        = "RING"
	CallRingMedia   = "RING_MEDIA"
	CallEstablished = "ESTABLISHED"
	CallHold        = "HOLD"
	CallFinish      = "FINISH"
	CallFailed      = "FAILED"
)

// CallStatus is the object of messages about calls to the client. The status decides, whatever the message is.
type CallStatus struct {
	NodeID        string          `json:"nodeId,omitempty"`
	AppKey        string          `json:"appKey,omitempty"`
	SessionID     string          `json:"sessionId,omitempty"`
	CallID        string          `json:"callId"`
	ParentCallID  string          `json:"parentCallId,omitempty"` // that it came of, by a transfer
	Incoming      bool            `json:"incoming"`
	Status        string          `json:"status"`
	SIPStatus     int             `json:"sipStatus,omitempty"` // the code of SIP's last answer
	Info          string          `json:"info,omitempty"`
	Caller        string          `json:"caller"`
	Callee        string          `json:"callee"`
	VisibleName   string          `json:"visibleName"`
	HasAudio      bool            `json:"hasAudio"`
	HasVideo      bool            `json:"hasVideo"`
	MediaProvider string          `json:"mediaProvider"`
	Custom        json.RawMessage `json:"custom,omitempty"`
	SIPMessageRaw string          `json:"sipMessageRaw,omitempty"` // the INVITE of a call that came in
	Target        string          `json:"target,omitempty"`        // of transfers
}

// Registered is the object of the message "registered", and of the event of that to applications.
type Registered struct {
	SIPLogin  string `json:"sipLogin"`
	SIPDomain string `json:"sipDomain"`
	Status    string `json:"status"`
	SIPStatus int    `json:"sipStatus,omitempty"`
	Info      string `json:"info,omitempty"`
}
