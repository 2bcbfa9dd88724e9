package file

import (
	"path"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
)

// container is one row of the table of file formats.
type container struct {
	name       string
	extensions []string
	demuxer    string
	videoFrom  string // the demuxer's source pads; "" if it has none of the kind
	audioFrom  string
	muxer      string
	props      []element.Prop
	videoTo    string // the muxer's sink pads; "" if it takes none of the kind
	audioTo    string
	audio      []media.Codec
	video      []media.Codec
	headless   bool // its muxer takes the packets in which Speex describes itself for sound (flvmux 1.22.0), which then crackles
	form       bool // it holds H.264 and AAC in another form than most, so that what comes in must be known
}

// containers is the table, for GStreamer 1.22.
func containers() []container {
	// Written as a sequence of fragments and completed at the end: after a crash, all but the last second can be played.
	crashSafe := []element.Prop{
		element.Set("fragment-duration", int64(1000)), element.Set("fragment-mode", "first-moov-then-finalise"),
	}
	fragments := []element.Prop{element.Set("fragment-duration", int64(1000)), element.Set("fragment-mode", "dash-or-mss")}
	mp4Audio := []media.Codec{media.AAC, media.MP3, media.AC3, media.Opus}
	mp4Video := []media.Codec{media.H264, media.H265, media.AV1, media.VP9}
	return []container{
		{
			name: "mp4", extensions: []string{".mp4", ".m4a", ".m4v"}, demuxer: "qtdemux", videoFrom: "video_%u", audioFrom: "audio_%u",
			muxer: "mp4mux", props: crashSafe, videoTo: "video_%u", audioTo: "audio_%u", audio: mp4Audio, video: mp4Video,
		},
		{
			name: "mov", extensions: []string{".mov"}, demuxer: "qtdemux", videoFrom: "video_%u", audioFrom: "audio_%u",
			muxer: "qtmux", props: crashSafe, videoTo: "video_%u", audioTo: "audio_%u",
			audio: append([]media.Codec{media.PCMU, media.PCMA}, mp4Audio...), video: append([]media.Codec{media.MJPEG}, mp4Video...),
		},
		{
			name: "fmp4", extensions: []string{".fmp4"}, demuxer: "qtdemux", videoFrom: "video_%u", audioFrom: "audio_%u",
			muxer: "mp4mux", props: fragments, videoTo: "video_%u", audioTo: "audio_%u", audio: mp4Audio, video: mp4Video,
		},
		{
			name: "webm", extensions: []string{".webm"}, demuxer: "matroskademux", videoFrom: "video_%u", audioFrom: "audio_%u",
			muxer: "webmmux", videoTo: "video_%u", audioTo: "audio_%u",
			audio: []media.Codec{media.Opus, media.Vorbis}, video: []media.Codec{media.VP8, media.VP9, media.AV1},
		},
		{
			name: "mkv", extensions: []string{".mkv", ".mka"}, demuxer: "matroskademux", videoFrom: "video_%u", audioFrom: "audio_%u",
			muxer: "matroskamux", videoTo: "video_%u", audioTo: "audio_%u",
			audio: []media.Codec{media.Opus, media.AAC, media.PCMU, media.PCMA, media.MP3, media.MP2, media.AC3, media.Vorbis, media.Speex},
			video: []media.Codec{media.H264, media.H265, media.VP8, media.VP9, media.AV1, media.MJPEG, media.MPEG1},
		},
		{
			name: "flv", extensions: []string{".flv"}, headless: true, demuxer: "flvdemux", videoFrom: "video", audioFrom: "audio",
			muxer: "flvmux", videoTo: "video", audioTo: "audio",
			audio: []media.Codec{media.AAC, media.MP3, media.Speex, media.Nellymoser, media.PCMU, media.PCMA},
			video: []media.Codec{media.H264, media.Sorenson, media.VP6, media.ScreenFlv},
		},
		{
			name: "ts", extensions: []string{".ts", ".m2ts"}, form: true, demuxer: "tsdemux",
			videoFrom: "video_%01x_%05x", audioFrom: "audio_%01x_%05x",
			muxer: "mpegtsmux", videoTo: "sink_%d", audioTo: "sink_%d",
			audio: []media.Codec{media.AAC, media.MP3, media.MP2, media.AC3, media.Opus}, video: []media.Codec{media.H264, media.H265},
		},
		{
			name: "ogg", extensions: []string{".ogg", ".oga", ".opus"}, demuxer: "oggdemux", audioFrom: "src_%08x",
			muxer: "oggmux", audioTo: "audio_%u", audio: []media.Codec{media.Opus, media.Vorbis, media.Speex},
		},
		{
			name: "wav", extensions: []string{".wav"}, demuxer: "wavparse", audioFrom: "src",
			muxer: "wavenc", audioTo: "sink", audio: []media.Codec{media.PCMU, media.PCMA},
		},
	}
}

// automatic means: by the file's extension.
const automatic = "auto"

// names lists the words of the container field.
func names() []string {
	out := []string{automatic}
	for _, c := range containers() {
		out = append(out, c.name)
	}
	return out
}

// find is the container that a node's settings name, or that the path's extension tells.
func find(p *element.Piece, conf element.Conf) (container, error) {
	if c, ok := told(conf); ok {
		return c, nil
	}
	return container{}, p.Refuse("the name %q does not tell what kind of file it is: set container to one of %s",
		conf.Text("path"), strings.Join(names()[1:], ", "))
}

// told is the container that settings tell; false if they do not.
func told(conf element.Conf) (container, bool) {
	word, ext := conf.Text("container"), strings.ToLower(path.Ext(conf.Text("path")))
	for _, c := range containers() {
		if c.name == word || (word == "" || word == automatic) && slices.Contains(c.extensions, ext) {
			return c, true
		}
	}
	return container{}, false
}

// holds lists what the container takes of a kind, for errors.
func (c container) holds(k media.Kind) []media.Codec {
	if k == media.Audio {
		return c.audio
	}
	return c.video
}
