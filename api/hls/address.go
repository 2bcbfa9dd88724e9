package hls

import (
	"net/url"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/hub"
)

// address is what the path of a request says. Nothing of it is ever made a file's name: streams and what belongs to them are
// looked up.
type address struct {
	stream  string // "live/cam"
	profile string // "abr"; "" for the stream as it is
	file    string // what belongs to it, as its media playlists name it; "" is its multivariant playlist
}

// path is where hls.out offers the stream: graphs write it as "/$(stream)", or with the profile as below.
func (a address) path() string { return "/" + joined(a.stream, a.profile) }

// Names of streams may say which profile is wanted. This is how WCS has it for its only one, abr.
const profilePrefix, profileSuffix = "-HLS-", "-STREAM"

// joined is a stream's name with a profile in it.
func joined(stream, profile string) string {
	if profile == "" {
		return stream
	}
	return stream + profilePrefix + strings.ToUpper(profile) + profileSuffix
}

// split takes a profile out of a stream's name.
func split(name string) (stream, profile string) {
	rest, ok := strings.CutSuffix(name, profileSuffix)
	i := strings.LastIndex(rest, profilePrefix)
	if !ok || i <= 0 || i+len(profilePrefix) == len(rest) {
		return name, ""
	}
	return rest[:i], strings.ToLower(rest[i+len(profilePrefix):])
}

// list ends the names of playlists.
const list = ".m3u8"

// parseAddress reads a path: all these are the multivariant playlist of live/cam, the first being how WCS has it.
//
//	/live%2Fcam/live%2Fcam.m3u8
//	/live/cam/live/cam.m3u8
//	/live/cam/cam.m3u8
//	/live/cam/index.m3u8
//	/live/cam/master.m3u8
//
// Any other last segment names what belongs to the stream. A slash within a name may be escaped or not. What is no such path is
// fault.ResourceNotFound, as is a profile that there cannot be, a name that would mean other things elsewhere fault.InvalidRequest.
func parseAddress(u *url.URL) (address, error) {
	escaped := strings.TrimPrefix(u.EscapedPath(), "/")
	i := strings.LastIndexByte(escaped, '/')
	if i <= 0 {
		return address{}, nothing(u)
	}
	name, err := url.PathUnescape(escaped[:i])
	if err != nil {
		return address{}, nothing(u)
	}
	file, err := url.PathUnescape(escaped[i+1:])
	if err != nil || file == "" {
		return address{}, nothing(u)
	}
	a := address{file: file}
	switch whole, main := twice(name + "/" + file); {
	case file == "index"+list, file == "master"+list, file == name+list, file == base(name)+list:
		a.file = ""
	case main:
		name, a.file = whole, ""
	}
	if a.stream, a.profile = split(name); a.profile != "" && !profiled(a.profile) {
		return address{}, noProfile(a.profile)
	}
	return a, hub.CheckName(a.stream)
}

// profiled tells whether there may be a profile of a name: graphs are asked for it, and what they said is remembered.
func profiled(name string) bool {
	const most = 64 // bytes
	return len(name) <= most && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

func noProfile(name string) error {
	return fault.New(fault.ResourceNotFound, "", "no profile can be called %.100q", name).
		Advise("it has at most 64 letters, digits, dots, underscores and hyphens")
}

// twice tells whether a path is a name, a slash and the name again.
func twice(path string) (string, bool) {
	path, ok := strings.CutSuffix(path, list)
	half := len(path) / 2
	if !ok || len(path)%2 == 0 || path[half] != '/' || path[:half] != path[half+1:] {
		return "", false
	}
	return path[:half], true
}

// base is what follows the last slash of a name.
func base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func nothing(u *url.URL) error {
	return fault.New(fault.ResourceNotFound, "", "nothing is at %.200q", u.Path).Advise(`a stream's playlist is at "/STREAM/index.m3u8"`)
}
