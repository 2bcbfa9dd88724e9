package value

import (
	"fmt"
	"io"
	"log/slog"
)

// stars is what is shown instead of a secret.
const stars = "***"

// Reveal gives the secret's text. Nothing else does; a call to it is a place to look at in a review.
//
// fmt cannot call methods of what sits in an unexported field of a struct, so print no struct that holds a Hidden there.
func (h Hidden) Reveal() string { return string(h) }

// String gives stars.
func (h Hidden) String() string { return stars }

// Format writes stars for every verb, %#v and %x among them.
func (h Hidden) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, stars) // fmt.State keeps no error
}

// MarshalText gives stars, which is also what JSON and YAML then hold.
func (h Hidden) MarshalText() ([]byte, error) { return []byte(stars), nil }

// LogValue gives stars to log/slog.
func (h Hidden) LogValue() slog.Value { return slog.StringValue(stars) }
