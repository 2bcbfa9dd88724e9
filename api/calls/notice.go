package calls

import (
	"context"
	"time"
)

// Event is what somebody may be told of.
type Event string

// Events: whether somebody telephones (RFC 4235), whether he is there (RFC 3856), and whether messages wait for him (RFC 3842).
const (
	Dialogs  Event = "dialog"
	Presence Event = "presence"
	Messages Event = "message-summary"
)

// Subscription is one that lasts until it is closed. Safe for concurrent use.
type Subscription interface {
	// Close ends it, and returns when the far end has heard so, or ctx is done.
	Close(ctx context.Context) error
}

// Notice is something that a subscription was told, or what became of it.
type Notice struct {
	State       SubscriptionState
	Code        int    // SIP status of the answer that refused it; 200 for what was told
	Reason      string // its words, or why the far end ended it
	Until       time.Time
	ContentType string // of the body, without parameters
	Body        string // as it came; "" for none
}

// SubscriptionState is how a subscription is.
type SubscriptionState string

// States of subscriptions (RFC 6665 4.1.3). After SubscriptionFailed and SubscriptionTerminated it is tried again where that may help.
const (
	SubscriptionPending    SubscriptionState = "PENDING"
	SubscriptionActive     SubscriptionState = "ACTIVE"
	SubscriptionTerminated SubscriptionState = "TERMINATED"
	SubscriptionFailed     SubscriptionState = "FAILED"
)
