// Package apps holds the applications of the server: by the appKey that a page connects with, what the application is called, where its
// back end is and how the server shows itself there. They come from the configuration, from a file that the server keeps, and from the
// database.yml of a WCS.
//
// It calls no back end and knows no protocol: package hooks does.
package apps

import (
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/engine/fault"
)

// Default is the application of pages that name none.
const Default = "defaultApp"

// App is an application. It is a value: whoever has one has it as it was then.
type App struct {
	Key  string `json:"key"`            // what pages connect with
	Name string `json:"name,omitempty"` // for people; "": the key
	// URL is the address below which the back end has its methods, without a last "/"; "": there is none, and whatever is asked of
	// the application is answered with what was asked.
	URL string `json:"url,omitempty"`
	// Username and Password are shown to the back end (Basic, RFC 7617); "" and "": nothing is.
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	Secret   string `json:"secret,omitempty"` // that calls are signed with; "": they are not
	// Methods are those that the back end has; nil: all.
	Methods []string `json:"methods,omitempty"`
	// Fail are those of the methods whose failure refuses what was asked as long as the answer to "connect" says nothing of them.
	Fail []string `json:"fail,omitempty"`
	// Callers: callers of an API put it there, so that its back end may only be where they may have the server connect to.
	Callers bool `json:"callers,omitempty"`
}

// Limits of what an application may be.
const (
	maxKey    = 128 // bytes of a key, a name and a user's name
	maxURL    = 2048
	maxSecret = 1024
	most      = 10_000 // applications of one source
)

// Called is what the application is called.
func (a App) Called() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Key
}

// Has tells whether the back end has a method.
func (a App) Has(method string) bool {
	return a.URL != "" && (a.Methods == nil || slices.Contains(a.Methods, method))
}

// LogValue implements slog.LogValuer: without what is secret.
func (a App) LogValue() slog.Value {
	return slog.GroupValue(slog.String("key", a.Key), slog.String("name", a.Name), slog.String("url", a.URL))
}

// String is the same for other ways to write it.
func (a App) String() string { return "app " + a.Key + " " + a.URL }

// GoString implements fmt.GoStringer: likewise.
func (a App) GoString() string { return a.String() }

// Check says what is wrong with an application, as fault.InvalidParams.
func (a App) Check() error {
	bad := func(format string, args ...any) *fault.Fault {
		return fault.New(fault.InvalidParams, "apps", format, args...)
	}
	switch {
	case a.Key == "":
		return bad("an application has no key").Advise("it is the appKey that pages connect with")
	case !seen(a.Key, maxKey):
		return bad("%.40q is no key of an application", a.Key).Advise("up to %d bytes that can be seen", maxKey)
	case a.Name != "" && !seen(a.Name, maxKey):
		return bad("%.40q is no name of an application", a.Name).Advise("up to %d bytes that can be seen", maxKey)
	case a.Username != "" && (!seen(a.Username, maxKey) || strings.Contains(a.Username, ":")):
		return bad("the user of the application %q cannot be shown", a.Key).Advise("a user's name has no \":\" (RFC 7617 2)")
	case a.Username == "" && a.Password != "":
		return bad("the application %q has a password and no user", a.Key)
	case len(a.Password) > maxSecret || len(a.Secret) > maxSecret:
		return bad("a secret of the application %q is too long", a.Key).Advise("at most %d bytes", maxSecret)
	}
	return CheckURL(a.URL)
}

// CheckURL says why a back end cannot have an address, as fault.InvalidParams; "" is right.
func CheckURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return fault.New(fault.InvalidParams, "apps", "%.80q is no address of a back end", text).
			Advise("write for example https://backend.example.org/hooks")
	case u.User != nil:
		return fault.New(fault.InvalidParams, "apps", "the address of a back end holds a user").Advise("write username and password")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return fault.New(fault.InvalidParams, "apps", "the address of a back end ends before \"?\" and \"#\"").
			Advise("methods are appended to it")
	}
	return nil
}

// seen tells whether a text can be seen and is not too long.
func seen(text string, most int) bool {
	return len(text) <= most && utf8.ValidString(text) && strings.TrimSpace(text) == text &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}
