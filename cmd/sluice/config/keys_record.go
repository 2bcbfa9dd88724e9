package config

import (
	"net/url"
	"time"

	"sluice/api/records/name"
	"sluice/engine/fault"
)

// RecordsConfig is the section "records".
type RecordsConfig struct {
	Folder, Name  string
	Streams       []string
	Most          int
	Free          int64
	MaxAge        time.Duration
	MaxSize       int64
	Hook          string
	HookToken     string
	HookTimeout   time.Duration
	Script        string
	ScriptTimeout time.Duration
	S3            RecordsS3Config
}

// RecordsS3Config is the section "records.s3".
type RecordsS3Config struct {
	Endpoint, Region, Bucket, Prefix string
	AccessKey, SecretKey             string
	Delete                           bool
}

// recordings are the keys of what is recorded.
func recordings() []Key {
	const (
		many   = 100
		utmost = 10_000
		year   = 366 * 24 * time.Hour
		large  = 1 << 53
	)
	return []Key{
		file("records.folder", func(c *Config) *string { return &c.Records.Folder },
			"Folder of recordings; it is made if need be. What is in it is to be had at `/client/records/`, for who may play the stream.").
			unset("nothing is recorded").like("/var/lib/sluice/records"),
		text("records.name", "{streamName}-{startTime}", func(c *Config) *string { return &c.Records.Name },
			"Template of their names, without an extension: `{streamName}`, `{sessionId}`, `{mediaSessionId}`, `{login}`, `{startTime}`, "+
				"`{endTime}`, `{startTimeMillis}`, `{endTimeMillis}`, `{duration}` in milliseconds, `{audioCodec}`, `{videoCodec}`; a slash "+
				"begins a folder. WCS has `stream-{mediaSessionId}-{login}`.").checked(template),
		texts("records.streams", nil, func(c *Config) *[]string { return &c.Records.Streams },
			"Streams that are recorded by themselves, whoever publishes them: names, `live/*`, `live/**`, or `**` for all.").
			unset("none").like("studio/**"),
		whole("records.most", many, 1, utmost, func(c *Config) *int { return &c.Records.Most }, "Recordings at a time."),
		amount("records.free", 500_000_000, 0, large, func(c *Config) *int64 { return &c.Records.Free },
			"What recordings leave free on the disk: when less is left they end, and the streams go on."),
		span("records.max_age", 0, 0, 10*year, func(c *Config) *time.Duration { return &c.Records.MaxAge },
			"How old a recording may become before it is deleted. 0 keeps all."),
		amount("records.max_size", 0, 0, large, func(c *Config) *int64 { return &c.Records.MaxSize },
			"How large all recordings together may become before the oldest are deleted. 0 is no limit."),
		text("records.hook", "", func(c *Config) *string { return &c.Records.Hook },
			"Address that is told of each finished recording, by POST with JSON; again where 2xx is not the answer, five times at most.").
			unset("nobody is told").like("https://backend.example.org/recorded").checked(webAddress),
		secret("records.hook_token", func(c *Config) *string { return &c.Records.HookToken }, "Bearer token that it is shown.").unset("none"),
		span("records.hook_timeout", 10*time.Second, time.Second, time.Minute, func(c *Config) *time.Duration { return &c.Records.HookTimeout },
			"How long an answer may take."),
		file("records.script", func(c *Config) *string { return &c.Records.Script },
			"Program that is run for each finished recording, with the names of the stream and of the file. There is no shell between.").
			unset("none").like("/etc/sluice/recorded"),
		span("records.script_timeout", time.Minute, time.Second, time.Hour, func(c *Config) *time.Duration { return &c.Records.ScriptTimeout },
			"How long it may run before it is ended."),
		text("records.s3.endpoint", "", func(c *Config) *string { return &c.Records.S3.Endpoint },
			"Storage that recordings are copied to when they are finished, compatible with S3. They are kept here until they have been.").
			unset("they stay here").like("https://s3.example.org").checked(webAddress),
		text("records.s3.region", "", func(c *Config) *string { return &c.Records.S3.Region }, "Its region.").unset("asked of it"),
		text("records.s3.bucket", "", func(c *Config) *string { return &c.Records.S3.Bucket }, "Bucket."),
		text("records.s3.prefix", "", func(c *Config) *string { return &c.Records.S3.Prefix }, "What names there begin with, as a folder."),
		text("records.s3.access_key", "", func(c *Config) *string { return &c.Records.S3.AccessKey }, "Who uploads.").
			unset("`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or `~/.aws/credentials`"),
		secret("records.s3.secret_key", func(c *Config) *string { return &c.Records.S3.SecretKey }, "The proof of that."),
		toggle("records.s3.delete", func(c *Config) *bool { return &c.Records.S3.Delete }, "Deletes recordings here when they are there."),
	}
}

func template(text string) error {
	_, err := name.Parse(text)
	return err
}

// webAddress takes an address of a web server.
func webAddress(text string) error {
	if u, err := url.Parse(text); text == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	return fault.New(fault.InvalidParams, "", "%.80q is no address of a web server", cover(text)).
		Advise("write for example https://example.org/x")
}
