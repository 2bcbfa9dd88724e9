//go:build cgo && !nogst

package registry

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sluice/engine/element/catalog"
	snapshot "sluice/testdata/registry"
)

// update rewrites the snapshot from this machine: go test ./engine/gst/registry -update
var update = flag.Bool("update", false, "write testdata/registry/gst-1.22.json anew")

const snapshotFile = "../../../testdata/registry/gst-1.22.json"

// The core library has elements of its own, which lie in no plugin file.
const corePackage = "libgstreamer1.0-0"

func TestSnapshot(t *testing.T) {
	live, err := open()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(live.Version(), "1.22.") {
		if *update {
			t.Fatalf("the snapshot is of GStreamer 1.22, this machine has %s", live.Version())
		}
		t.Skipf("the snapshot is of GStreamer 1.22, this machine has %s", live.Version())
	}
	if *update {
		write(t, live)
		return
	}
	kept, err := snapshot.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, live, kept)
}

// compare holds the snapshot's factories against the live ones. Those of the machine's hardware, which the snapshot
// lacks, do not count. A difference is an error only if the factory comes from the very package that the snapshot was
// taken from: Debian's updates may change ranks and limits.
func compare(t *testing.T, live *Live, kept *catalog.Snapshot) {
	here, there := versions(t, slices.Sorted(maps.Keys(kept.Packages()))), kept.Packages()
	missing, compared := map[string]string{}, 0
	for _, name := range kept.Names() {
		record, err := kept.Record(name)
		if err != nil {
			t.Fatal(err)
		}
		pkg := record.Plugin.Package
		now, err := live.record(name)
		if err != nil {
			missing[record.Plugin.File] = pkg
			continue
		}
		compared++
		now.Plugin.Package = pkg // Debian's business, not GStreamer's
		switch d := difference(t, now, record); {
		case d == "":
		case here[pkg] == there[pkg]:
			t.Errorf("%s: %s", name, d)
		default:
			t.Logf("%s differs, as %s is %q here, %q in the snapshot: %s", name, pkg, here[pkg], there[pkg], d)
		}
	}
	t.Logf("%d of %d factories compared", compared, len(kept.Names()))
	if t.Failed() {
		t.Log("if GStreamer has changed, `make registry` writes the snapshot anew")
	}
	if len(missing) > 0 {
		t.Skipf("plugins missing, with their packages: %v; .ci/setup run installs them", missing)
	}
}

// difference names the first thing that differs; empty if nothing does.
func difference(t *testing.T, a, b *catalog.Record) string {
	t.Helper()
	x, err := a.Factory()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Factory()
	if err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(x, y) {
		return ""
	}
	for i := range min(len(x.Properties), len(y.Properties)) {
		if p, q := x.Properties[i], y.Properties[i]; !reflect.DeepEqual(p, q) {
			return fmt.Sprintf("property\n here %+v\nthere %+v", p, q)
		}
	}
	x.Properties, y.Properties = nil, nil
	return fmt.Sprintf("\n here %+v\nthere %+v", x, y)
}

func write(t *testing.T, live *Live) {
	records, err := live.Records()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, r := range records {
		if f := r.Plugin.File; f != "" && !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	packages := debianPackages(t, files)
	for _, r := range records {
		if r.Plugin.Package = packages[r.Plugin.File]; r.Plugin.Package == "" {
			t.Errorf("no Debian package ships %s of %s", r.Plugin.File, r.Name)
		}
	}
	used := slices.Compact(slices.Sorted(maps.Values(packages)))
	text, err := catalog.Write(live.Version(), versions(t, used), records)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(snapshotFile, text, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d factories, %d bytes written", len(records), len(text))
}

// debianPackages finds which package ships each plugin file.
func debianPackages(t *testing.T, files []string) map[string]string {
	args := []string{"-S"}
	for _, f := range files {
		args = append(args, "*/gstreamer-1.0/"+f)
	}
	out, err := exec.CommandContext(t.Context(), "dpkg", args...).Output()
	if err != nil {
		t.Fatalf("dpkg -S: %v", err)
	}
	packages := map[string]string{"": corePackage}
	for line := range strings.Lines(string(out)) {
		owner, path, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			continue
		}
		packages[filepath.Base(path)], _, _ = strings.Cut(owner, ":")
	}
	return packages
}

// versions asks Debian for the versions of packages; those not installed, or all if this is not Debian, are left out.
func versions(t *testing.T, packages []string) map[string]string {
	list := map[string]string{}
	args := append([]string{"-W", "-f=${Package} ${Version}\\n"}, packages...)
	out, err := exec.CommandContext(t.Context(), "dpkg-query", args...).Output()
	if err != nil {
		t.Logf("dpkg-query: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		list[name] = version
	}
	return list
}
