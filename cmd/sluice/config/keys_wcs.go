package config

import (
	"net/url"
	"time"

	"sluice/engine/fault"
)

// TranscoderConfig is the section "transcoder".
type TranscoderConfig struct{ IdleTimeout time.Duration }

// pictures are the keys of files that calls name.
func pictures() []Key {
	return []Key{
		file("media.folder", func(c *Config) *string { return &c.Media.Folder },
			"Folder of films that viewers play as `vod://FILE` (docs/vod.md), of sounds that calls of `/rest-api` put into streams, and "+
				"of pictures that they name: watermarks, backgrounds and avatars, PNG or JPEG. Nothing is found elsewhere.").
			unset("none").like("/var/lib/sluice/media"),
	}
}

// transcoders are the keys of transcoders.
func transcoders() []Key {
	return []Key{
		span("transcoder.idle_timeout", time.Minute, time.Second, 24*time.Hour,
			func(c *Config) *time.Duration { return &c.Transcoder.IdleTimeout },
			"How long the stream of a transcoder of `/rest-api/transcoder` may be away before the transcoder ends "+
				"(`transcoder_agent_activity_timer_timeout` of WCS)."),
	}
}

// wcs are the keys of the REST API that is compatible with WCS.
func wcs() []Key {
	return []Key{
		texts("rest.origins", nil, func(c *Config) *[]string { return &c.REST.Origins },
			"Origins of pages that may call `/rest-api` without credentials of their own; `*` is all, and lets every page that is looked "+
				"at on this machine administer the server as long as nobody has credentials. Pages that show credentials may always.").
			unset("none").like("https://studio.example.org").checked(page),
	}
}

// page takes an origin as browsers write it (RFC 6454 6.2), or "*".
func page(text string) error {
	u, err := url.Parse(text)
	if text == "*" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.String() == u.Scheme+"://"+u.Host {
		return nil
	}
	return fault.New(fault.InvalidParams, "", "%.80q is no origin", text).
		Advise("write for example https://studio.example.org, without a path")
}
