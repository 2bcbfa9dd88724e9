package config

import (
	"time"

	"sluice/api/auth"
)

// authorisation is the keys about who may do what.
func authorisation() []Key {
	const (
		patterns = " Patterns of the names of streams: `live/*` is one level below live, `live/**` all below it, `**` everything."
		publish  = "What may be published." + patterns
		play     = "What may be played. Patterns as of publish."
		admin    = "May administer the server."
		metrics  = "May read what the server counts."
	)
	return []Key{
		records("auth.users", func(c *Config) *[]auth.UserConfig { return &c.Auth.Users }, "Who logs in with a name and a password.",
			text("name", "", func(u *auth.UserConfig) *string { return &u.Name }, "Name."),
			secret("password", func(u *auth.UserConfig) *string { return &u.Password },
				"Hash of the password, argon2id. `sluice config password` makes it."),
			secret("digest", func(u *auth.UserConfig) *string { return &u.Digest },
				"MD5 of `NAME:sluice:PASSWORD` in hexadecimal, for cameras and players that log in over RTSP by Digest and say no password. "+
					"It is as secret as the password itself.").unset("the user cannot log in like that"),
			secret("adobe", func(u *auth.UserConfig) *string { return &u.Adobe },
				"MD5 of `NAMEsluicePASSWORD` in base64, for encoders that log in over RTMP as Adobe's servers ask them to "+
					"(`rtmp.login`). It is as secret as the password itself.").unset("the user cannot log in like that"),
			texts("publish", nil, func(u *auth.UserConfig) *[]string { return &u.Publish }, publish),
			texts("play", nil, func(u *auth.UserConfig) *[]string { return &u.Play }, play),
			toggle("admin", func(u *auth.UserConfig) *bool { return &u.Admin }, admin),
			toggle("metrics", func(u *auth.UserConfig) *bool { return &u.Metrics }, metrics),
		).live(),
		records("auth.tokens", func(c *Config) *[]auth.TokenConfig { return &c.Auth.Tokens },
			"Secrets that open without a name: Bearer tokens, and `?token=` in an address.",
			text("name", "", func(t *auth.TokenConfig) *string { return &t.Name }, "Who shows the token, for logs and graphs."),
			secret("token", func(t *auth.TokenConfig) *string { return &t.Token },
				"The token, or `sha256:` and the SHA-256 of it in hexadecimal."),
			texts("publish", nil, func(t *auth.TokenConfig) *[]string { return &t.Publish }, publish),
			texts("play", nil, func(t *auth.TokenConfig) *[]string { return &t.Play }, play),
			toggle("admin", func(t *auth.TokenConfig) *bool { return &t.Admin }, admin),
			toggle("metrics", func(t *auth.TokenConfig) *bool { return &t.Metrics }, metrics),
		).live(),
		records("auth.keys", func(c *Config) *[]auth.KeyConfig { return &c.Auth.Keys },
			"Publish keys: `?key=` in an address, or a Bearer token. They are for publishing and nothing else; what everybody may publish "+
				"does not extend to streams that there are keys for. `sluice config key` makes one.",
			text("name", "", func(k *auth.KeyConfig) *string { return &k.Name },
				"Who has the key, for logs and graphs. Several may be the same's."),
			secret("key", func(k *auth.KeyConfig) *string { return &k.Key }, "The key, or `sha256:` and the SHA-256 of it in hexadecimal."),
			texts("publish", nil, func(k *auth.KeyConfig) *[]string { return &k.Publish }, publish),
		).live(),
		tokens(), backEnd(),
		record("auth.anonymous", func(c *Config) **auth.AnonymousConfig { return &c.Auth.Anonymous },
			"What everybody may do without being known. Left out, it is everything as long as there is nothing else in this section, "+
				"and nothing otherwise.",
			texts("publish", nil, func(a *auth.AnonymousConfig) *[]string { return &a.Publish }, publish),
			texts("play", nil, func(a *auth.AnonymousConfig) *[]string { return &a.Play }, play),
		).live(),
	}
}

