package guard

import (
	"fmt"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// sort says what the text of a setting means.
type sort uint8

const (
	unknown   sort = iota // anything
	nothing               // that is of interest here
	aFile                 // or an address
	anAddress             // or a file
	aHost
	anElement // the name of an element, or settings of one
	options   // of a library, some of which name files
)

// meaning reads off its name what a setting of a GStreamer element means. The names are those of GStreamer 1.22's properties, one
// word of them being enough: "ssl-ca-file". What neither a word gives away nor plain has is unknown, as what a later version brings.
func meaning(name string) sort {
	if slices.Contains(plain(), name) {
		return nothing
	}
	for word := range strings.SplitSeq(name, "-") {
		switch word {
		case "factory", "factories", "properties", "preset", "filter", "sink", "source", "combiner", "muxer", "decoders", "encoders":
			return anElement
		case "location", "file", "files", "filename", "path", "paths", "profile", "device", "dir", "directory", "folder", "keyfile",
			"pubkeyfile", "privkeyfile", "knownhosts", "socket", "shm", "template", "command", "pem", "cert", "certificate", "plugin", "log",
			"cache", "stats", "dump", "libname", "libprefix", "library", "database", "soundfont", "playlist":
			return aFile
		case "uri", "suburi", "url", "baseurl", "proxy":
			return anAddress
		case "host", "address", "addresses", "localaddress", "ip", "clients", "server", "group":
			return aHost
		case "option", "options", "parameters", "params", "args", "controls":
			return options
		}
	}
	return unknown
}

// plain lists the texts that name nothing outside, each looked at in GStreamer 1.22: words, numbers, times, matrices, what is shown or
// sent, and passwords. Addresses in them are looked at all the same.
func plain() []string {
	return []string{
		"a", "active-pad", "agent", "alloc-pad", "allocation-meta-flags", "analyse", "application", "aspect-ratio",
		"automatic-request-sync-point-flags", "b", "boundary", "caps", "category", "cdp-mode", "channel", "channel-positions",
		"client", "client-name", "clock-rate-map", "cname", "colorimetry", "connection-id", "content-type", "cookies", "creation-time",
		"data", "datetime-epoch", "datetime-format", "debug", "description", "drop-buffer-flags", "dump-separator", "encoder",
		"encoding-name", "end-timecode", "err-detect", "error-resilient", "expected-md5", "export-side-data", "extra-data-array",
		"extra-data-name", "extra-headers", "flags", "flags2", "flash-version", "font-desc", "font-description", "force-caps", "format",
		"framerate", "genre", "gop-timecode", "ignored-payload-types", "iv", "kernel", "key", "language", "layer-rates",
		"ltc-daily-jam", "mail-from", "mail-rcpt", "matrix", "max-size-timecode", "max-video-framerate", "message-body", "meta",
		"metadatacreator", "method", "mid", "mix-matrix", "mki", "mount", "mpv-flags", "multicast-iface", "muxer-pad-map", "offsets",
		"output-buffer-duration", "output-buffer-duration-fraction", "passphrase", "passwd", "password", "pattern",
		"payload-type-map", "payloads", "pids", "pixel-aspect-ratio", "plane-offsets", "plane-strides", "playlist-root", "port-range",
		"post-processing-flags", "presentation-delay", "prog-map", "program-numbers", "protocols", "rc-eq", "reference-timestamp-caps",
		"rid", "scale-pixel-aspect-ratio", "sdes", "secure-token", "set-internal-timecode", "sink-caps", "sprop-parameter-sets",
		"srtcp-auth", "srtcp-cipher", "srtp-auth", "srtp-cipher", "ssrc-map", "stop-commands", "stream", "stream-types", "streamid",
		"streamname", "strides", "subject", "subtitle-encoding", "subtitle-font-desc", "tags", "target-timecode",
		"target-timecode-string", "temporal-scalability-layer-flags", "temporal-scalability-layer-id",
		"temporal-scalability-layer-sync-flags", "temporal-scalability-rate-decimator", "temporal-scalability-target-bitrate", "text",
		"thread-type", "time-format", "timebase", "tls-validation-flags", "tune", "user", "user-agent", "user-id", "user-pw",
		"username", "vendor", "version", "video-fps", "video-multiview-flags", "writing-app",
	}
}

// tame lists the options of encoders' libraries, x264's and x265's, that callers may set: none of these is the name of a file.
func tame() []string {
	return []string{
		"aq-mode", "aq-strength", "b-adapt", "b-pyramid", "bframes", "bitrate", "cabac", "crf", "deblock", "force-cfr", "intra-refresh",
		"keyint", "me", "merange", "min-keyint", "mixed-refs", "nal-hrd", "open-gop", "psy", "rc-lookahead", "ref", "repeat-headers",
		"scenecut", "slices", "sliced-threads", "subme", "sync-lookahead", "threads", "trellis", "vbv-bufsize", "vbv-maxrate", "weightp",
	}
}

// harmful tells whether a list of options, "ref=3:me=hex", has others than the tame ones.
func harmful(text string) bool {
	for one := range strings.SplitSeq(text, ":") {
		key, _, _ := strings.Cut(one, "=")
		if !slices.Contains(tame(), key) {
			return true
		}
	}
	return false
}

// passes tells whether a setting has an encoder work in several passes, for which it keeps notes in a file: pass=pass1,
// multipass-mode=first-pass. Words that do not are known, so that numbers do not pass for them.
func passes(name, text string) bool {
	words := strings.Split(name, "-")
	once := []string{"cbr", "vbr", "quant", "qual", "one-pass", "single-pass", "disabled"}
	return (slices.Contains(words, "pass") || slices.Contains(words, "multipass")) && meaning(name) == unknown && !slices.Contains(once, text)
}

// harmless lists elements without input or output that touch nothing outside their pipeline.
func harmless() []string {
	return []string{
		"appsrc", "appsink", "fakesrc", "fakesink", "fakeaudiosink", "fakevideosink", "videotestsrc", "audiotestsrc", "checksumsink",
		"dtmfsrc", "rtpdtmfsrc", "tonegeneratesrc", "flitetestsrc",
	}
}

// defaults are the texts that an element has where nothing is set.
func defaults(s *element.Spec, set []plan.Setting) []plan.Setting {
	var out []plan.Setting
	for _, f := range s.Fields {
		text, ok := f.Default.(string)
		given := slices.ContainsFunc(set, func(o plan.Setting) bool { return o.Name == f.Name })
		if !ok || given || f.ReadOnly {
			continue
		}
		if m := meaning(f.Name); m == anElement || m == unknown { // what an element is made with is its own affair
			continue
		}
		out = append(out, plan.Setting{Name: f.Name, Type: value.String, Text: text})
	}
	return out
}

func place(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
