package wire

// PhoneMessage is a text from or to somebody at a telephone line (SIP MESSAGE), and what became of it: messages sendMessage of the client
// and notifyMessage to it.
type PhoneMessage struct {
	ID          Text   `json:"id,omitempty"` // chosen by the client, if it sends
	From        Text   `json:"from"`
	To          Text   `json:"to,omitempty"`
	ContentType Text   `json:"contentType"` // "" is text/plain
	Body        Text   `json:"body"`
	Status      string `json:"status,omitempty"`    // one of the states below
	SIPStatus   int    `json:"sipStatus,omitempty"` // the answer, if that refuses
	Info        string `json:"info,omitempty"`
}

// States of PhoneMessage.
const (
	MessageReceived = "RECEIVED" // it came in
	MessageAccepted = "ACCEPTED" // the far end, or its server, has it
	MessageFailed   = "FAILED"
)

// PhoneSubscription is what a client wants to be told of: message subscribe.
type PhoneSubscription struct {
	Event     Text   `json:"event"`     // dialog, presence or message-summary
	To        Text   `json:"to"`        // of whom; "" is the client's own line
	Expires   Number `json:"expires"`   // seconds that it is to last before it is refreshed; 0 is an hour
	Terminate Flag   `json:"terminate"` // it is to end
}

// PhoneNotice tells a client of a subscription: message notifySubscription.
type PhoneNotice struct {
	Event       string `json:"event"`
	To          string `json:"to"`
	Status      string `json:"status"` // PENDING, ACTIVE, TERMINATED or FAILED
	Expires     int    `json:"expires,omitempty"`
	SIPStatus   int    `json:"sipStatus,omitempty"`
	Info        string `json:"info,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	Body        string `json:"body,omitempty"` // as the far end wrote it
}
