package playlist

import (
	"slices"
	"time"
)

// Text is a finished playlist that any number of goroutines may read at once. It never changes.
type Text struct {
	lines  Lines
	target int
	packer *Packer
	usual  *Form
	others forms
}

// Finish makes a Text of lines that begin with Open's for a playlist of this target duration in seconds. The lines must not be used again.
// The Packer packs it, if anybody asks for that.
func Finish(l Lines, target int, p *Packer) *Text {
	t := &Text{lines: l, target: target, packer: p}
	t.usual = shared(func() []byte { return l.text }, p)
	return t
}

// Bytes is the playlist without anything behind its addresses. Nobody may write to it.
func (t *Text) Bytes() []byte { return t.lines.text }

// Gzip is Bytes as gzip. Nobody may write to it.
func (t *Text) Gzip() []byte { return t.usual.Gzip().Bytes }

// Start is where a player is asked to begin: EXT-X-START (4.4.2.2). The zero value asks for nothing.
type Start struct {
	Begin bool          // at the first segment of the playlist
	Back  time.Duration // this far from its end, where Begin is not set
}

// Form is the playlist in which every address, those of sibling playlists included, ends with suffix ("?token=x", or ""), and EXT-X-START
// says where to begin. The first few forms that somebody asks for are made once for all who do; others cost about as much as copying the
// playlist. The suffix must be free of quotes and line ends.
func (t *Text) Form(suffix string, start Start) *Form {
	if suffix == "" && start == (Start{}) {
		return t.usual
	}
	render := func() []byte { return t.append(nil, suffix, start) }
	f := t.others.get(of{suffix, start}, t.size(suffix), func() *Form { return shared(render, t.packer) })
	if f == nil {
		return alone(render())
	}
	return f
}

// size is about how long a form is.
func (t *Text) size(suffix string) int {
	const tag = 64
	return len(t.lines.text) + len(suffix)*len(t.lines.ends) + tag
}

// append appends a form to dst.
func (t *Text) append(dst []byte, suffix string, start Start) []byte {
	text := t.lines.text
	dst = slices.Grow(dst, t.size(suffix))
	from := 0
	if start != (Start{}) {
		from = len("#EXTM3U\n")
		dst = append(dst, text[:from]...)
		dst = t.appendStart(dst, start)
	}
	if suffix == "" {
		return append(dst, text[from:]...)
	}
	for _, end := range t.lines.ends {
		dst = append(dst, text[from:end]...)
		dst = append(dst, suffix...)
		from = end
	}
	return append(dst, text[from:]...)
}

// appendStart keeps three target durations from the end, as 4.4.2.2 asks. Beyond the other end players begin at the first segment, so that
// needs no limit, and the tag stays the same from one reload to the next.
func (t *Text) appendStart(dst []byte, s Start) []byte {
	if s.Begin {
		return append(dst, "#EXT-X-START:TIME-OFFSET=0.0\n"...)
	}
	back := max(s.Back, 3*time.Duration(t.target)*time.Second)
	dst = append(dst, "#EXT-X-START:TIME-OFFSET=-"...)
	return append(appendSeconds(dst, back), '\n')
}
