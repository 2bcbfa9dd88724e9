package serve

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

// login is who asks, in an address that stands anywhere in a text: up to the last "@" before its path.
var login = regexp.MustCompile(`(://)[^/?#\s"]*@`)

// mask leaves logins out of what is logged. An address may be the name of a stream, so that it comes by in many a place.
func mask(_ []string, a slog.Attr) slog.Attr {
	var text string
	switch v := a.Value; v.Kind() { //nolint:exhaustive // others hold no text
	case slog.KindString:
		text = v.String()
	case slog.KindAny:
		switch v.Any().(type) {
		case error, fmt.Stringer, []string:
			text = fmt.Sprint(v.Any()) // which survives those that are nil
		}
	}
	if strings.Contains(text, "://") && strings.Contains(text, "@") {
		return slog.String(a.Key, login.ReplaceAllString(text, "${1}(hidden)@"))
	}
	return a
}
