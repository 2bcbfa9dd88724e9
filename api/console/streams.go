package console

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"sluice/api/auth"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// listing is the body of /streams.json.
type listing struct {
	Streams []stream `json:"streams"`
}

// stream is what the page tells of a stream.
type stream struct {
	Name    string       `json:"name"`
	Since   time.Time    `json:"since"`
	Readers int          `json:"readers"`
	Muted   []media.Kind `json:"muted,omitempty"`
	Tracks  []track      `json:"tracks"`
}

type track struct {
	Kind        media.Kind  `json:"kind"`
	Codec       media.Codec `json:"codec"`
	Width       int         `json:"width,omitempty"`
	Height      int         `json:"height,omitempty"`
	Bytes       uint64      `json:"bytes"`
	Alternative bool        `json:"alternative,omitempty"`
}

// streams lists what is live and may be played by who asks, but for names that tell somebody's login.
func (d *Door) streams(c echo.Context) error {
	out := listing{Streams: []stream{}}
	q := auth.OfHTTP(c.Request())
	q.Action, q.Protocol, q.Listing = auth.Play, d.Name(), true
	for _, info := range d.opt.Streams.Streams() {
		if q.Stream = info.Name; hub.HasLogin(info.Name) {
			continue
		}
		switch err := d.authorise(c, q); fault.CodeOf(err) {
		case "":
			out.Streams = append(out.Streams, outline(info))
		case fault.Forbidden: // of this one he is not told
		case fault.Unauthorized:
			if q.Token != "" || q.User != "" || q.Password != "" {
				return err // what he shows is wrong, and will be for each
			}
		default:
			return err
		}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, out)
}

func (d *Door) authorise(c echo.Context, q auth.Request) error {
	if d.opt.Auth == nil {
		return nil
	}
	_, err := d.opt.Auth.Authorise(c.Request().Context(), q)
	return err
}

func outline(info hub.StreamInfo) stream {
	s := stream{Name: info.Name, Since: info.Since, Readers: info.Readers, Muted: info.Muted, Tracks: []track{}}
	for _, t := range info.Tracks {
		s.Tracks = append(s.Tracks, track{
			Kind: t.Track.Kind, Codec: t.Track.Codec, Width: t.Track.Width, Height: t.Track.Height,
			Bytes: t.Stats.Bytes, Alternative: t.Alternative,
		})
	}
	return s
}
