package auth

// Config is the section "auth" of the configuration. With none of it, everybody may publish and play, and nobody administers.
// As soon as there is a user, a token, a key or a judge, nobody may do anything who is not granted it here.
type Config struct {
	// Users (key "users") log in with a name and a password.
	Users []UserConfig
	// Tokens (key "tokens") are shown by who has no name: Bearer tokens, or ?token= in an address.
	Tokens []TokenConfig
	// Keys (key "keys") are secrets with which streams are published, and nothing else: stream keys, as encoders have them.
	Keys []KeyConfig
	// JWT (key "jwt") lets in who shows a token that somebody else signed. Nil: nobody.
	JWT *JWTConfig
	// HTTP (key "http") asks a back end about who is not known otherwise. Nil: it does not.
	HTTP *HTTPConfig
	// Anonymous (key "anonymous") is what everybody may do without being known. Nil: everything but to administer if there
	// is nothing of the above, otherwise nothing.
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
	// Adobe (key "adobe") is the MD5 of "NAMEsluicePASSWORD" in base64, for encoders that log in over RTMP as Adobe's servers ask
	// them to. The salt is the server's choice, so that this is all it has to keep. It is as secret as Digest. "": the user cannot
	// log in like that.
	Adobe string
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

// KeyConfig is a secret for publishing. A stream that there is a key for is published with one of its keys, or by who is known and may;
// what everybody may publish does not extend to it. More than one is good at a time, so that they can be changed.
type KeyConfig struct {
	// Name (key "name") is who has the key, for logs and graphs; several keys may have the same.
	Name string
	// Key (key "key") is the key itself, or "sha256:" and the SHA-256 of it in hexadecimal.
	Key string
	// Publish (key "publish") is as of users; there is at least one.
	Publish []string
}
