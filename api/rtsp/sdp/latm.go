package sdp

import (
	"strconv"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

	"sluice/engine/media"
)

// LATM is how AAC is multiplexed in a format of RFC 6416; false for every other one.
func LATM(f format.Format) (*mpeg4audio.StreamMuxConfig, bool) {
	m, ok := f.(*format.MPEG4AudioLATM)
	if !ok {
		return nil, false
	}
	return m.StreamMuxConfig, m.StreamMuxConfig != nil
}

// multiplexed describes AAC in LATM, if the description has its configuration (cpresent=0) and there is one program of one layer. The
// track is as if it came by mpeg4-generic, which it is passed on as.
func multiplexed(f *format.MPEG4AudioLATM) (media.Track, bool) {
	c := f.StreamMuxConfig
	if c == nil || len(c.Programs) != 1 || len(c.Programs[0].Layers) != 1 || c.OtherDataPresent {
		return media.Track{}, false
	}
	config := c.Programs[0].Layers[0].AudioSpecificConfig
	text, err := config.Marshal()
	if err != nil {
		return media.Track{}, false
	}
	parts := strings.Split(f.RTPMap(), "/")
	const full = 2 // name and rate
	rate := config.SampleRate
	if len(parts) >= full {
		if n, err := strconv.Atoi(parts[1]); err == nil {
			rate = n // with spectral band replication that of the output
		}
	}
	t := sound(media.AAC, rate, int(config.ChannelConfig))
	t.Extra = [][]byte{text}
	return t, rate > 0
}
