package config

import (
	"time"

	"sluice/api/apps"
	"sluice/api/hooks"
	"sluice/engine/fault"
)

// AppsConfig is the section "apps".
type AppsConfig struct {
	List           []apps.App
	File, Database string
	Strict         bool
	Callers        bool
}

// HooksConfig is the section "hooks".
type HooksConfig struct {
	Timeout                time.Duration
	Attempts, Calls, Queue int
	CA                     string
}

// applications are the keys of applications and their back ends.
func applications() []Key {
	const (
		attempts, mostAttempts = 3, 10
		calls, mostCalls       = 32, 1000
		queue, mostQueue       = 10_000, 1_000_000
	)
	return []Key{
		records("apps.list", func(c *Config) *[]apps.App { return &c.Apps.List }, "Applications.",
			text("key", "", func(a *apps.App) *string { return &a.Key }, "The `appKey` that pages connect with; `defaultApp` if they say none."),
			text("name", "", func(a *apps.App) *string { return &a.Name }, "What it is called.").unset("as its key"),
			text("url", "", func(a *apps.App) *string { return &a.URL },
				"Address of its back end: its methods are called at `URL/METHOD`. Redirections are not followed.").
				unset("there is none, and everything is allowed").like("https://backend.example.org/hooks").checked(apps.CheckURL),
			text("username", "", func(a *apps.App) *string { return &a.Username }, "Who the server is there (Basic).").unset("nobody"),
			secret("password", func(a *apps.App) *string { return &a.Password }, "The proof of that."),
			secret("secret", func(a *apps.App) *string { return &a.Secret },
				"Secret that calls are signed with, in `"+hooks.SignatureHeader+"`.").unset("they are not"),
			scarce("methods", func(a *apps.App) *[]string { return &a.Methods }, "Methods that it has.").unset("all"),
			scarce("fail", func(a *apps.App) *[]string { return &a.Fail },
				"Methods whose failure refuses what was asked, where the answer to `connect` says nothing of them: those of other doors, "+
					"such as `playHLS` and `playRTSP`.").unset("none"),
		),
		file("apps.file", func(c *Config) *string { return &c.Apps.File },
			"File of the server's own in which `sluice apps` keeps applications. What changes in it counts at once.").
			unset("there is none").like("/var/lib/sluice/apps.json"),
		file("apps.database", func(c *Config) *string { return &c.Apps.Database },
			"The `database.yml` of a WCS, whose applications are taken over. It is only read, and again when it changes.").
			unset("there is none").like("/usr/local/FlashphonerWebCallServer/conf/database.yml"),
		toggle("apps.strict", func(c *Config) *bool { return &c.Apps.Strict },
			"Lets in no pages of applications that are not known. Otherwise these have no back end."),
		toggle("apps.callers", func(c *Config) *bool { return &c.Apps.Callers },
			"Lets in who shows the username and the password of an application (Basic) to `/rest-api`, where he may do everything: WCS calls "+
				"these its REST users (`restUsername`, `restPassword`). Their back ends are shown the same."),
		span("hooks.timeout", 5*time.Second, 100*time.Millisecond, time.Minute, func(c *Config) *time.Duration { return &c.Hooks.Timeout },
			"How long an answer may take."),
		whole("hooks.attempts", attempts, 1, mostAttempts, func(c *Config) *int { return &c.Hooks.Attempts },
			"How often a back end that fails or is away is told of an event. What it is asked it is asked once."),
		whole("hooks.calls", calls, 1, mostCalls, func(c *Config) *int { return &c.Hooks.Calls },
			"Calls of one application at a time. A quarter of them is for questions."),
		whole("hooks.queue", queue, 1, mostQueue, func(c *Config) *int { return &c.Hooks.Queue },
			"Events that wait for the back end of one application at most; of more the oldest are not told."),
		file("hooks.ca", func(c *Config) *string { return &c.Hooks.CA },
			"Certificates of those who vouch for back ends over HTTPS, PEM, beside whom this machine trusts.").
			unset("none").like("/etc/sluice/tls/ca.pem"),
	}
}

// scarce is a list of methods that is nil if it is not there.
func scarce(name string, field func(*apps.App) *[]string, about string) Key {
	k := texts(name, nil, field, about).checked(method)
	store := k.store
	k.store = func(into, v any) {
		if list, _ := v.([]any); len(list) > 0 {
			store(into, v)
		}
	}
	return k
}

// method takes the name of a method of back ends.
func method(name string) error {
	if _, ok := hooks.Known(name); ok {
		return nil
	}
	return fault.New(fault.InvalidParams, "", "%.40q is no method of a back end", name).Advise("docs/hooks.md lists them")
}
