package matrix

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/cmd/sluice/browser/drive"
)

var update = flag.Bool("update", false, "write docs/matrix.md anew")

// row is what one publisher of certain codecs is to all players.
type row struct {
	publisher string
	codecs
	because string // it is not published
	cells   []cell // by player
}

// cell is what one player gets of it.
type cell struct {
	text    string
	because string // it gets nothing, and need not
}

// TestMatrix has every publisher send every film, and every player play it at the same time.
func TestMatrix(t *testing.T) {
	needMatrix(t)
	all := []codecs{{"h264", "aac"}, {"h264", "opus"}, {"vp8", "opus"}, {"hevc", "aac"}}
	s := serve(t)
	s.browser = drive.Start(t)
	films, folder := map[codecs]string{}, t.TempDir()
	for _, c := range all {
		films[c] = film(t, folder, c)
	}
	var rows []*row
	t.Run("cells", func(t *testing.T) { // each row ends before the next begins: its film is shorter than all of them
		for _, p := range publishers() {
			for _, c := range all {
				r := &row{publisher: p.name, codecs: c, because: p.takes(c), cells: make([]cell, len(players()))}
				rows = append(rows, r)
				if r.because != "" {
					continue
				}
				t.Run(p.name+" "+c.String(), func(t *testing.T) {
					stream := strings.ToLower(strings.ReplaceAll(p.name, " ", "-") + "-" + c.video + "-" + c.audio)
					p.publish(t, s, stream, films[c], c)
					s.answers(t, "http://"+s.rest+"/v1/streams/"+stream)
					r.play(t, s, stream)
				})
			}
		}
	})
	page := filepath.Join("..", "..", "..", "docs", "matrix.md")
	if got := text(rows); *update && !t.Failed() {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want, err := os.ReadFile(page); err != nil || string(want) != got {
		t.Errorf("%v: docs/matrix.md says\n%s\nand not\n%s", err, want, got)
	}
}

// play has all players play the stream, and looks at what they get.
func (r *row) play(t *testing.T, s *server, stream string) {
	t.Helper()
	for i, p := range players() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			got, ok := p.play(t, s, stream, t.TempDir())
			if !ok {
				return
			}
			if got.because != "" {
				r.cells[i].because = got.because
				return
			}
			t.Logf("%s at %dx%d, %.0f Hz, sound %+.0f ms (%d)", got, got.width, got.height, got.tone, 1000*got.offset, got.pairs)
			for _, fault := range got.judge() {
				t.Error(fault)
			}
			r.cells[i].text = r.became(got.codecs)
		})
	}
}

// became says what became of the codecs.
func (r *row) became(got codecs) string {
	var changed []string
	if got.video != r.video {
		changed = append(changed, words(r.video)+" → "+words(got.video))
	}
	if got.audio != r.audio {
		changed = append(changed, words(r.audio)+" → "+words(got.audio))
	}
	if len(changed) == 0 {
		return "passes"
	}
	return "converted: " + strings.Join(changed, ", ")
}
