package sluice_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sluice/testdata/registry"
)

const setup = ".ci/setup"

// instruction is one of a Dockerfile: "RUN", and the rest of its line with the lines that continue it.
type instruction struct{ name, rest string }

// dockerfile reads the image's recipe, one list of instructions for each stage.
func dockerfile(t *testing.T) [][]instruction {
	t.Helper()
	data, err := os.ReadFile("Dockerfile.gstreamer")
	if err != nil {
		t.Fatal(err)
	}
	comments := regexp.MustCompile(`(?m)^\s*#.*\n`)
	text := strings.ReplaceAll(comments.ReplaceAllString(string(data), ""), "\\\n", " ")
	var stages [][]instruction
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case name == "":
			continue
		case name == "FROM":
			stages = append(stages, nil)
		case len(stages) == 0:
			t.Fatalf("%s before the first FROM", name)
		}
		last := len(stages) - 1
		stages[last] = append(stages[last], instruction{name, strings.TrimSpace(rest)})
	}
	return stages
}

// last is the rest of a stage's last instruction of that name; empty if it has none.
func last(stage []instruction, name string) string {
	for _, i := range slices.Backward(stage) {
		if i.name == name {
			return i.rest
		}
	}
	return ""
}

func TestImageStages(t *testing.T) {
	stages := dockerfile(t)
	if len(stages) != 3 {
		t.Fatalf("%d stages, want 3: GStreamer with headers, build, run", len(stages))
	}
	final := stages[2]
	if user := last(final, "USER"); !regexp.MustCompile(`^[1-9]\d*(:[1-9]\d*)?$`).MatchString(user) {
		t.Errorf("the image runs as %q; a number other than 0 is what Kubernetes can tell from root", user)
	}
	if check := last(final, "HEALTHCHECK"); !strings.Contains(check, `CMD ["sluice", "elements", "--check"`) {
		t.Errorf("health check is %q", check)
	}
	if entry := last(final, "ENTRYPOINT"); !strings.HasPrefix(entry, "[") {
		t.Errorf("entry point %q: only the form in brackets hands signals on", entry)
	}
	for i, mode := range map[int]string{0: "build", 2: "run"} {
		calls := func(in instruction) bool {
			return in.name == "RUN" && strings.HasPrefix(in.rest, "/usr/local/lib/sluice/setup "+mode+" ")
		}
		if !slices.ContainsFunc(stages[i], calls) {
			t.Errorf("stage %d does not call %s %s", i+1, setup, mode)
		}
	}
	for n, stage := range stages {
		for _, in := range stage {
			if in.name == "RUN" && strings.Contains(in.rest, "apt-get") {
				t.Errorf("stage %d installs by itself, which nothing tests: %s", n+1, in.rest)
			}
		}
	}
}

// Only what go.mod decides comes before the modules are built, or the layer would be built anew each time.
func TestImageLayers(t *testing.T) {
	build := dockerfile(t)[1]
	var order []string
	for _, in := range build {
		if in.name == "COPY" && !strings.HasPrefix(in.rest, "--from=") {
			order = append(order, in.rest)
		}
	}
	if want := []string{"go.mod go.sum ./", ". ."}; !slices.Equal(order, want) {
		t.Errorf("copied: %q, want %q", order, want)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(mod)
	if version == nil {
		t.Fatal("go.mod names no version of Go")
	}
	if first := build[1].rest; !strings.HasPrefix(first, "--from=golang:"+string(version[1])+"-bookworm ") {
		t.Errorf("go.mod wants Go %s, the image copies %q", version[1], first)
	}
}

func TestImageSources(t *testing.T) {
	stages := dockerfile(t)
	named := map[string]bool{}
	for _, stage := range stages {
		for _, in := range stage {
			words := strings.Fields(in.rest)
			switch {
			case in.name == "FROM" && len(words) == 3 && words[1] == "AS":
				named[words[2]] = true
			case in.name != "COPY":
			case strings.HasPrefix(words[0], "--from="):
				from := strings.TrimPrefix(words[0], "--from=")
				if !named[from] && !strings.Contains(from, ":") {
					t.Errorf("COPY from %q: no stage before it, and no image with a tag", from)
				}
			default:
				for _, source := range words[:len(words)-1] {
					if _, err := os.Stat(source); err != nil {
						t.Errorf("COPY: %v", err)
					}
				}
			}
		}
	}
}

func TestSetupScript(t *testing.T) {
	info, err := os.Stat(setup)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode()&0o111 == 0 {
		t.Error("it cannot be executed")
	}
	for _, args := range [][]string{nil, {"everything"}, {"run", "test"}} {
		cmd := exec.CommandContext(t.Context(), "bash", append([]string{setup}, args...)...)
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 2 || !strings.HasPrefix(string(out), "usage: ") {
			t.Errorf("%q: %v, %s", args, err, out)
		}
	}
}

// Where there is no Debian the script names the packages and installs nothing.
func TestSetupScriptElsewhere(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	cmd := exec.CommandContext(t.Context(), bash, setup, "run")
	cmd.Env = []string{"PATH=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "not Debian") {
		t.Fatalf("%v, %s", err, out)
	}
	// Lint and plan promise every factory of the snapshot; the machine must then have it.
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for name := range snapshot.Packages() {
		if !slices.Contains(strings.Fields(string(out)), name) && name != "libgstreamer1.0-0" { // what all others depend on
			t.Errorf("the snapshot has elements of %s, which %s run does not install", name, setup)
		}
	}
}
