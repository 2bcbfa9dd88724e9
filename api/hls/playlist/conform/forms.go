package conform

import "regexp"

// form is how a value is written (4.2).
type form struct {
	name    string
	pattern *regexp.Regexp
}

// forms are those of the attributes of a live stream's playlists. A name has the same form in every tag that has it.
func forms() map[string]form {
	integer := form{"decimal-integer", regexp.MustCompile(`^[0-9]{1,20}$`)}
	float := form{"decimal-floating-point", regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)}
	signed := form{"signed-decimal-floating-point", regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)}
	quoted := form{"quoted-string", regexp.MustCompile(`^"[^"\r\n]*"$`)}
	resolution := form{"decimal-resolution", regexp.MustCompile(`^[0-9]+x[0-9]+$`)}
	yes := form{"YES or NO", regexp.MustCompile(`^(YES|NO)$`)}
	all := map[string]form{"RESOLUTION": resolution, "TIME-OFFSET": signed}
	for f, names := range map[form][]string{
		integer: {"BANDWIDTH", "AVERAGE-BANDWIDTH", "LAST-MSN", "LAST-PART", "SKIPPED-SEGMENTS", "BYTERANGE-START", "BYTERANGE-LENGTH"},
		float:   {"DURATION", "PART-TARGET", "PART-HOLD-BACK", "HOLD-BACK", "CAN-SKIP-UNTIL", "FRAME-RATE", "SCORE"},
		quoted: {
			"URI", "CODECS", "SUPPLEMENTAL-CODECS", "AUDIO", "VIDEO", "SUBTITLES", "GROUP-ID", "NAME", "LANGUAGE", "ASSOC-LANGUAGE", "CHANNELS",
			"CHARACTERISTICS", "INSTREAM-ID", "STABLE-VARIANT-ID", "STABLE-RENDITION-ID", "BYTERANGE",
		},
		yes: {"DEFAULT", "AUTOSELECT", "FORCED", "INDEPENDENT", "GAP", "PRECISE", "CAN-BLOCK-RELOAD", "CAN-SKIP-DATERANGES"},
	} {
		for _, name := range names {
			all[name] = f
		}
	}
	return all
}
