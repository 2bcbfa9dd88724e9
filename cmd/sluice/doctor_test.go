package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sluice/cmd/sluice/doctor"
	snapshot "sluice/testdata/registry"
)

func needed(t *testing.T) []doctor.Need {
	t.Helper()
	list, err := (&app{out: &bytes.Buffer{}, err: &bytes.Buffer{}}).needs()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var factoryText = regexp.MustCompile(`(?:[fF]actory|decoder|parser|muxer|demuxer): +"(\w+)"|(?:simple|compressed)\("(\w+)"`)

// TestDoctorKnowsEveryFactory compares the list that is found by trying all settings with the names in the code.
func TestDoctorKnowsEveryFactory(t *testing.T) {
	list := needed(t)
	files, err := filepath.Glob("../../elements/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range factoryText.FindAllSubmatch(text, -1) {
			name := string(m[1]) + string(m[2])
			seen++
			if !slices.ContainsFunc(list, func(n doctor.Need) bool { return n.Factory == name }) {
				t.Errorf("%s: doctor does not look for %s", file, name)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d factories found in the code", seen)
	}
}

// What may be needed is in the snapshot, with its package, or doctor could not say what to install.
func TestDoctorKnowsEachPackage(t *testing.T) {
	known, err := snapshot.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range needed(t) {
		if f, ok := known.Factory(n.Factory); !ok || f.Package == "" {
			t.Errorf("%s, which %s needs: package not known", n.Factory, n.By)
		}
	}
}

func TestDoctor(t *testing.T) {
	var out, errw bytes.Buffer
	code := run(t.Context(), []string{"doctor", "--json"}, nil, &out, &errw)
	var got struct {
		OK       bool
		Findings []doctor.Finding
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s%s", err, &out, &errw)
	}
	if (code == exitOK) != got.OK || len(got.Findings) < len(doctor.Checks()) {
		t.Errorf("exit %d with %s", code, &out)
	}
	for _, f := range got.Findings {
		if f.Check == "gstreamer" && (f.Level == doctor.OK) != hasGst {
			t.Errorf("built with GStreamer: %t; says %+v", hasGst, f)
		}
	}
	out.Reset()
	if again := run(t.Context(), []string{"doctor"}, nil, &out, &errw); again != code || !strings.Contains(out.String(), "gstreamer  ") {
		t.Errorf("exit %d: %s", again, &out)
	}
	if code := run(t.Context(), []string{"doctor", "me"}, nil, &out, &errw); code != exitUsage {
		t.Errorf("with an argument: exit %d", code)
	}
}
