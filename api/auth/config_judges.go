package auth

import "time"

// JWTConfig is whose signed tokens (RFC 7519) are good, and what they must say. Either JWKS or Secret is set.
type JWTConfig struct {
	// JWKS (key "jwks") is where the keys are (RFC 7517): an address with https, with http on the machine itself, or a file's name.
	JWKS string
	// Secret (key "secret") is what signs tokens where both sides know it (HS256), at least 32 bytes.
	Secret string
	// Algorithms (key "algorithms") are those that are good. Empty: all with a public key if JWKS is set, else HS256.
	Algorithms []string
	// Issuer (key "issuer") is what the claim "iss" must be; "": anything. A token of another is none of this judge's.
	Issuer string
	// Audience (key "audience") has what the claim "aud" must have one of; empty: anything.
	Audience []string
	// Claim (key "claim") has what the bearer may do. "": "sluice".
	Claim string
	// Endless (key "endless") takes tokens without the claim "exp", too.
	Endless bool
	// Leeway (key "leeway") is how much clocks may differ.
	Leeway time.Duration
	// Refresh (key "refresh") is how often the keys are read again; 0: every hour. Timeout (key "timeout") is how long that may take;
	// 0: 10 s.
	Refresh, Timeout time.Duration
}

// HTTPConfig is the back end that is asked.
type HTTPConfig struct {
	// URL (key "url") is its address, with http or https.
	URL string
	// Actions (key "actions") are what it is asked about; empty: publish, play and enter.
	Actions []string
	// Timeout (key "timeout") is how long an answer may take; 0: 5 s.
	Timeout time.Duration
	// Most (key "most") are questions at the same time; 0: 64.
	Most int
	// Cache (key "cache") is how long it is remembered that somebody may; 0: not at all.
	Cache time.Duration
}