// tokens are the keys about JSON Web Tokens.
func tokens() Key {
	const (
		leeway  = 30 * time.Second
		refresh = time.Hour
		timeout = 10 * time.Second
		longest = 24 * time.Hour
	)
	return record("auth.jwt", func(c *Config) **auth.JWTConfig { return &c.Auth.JWT },
		"Tokens that somebody else signed (JSON Web Tokens). See [auth.md](auth.md).",
		text("jwks", "", func(j *auth.JWTConfig) *string { return &j.JWKS },
			"Key set that they are checked with: an `https://` address (`http://` for the machine itself), or a file.").
			unset("`secret` is set").like("https://id.example.org/.well-known/jwks.json"),
		secret("secret", func(j *auth.JWTConfig) *string { return &j.Secret },
			"Secret of at least 32 bytes that they are signed with where both sides know it. Either this or `jwks`.").unset("`jwks` is set"),
		texts("algorithms", nil, func(j *auth.JWTConfig) *[]string { return &j.Algorithms },
			"Algorithms that are good.").unset("all with a public key, or `HS256` with a secret").like("ES256"),
		text("issuer", "", func(j *auth.JWTConfig) *string { return &j.Issuer },
			"What their `iss` must be. Tokens of another are left to `auth.http`.").unset("anything").like("https://id.example.org"),
		texts("audience", nil, func(j *auth.JWTConfig) *[]string { return &j.Audience },
			"What their `aud` must have one of.").unset("anything"),
		text("claim", "sluice", func(j *auth.JWTConfig) *string { return &j.Claim },
			"Claim that has what the bearer may do: `{\"publish\": [patterns], \"play\": [patterns], \"admin\": false, \"metrics\": false}`. "+
				"`mediamtx_permissions` is read, too."),
		toggle("endless", func(j *auth.JWTConfig) *bool { return &j.Endless }, "Takes tokens that never expire, too."),
		span("leeway", leeway, 0, 10*time.Minute, func(j *auth.JWTConfig) *time.Duration { return &j.Leeway },
			"How much clocks may differ."),
		span("refresh", refresh, time.Minute, longest, func(j *auth.JWTConfig) *time.Duration { return &j.Refresh },
			"How often the key set is read again. A token with a key that is not in it has it read at once, every 10 s at most."),
		span("timeout", timeout, time.Second, time.Minute, func(j *auth.JWTConfig) *time.Duration { return &j.Timeout },
			"How long reading it may take. The keys that were read before are kept while it cannot be read."),
	).live()
}

// backEnd are the keys about who is asked over HTTP.
func backEnd() Key {
	const (
		timeout = 5 * time.Second
		most    = 64
		utmost  = 4096
		cache   = 5 * time.Second
	)
	return record("auth.http", func(c *Config) **auth.HTTPConfig { return &c.Auth.HTTP },
		"Back end that is asked about who is not known otherwise, by POST with JSON. See [auth.md](auth.md).",
		text("url", "", func(h *auth.HTTPConfig) *string { return &h.URL }, "Its address. 2xx lets in, everything else does not.").
			like("https://backend.example.org/auth"),
		texts("actions", []string{"publish", "play", "enter"}, func(h *auth.HTTPConfig) *[]string { return &h.Actions },
			"What it is asked about: `publish`, `play`, `enter` (a room), `admin`, `metrics`."),
		span("timeout", timeout, 10*time.Millisecond, time.Minute, func(h *auth.HTTPConfig) *time.Duration { return &h.Timeout },
			"How long an answer may take. Without one nobody is let in."),
		whole("most", most, 1, utmost, func(h *auth.HTTPConfig) *int { return &h.Most },
			"Questions at the same time, a quarter of them about one address at most."),
		span("cache", cache, 0, time.Hour, func(h *auth.HTTPConfig) *time.Duration { return &h.Cache },
			"How long it is remembered that somebody may. 0: not at all."),
	).live()
}
