package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// variant is a rendition as a multivariant playlist has it.
type variant struct {
	key, rung     string
	codecs        string
	width, height int
	fps           float64
	channels      int
	peak, average int
	independent   bool
}

// Master writes the multivariant playlist (draft-pantos-hls-rfc8216bis 4.4.6): all renditions that can be played, the first offered
// first. Sound that comes alone beside pictures is a group of its own, which all pictures have. Every address ends with the suffix, which
// holds no quotes. It is empty if there is nothing to play.
func (s *Stream) Master(suffix string) []byte {
	all := s.variants()
	if len(all) == 0 {
		return nil
	}
	sound := func(v variant) bool { return v.width == 0 }
	pictures := slices.DeleteFunc(slices.Clone(all), sound)
	if len(pictures) == 0 || len(pictures) == len(all) {
		return master(all, nil, suffix)
	}
	return master(pictures, slices.DeleteFunc(all, func(v variant) bool { return !sound(v) }), suffix)
}

func (s *Stream) variants() []variant {
	s.catalog.mu.Lock()
	places := slices.Clone(s.places)
	s.catalog.mu.Unlock()
	var out []variant
	for _, p := range places {
		init, ok := p.rendition.Init()
		peak, average := p.rendition.Rates()
		if !ok || peak == 0 { // it has no segment, or no longer any
			continue
		}
		v := variant{
			key: p.key, rung: p.rung, codecs: init.Codecs, width: init.Width, height: init.Height, fps: init.FPS, channels: init.Channels,
			peak: peak, average: average, independent: p.config.Independent,
		}
		out = append(out, v)
	}
	return out
}

// group is what the sounds of a ladder are called together.
const group = "sound"

func master(variants, sounds []variant, suffix string) []byte {
	const version = 6 // no tag here needs more, and all players of fragmented MP4 know it
	b := []byte("#EXTM3U\n#EXT-X-VERSION:" + strconv.Itoa(version) + "\n")
	if !slices.ContainsFunc(slices.Concat(variants, sounds), func(v variant) bool { return !v.independent }) {
		b = append(b, "#EXT-X-INDEPENDENT-SEGMENTS\n"...)
	}
	var loudest variant
	for i, v := range sounds {
		b = append(b, `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="`+group+`",NAME="`+cmp.Or(v.rung, group)+`",AUTOSELECT=YES,DEFAULT=`...)
		b = append(b, map[bool]string{true: "YES", false: "NO"}[i == 0]...)
		if v.channels > 0 {
			b = append(b, `,CHANNELS="`...)
			b = strconv.AppendInt(b, int64(v.channels), 10)
			b = append(b, '"')
		}
		b = append(b, `,URI="`+v.key+playlistSuffix+suffix+"\"\n"...)
		if v.peak > loudest.peak || i == 0 {
			loudest = v
		}
	}
	for _, v := range variants {
		b = v.write(b, loudest, suffix)
	}
	return b
}

// write adds a variant, whose bit rates are those of the picture and of the sound that goes with it.
func (v variant) write(b []byte, sound variant, suffix string) []byte {
	b = append(b, "#EXT-X-STREAM-INF:BANDWIDTH="...)
	b = strconv.AppendInt(b, int64(max(1, v.peak+sound.peak)), 10)
	b = append(b, ",AVERAGE-BANDWIDTH="...)
	b = strconv.AppendInt(b, int64(max(1, v.average+sound.average)), 10)
	if codecs := strings.Trim(v.codecs+","+sound.codecs, ","); codecs != "" {
		b = append(b, `,CODECS="`+codecs+`"`...)
	}
	if v.width > 0 {
		b = append(b, ",RESOLUTION="...)
		b = strconv.AppendInt(b, int64(v.width), 10)
		b = append(b, 'x')
		b = strconv.AppendInt(b, int64(v.height), 10)
	}
	if v.fps > 0 {
		b = append(b, ",FRAME-RATE="...)
		b = strconv.AppendFloat(b, v.fps, 'f', 3, 64)
	}
	if sound.key != "" {
		b = append(b, `,AUDIO="`+group+`"`...)
	}
	return append(b, "\n"+v.key+playlistSuffix+suffix+"\n"...)
}
