// Package form says which container a stream is recorded in, and opens its writer. The containers themselves are in the rooms of
// package mux.
package form

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"sluice/api/records/mux"
	"sluice/api/records/mux/mp4"
	"sluice/api/records/mux/ts"
	"sluice/api/records/mux/webm"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Format is the form of recordings.
type Format string

// The formats. Auto is WebM for VP8, and for VP9 and for sound alone if that is Opus; anything else is MP4.
const (
	Auto Format = "auto"
	MP4  Format = "mp4"
	WebM Format = "webm"
	TS   Format = "ts"
)

// Formats are all of them.
func Formats() []Format { return []Format{Auto, MP4, WebM, TS} }

// Type is the media type of files, by RFC 6381's registry.
func (f Format) Type() string {
	if f == TS {
		return "video/mp2t"
	}
	return "video/" + string(f)
}

// Of is the format that a file's name tells; false for a name of no recording.
func Of(name string) (Format, bool) {
	for _, f := range Formats()[1:] {
		if strings.HasSuffix(name, "."+string(f)) {
			return f, true
		}
	}
	return "", false
}

// codecs are those of a format, best first of each kind.
func (f Format) codecs() []media.Codec {
	switch f {
	case MP4:
		return mp4.Codecs()
	case WebM:
		return webm.Codecs()
	case TS:
		return ts.Codecs()
	}
	all := mp4.Codecs()
	for _, c := range webm.Codecs() {
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// Want is what the format can hold. What it cannot is converted before, where somebody converts it.
func (f Format) Want() media.Want {
	var w media.Want
	for _, c := range f.codecs() {
		if c.Kind() == media.Audio {
			w.Audio = append(w.Audio, c)
		} else {
			w.Video = append(w.Video, c)
		}
	}
	return w
}

// For is the format that tracks are recorded in: itself, or the one that Auto is for them. Tracks that do not go into it are
// fault.CodecNotAvailable.
func (f Format) For(tracks []media.Track) (Format, error) {
	if f == Auto {
		f = choose(tracks)
	}
	for _, t := range tracks {
		if !slices.Contains(f.codecs(), t.Codec) {
			return f, fault.New(fault.CodecNotAvailable, t.ID, "%s does not go into a recording as %s", describe(tracks), f).
				Advise("have one of them converted before, or set another format")
		}
	}
	return f, nil
}

func choose(tracks []media.Track) Format {
	var audio, video media.Codec
	for _, t := range tracks {
		if t.Codec.Kind() == media.Audio {
			audio = t.Codec
		} else {
			video = t.Codec
		}
	}
	if video == media.VP8 || (video == media.VP9 || video == "") && audio == media.Opus {
		return WebM
	}
	return MP4
}

func describe(tracks []media.Track) string {
	var words []string
	for _, t := range tracks {
		words = append(words, string(t.Codec))
	}
	return strings.Join(words, " with ")
}

// New begins a recording in an empty file. Errors are those of For, fault.MediaCorrupt for a track that cannot be described, and the
// file's.
func (f Format) New(out mux.Output, tracks []mux.Track) (mux.Writer, error) {
	whole := make([]mux.Track, len(tracks))
	for i, t := range tracks {
		var err error
		if whole[i], err = t.Complete(); err != nil {
			return nil, err
		}
	}
	switch f {
	case MP4:
		return mp4.New(out, whole)
	case WebM:
		return webm.New(out, whole)
	case TS:
		return ts.New(out, whole)
	}
	return nil, fault.New(fault.Internal, "", "%q is no format", f)
}

// Repair completes a file that nobody has completed, as after a crash, and tells how long it lasts; 0 where that is not known.
func (f Format) Repair(file *os.File) (time.Duration, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	switch f {
	case MP4:
		return mp4.Repair(file, info.Size())
	case WebM:
		return webm.Repair(file, info.Size())
	case TS:
		return 0, ts.Repair(file, info.Size())
	}
	return 0, fmt.Errorf("%q is no format", f)
}
