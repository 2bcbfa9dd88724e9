package config

import "time"

// ThumbnailsConfig is the section "thumbnails".
type ThumbnailsConfig struct {
	Folder  string
	Streams []string
	Every   time.Duration
	Width   int
	Format  string
}

// thumbnails are the keys of pictures that are taken on a schedule.
func thumbnails() []Key {
	const (
		usual = 10 * time.Second
		day   = 24 * time.Hour
		wide  = 320
		least = 16
		most  = 4096
	)
	return []Key{
		file("thumbnails.folder", func(c *Config) *string { return &c.Thumbnails.Folder },
			"Folder of pictures of what is published, one file for each stream; it is made if need be. A slash in a name becomes `%2F`, "+
				"as in addresses.").
			unset("none are taken").like("/var/lib/sluice/thumbnails"),
		texts("thumbnails.streams", []string{"**"}, func(c *Config) *[]string { return &c.Thumbnails.Streams },
			"Streams that they are taken of: names, `live/*`, `live/**`, or `**` for all."),
		span("thumbnails.every", usual, time.Second, day, func(c *Config) *time.Duration { return &c.Thumbnails.Every },
			"How often. One is taken after the other; where there are too many for that they come less often."),
		whole("thumbnails.width", wide, least, most, func(c *Config) *int { return &c.Thumbnails.Width },
			"Their width in pixels; the height follows."),
		choice("thumbnails.format", "jpeg", []string{"jpeg", "png"}, func(c *Config) *string { return &c.Thumbnails.Format },
			"Their format: files are called `STREAM.jpg` or `STREAM.png`."),
	}
}
