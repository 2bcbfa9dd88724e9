package trial

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sluice/engine/expect"
	"sluice/engine/media"
	"sluice/engine/run"
)

const (
	mostLines = 1 << 20 // of one pad
	shownDiff = 8       // lines of a difference, of each side
)

// line writes one buffer: kind, time, duration, size, key frame, checksum. Times are in nanoseconds.
func line(k media.Kind, p run.Passed) string {
	how := "delta"
	switch {
	case p.Header:
		how = "header"
	case p.Key:
		how = "key"
	}
	return fmt.Sprintf("%s %s %s %d %s %08x", k, stamp(p.PTS), stamp(p.Duration), len(p.Data), how, crc32.ChecksumIEEE(p.Data))
}

func stamp(d time.Duration) string {
	if d < 0 {
		return "-"
	}
	return strconv.FormatInt(int64(d), 10)
}

// golden compares the buffers that passed with those that a file lists, or writes that file.
func (j *judge) golden(s subject, c *expect.Check, f *Finding) {
	var got []string
	for _, m := range s.pads {
		got = append(got, "pad "+m.pad)
		got = append(got, m.lines...)
	}
	folder := j.opts.Folder(j.from.Graph)
	if folder == "" {
		f.Saw = "the graph is in no folder, so there is no golden file"
		return
	}
	path := filepath.Join(folder, filepath.FromSlash(c.Golden))
	data, err := os.ReadFile(path)
	want := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), "\n")
	same := err == nil && strings.Join(want, "\n") == strings.Join(got, "\n")
	switch {
	case same:
		f.OK, f.Saw = true, fmt.Sprintf("the same %d lines", len(got))
	case j.opts.Update:
		j.update(path, got, f)
	case errors.Is(err, fs.ErrNotExist):
		f.Saw = "there is no such file; `sluice test --update` writes what is seen"
	case err != nil:
		f.Saw = err.Error()
	default:
		f.Saw, f.Detail = "other buffers", difference(want, got)
	}
}

// update writes a golden file, of something at least: an empty one would hold for a graph that does nothing.
func (j *judge) update(path string, got []string, f *Finding) {
	if len(got) == 0 {
		f.Saw = "nothing passed, so nothing is written"
		return
	}
	err := os.MkdirAll(filepath.Dir(path), 0o750)
	if err == nil {
		err = os.WriteFile(path, []byte(strings.Join(got, "\n")+"\n"), 0o644) //nolint:gosec // it is part of the sources, for everybody
	}
	if err != nil {
		f.Saw = err.Error()
		return
	}
	f.OK, f.Saw = true, fmt.Sprintf("%d lines, written", len(got))
	j.result.Updated = append(j.result.Updated, path)
}

// difference shows where two lists of lines begin to differ and how much, leaving out what they have in common at both ends.
func difference(want, got []string) string {
	head := 0
	for head < len(want) && head < len(got) && want[head] == got[head] {
		head++
	}
	tail := 0
	for tail < len(want)-head && tail < len(got)-head && want[len(want)-1-tail] == got[len(got)-1-tail] {
		tail++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "from line %d:\n", head+1)
	side(&b, "-", want[head:len(want)-tail])
	side(&b, "+", got[head:len(got)-tail])
	return strings.TrimSuffix(b.String(), "\n")
}

func side(b *strings.Builder, sign string, lines []string) {
	for _, l := range lines[:min(len(lines), shownDiff)] {
		b.WriteString(sign + " " + l + "\n")
	}
	if more := len(lines) - shownDiff; more > 0 {
		fmt.Fprintf(b, "%s and %d more\n", sign, more)
	}
}
