package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPage: the documentation lists exactly the metrics that there are.
func TestPage(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, "metrics.md"), "<!-- table -->\n")
	table, _, found := strings.Cut(rest, "<!-- end -->")
	if want := Table(); !found || table != want {
		t.Errorf("docs/metrics.md has another table than\n%s", want)
	}
}

// TestQueries: what the page, the dashboard and the alerts ask for is there, with the labels by which they choose and sum.
func TestQueries(t *testing.T) {
	families := map[string][]string{}
	for _, f := range Families() {
		families[f.Name] = f.Labels
		if f.Kind == Histogram {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				families[f.Name+part] = append(slices.Clone(f.Labels), "le")
			}
		}
	}
	selected := regexp.MustCompile(`\b(sluice_[a-z_]+)(?:\{([^}]*)\})?`)
	label := regexp.MustCompile(`([a-z_]+)\s*[!=]~?=?"`)
	sums := regexp.MustCompile(`by \(([a-z_, ]+)\) \((?:rate|increase)?\(?(sluice_[a-z_]+)`)
	known := func(file, name, label string, labels []string) {
		if label = strings.TrimSpace(label); label != "instance" && label != "job" && !slices.Contains(labels, label) {
			t.Errorf("%s: %s has no label %s", file, name, label)
		}
	}
	for file, least := range map[string]int{"metrics.md": 50, "metrics/grafana.json": 40, "metrics/alerts.yaml": 12} {
		text := strings.ReplaceAll(read(t, file), `\"`, `"`)
		found := selected.FindAllStringSubmatch(text, -1)
		if len(found) < least {
			t.Errorf("%s: only %d metrics", file, len(found))
		}
		for _, m := range found {
			labels, there := families[m[1]]
			if !there && m[1] != "sluice_" {
				t.Errorf("%s: there is no %s", file, m[1])
				continue
			}
			for _, l := range label.FindAllStringSubmatch(m[2], -1) {
				known(file, m[1], l[1], labels)
			}
		}
		for _, m := range sums.FindAllStringSubmatch(text, -1) {
			for l := range strings.SplitSeq(m[1], ",") {
				known(file, m[2], l, families[m[2]])
			}
		}
	}
}

// TestDashboard: Grafana can read it, and its panels have places and numbers of their own.
func TestDashboard(t *testing.T) {
	var d struct {
		Title  string
		Panels []struct {
			ID      int
			Type    string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "metrics/grafana.json")), &d); err != nil {
		t.Fatal(err)
	}
	ids, at := map[int]bool{}, map[[2]int]bool{}
	for _, p := range d.Panels {
		place := [2]int{p.GridPos.X, p.GridPos.Y}
		if ids[p.ID] || at[place] || p.GridPos.X+p.GridPos.W > 24 || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %d at %v", p.ID, place)
		}
		ids[p.ID], at[place] = true, true
	}
	if d.Title != "sluice" || len(d.Panels) < 20 {
		t.Errorf("%q has %d panels", d.Title, len(d.Panels))
	}
}

// read reads a file of the documentation.
func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
