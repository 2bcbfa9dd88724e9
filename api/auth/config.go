package auth

// Config is the section "auth" of the configuration. With none of it, everybody may publish and play, and nobody administers.
// As soon as there is a user or a token, nobody may do anything who is not granted it here.
type Config struct {
	// Users (key "users") log in with a name and a password.
	Users []UserConfig
	// Tokens (key "tokens") are shown by who has no name: Bearer tokens, or ?token= in an address.
	Tokens []TokenConfig
	// Anonymous (key "anonymous") is what everybody may do without being known. Nil: everything but to administer if there
	// are neither users nor tokens, otherwise nothing.
	Anonymous *AnonymousConfig
}

// UserConfig is somebody who logs in.
type UserConfig struct {
	// Name (key "name") is the user's name; no two are the same.
	Name string
	// Password (key "password") is the argon2id hash of the password, as Hash and the program argon2 print it:
	// "$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH".
	Password string
	// Digest (key "digest") is the MD5 of "NAME:sluice:PASSWORD" in hexadecimal, for clients that log in by Digest, as cameras and
	// players over RTSP do. Whoever has it can log in with it, so it is as secret as the password. "": the user cannot log in
	// like that.
	Digest string
	// Publish and Play (keys "publish" and "play") are patterns of the names of streams: "live/cam" is that one, "live/*"
	// every name one level below live, "cam-*" all that begin so, "live/**" live and all below it, "**" everything. A "*"
	// never stands for a "/".
	Publish []string
	Play    []string
	// Admin (key "admin") lets the user administer the server, Metrics (key "metrics") only read what it counts.
	Admin, Metrics bool
}

// TokenConfig is a secret that opens without a name.
type TokenConfig struct {
	// Name (key "name") is who shows the token, for logs and graphs; no two are the same.
	Name string
	// Token (key "token") is the token itself, or "sha256:" and the SHA-256 of it in hexadecimal.
	Token string
	// Publish, Play, Admin and Metrics (keys "publish", "play", "admin", "metrics") are as of users.
	Publish []string
	Play    []string
	Admin   bool
	Metrics bool
}

// AnonymousConfig is what everybody may do. Keys and patterns are as of users.
type AnonymousConfig struct {
	Publish []string
	Play    []string
}
