package matrix

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/matrix.md anew")

// row is what one publisher of certain codecs is to all players.
type row struct {
	publisher string
	codecs
	because string   // it is not published
	cells   []string // by player
}

// TestMatrix has every publisher send every film, and every player record it at the same time.
func TestMatrix(t *testing.T) {
	needMatrix(t)
	all := []codecs{{"h264", "aac"}, {"h264", "opus"}, {"vp8", "opus"}, {"hevc", "aac"}}
	s := serve(t)
	films, folder := map[codecs]string{}, t.TempDir()
	for _, c := range all {
		films[c] = film(t, folder, c)
	}
	var rows []*row
	t.Run("cells", func(t *testing.T) { // each row ends before the next begins: its film is shorter than all of them
		for _, p := range publishers() {
			for _, c := range all {
				r := &row{publisher: p.name, codecs: c, because: p.takes(c), cells: make([]string, len(players()))}
				rows = append(rows, r)
				if r.because != "" {
					continue
				}
				t.Run(p.name+" "+c.String(), func(t *testing.T) {
					stream := strings.ToLower(p.name) + "-" + c.video + "-" + c.audio
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

// play has all players record the stream, and looks at what they have.
func (r *row) play(t *testing.T, s *server, stream string) {
	t.Helper()
	folder := t.TempDir()
	for i, p := range players() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(folder, strings.ReplaceAll(p.name, " ", "-")+".mkv")
			if !p.record(t, s, stream, file) {
				return
			}
			got, err := measure(t, file)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s at %dx%d, %.0f Hz, sound %+.0f ms (%d)", got, got.width, got.height, got.tone, 1000*got.offset, got.pairs)
			for _, fault := range got.judge() {
				t.Error(fault)
			}
			r.cells[i] = r.cell(got.codecs)
		})
	}
}

// cell says what became of the codecs.
func (r *row) cell(got codecs) string {
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
